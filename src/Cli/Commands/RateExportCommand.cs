using System.CommandLine;
using Juxta.Eval.Preferences;
using Juxta.Eval.Suites;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate export</c>: votes as training data, as raw events or as a table.</summary>
internal static class RateExportCommand
{
    const string Events = "events", Csv = "csv";

    static string Formats => string.Join("|", [.. PreferenceFormat.All.Select(f => f.Name), Events, Csv]);

    public static Command Create()
    {
        var votes = new VotesArguments();
        var format = new Option<string>("--format") { Description = string.Join("; ", PreferenceFormat.All.Select(f => $"{f.Name}: {f.What}")) + "; events: the log as it is, with undone votes; csv: a table of the votes that stand", Required = true, HelpName = Formats };
        var output = new Option<string>("--out") { Description = "File to write; one that is there is replaced. LLaMA-Factory's dataset_info.json is kept beside it", Required = true, HelpName = "FILE" };
        var agreement = new Option<string>("--agreement") { Description = "Votes on the same two answers: any verdict that was given, the majority's, or a unanimous one", DefaultValueFactory = _ => "majority", HelpName = "any|majority|unanimous" };
        var ties = new Option<string>("--ties") { Description = "drop: ties do not count; count: they count as votes, and where they win make no pair but two labels alike", DefaultValueFactory = _ => "drop", HelpName = "drop|count" };
        var sets = new Option<string?>("--eval-sets") { Description = "Folder of eval sets whose samples must not become training data (default: evalsets, if it is there)", HelpName = "DIR" };
        var allow = new Option<bool>("--allow-held-out") { Description = "Export votes on held-out samples too. A model trained on them can no longer be judged by those sets" };
        var json = new Option<bool>("--json") { Description = "Print what was written as one JSON document" };
        var command = new Command("export", "Write votes as preferences to train on (DPO, KTO, reward models), each pair once; or as raw events or a table.");
        votes.AddTo(command);
        foreach (Option option in (Option[])[format, output, agreement, ties, sets, allow, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(format)!, path = parsed.GetValue(output)!;
            PreferenceFormat? training = PreferenceFormat.All.FirstOrDefault(f => f.Name == name);
            if (training is null && name is not (Events or Csv)) throw new InputException($"rate export: --format {name}: expected {Formats.Replace("|", ", ")}");
            var policy = new ExportPolicy(
                parsed.GetValue(ties) switch { "drop" => TiePolicy.Drop, "count" => TiePolicy.Count, var other => throw new InputException($"rate export: --ties {other}: expected drop or count") },
                parsed.GetValue(agreement) switch { "any" => AgreementPolicy.Any, "majority" => AgreementPolicy.Majority, "unanimous" => AgreementPolicy.Unanimous, var other => throw new InputException($"rate export: --agreement {other}: expected any, majority or unanimous") });
            IReadOnlyList<Vote> standing = votes.Standing(parsed);
            Written written = training is not null ? Train(training, standing, policy, path, parsed.GetValue(allow) ? null : Sets(parsed.GetValue(sets)))
                : name == Csv ? Table(standing, path) : Log(votes.Events(parsed), votes.Filter(parsed), path);
            if (parsed.GetValue(json)) JsonLines.Write(new { format = name, file = path, records = written.Records, left_out = written.LeftOut });
            else Console.WriteLine($"{path}: {written.Records} records{(written.LeftOut.Count == 0 ? "" : $"; left out: {string.Join(", ", written.LeftOut.Select(l => $"{l.Value} {l.Key}"))}")}");
            return 0;
        });
        return command;
    }

    sealed record Written(int Records, IReadOnlyDictionary<string, int> LeftOut);

    static Written Train(PreferenceFormat format, IReadOnlyList<Vote> votes, ExportPolicy policy, string path, IReadOnlyList<EvalSet>? guarded)
    {
        if (guarded is not null) Guard(votes, guarded);
        (IReadOnlyList<string> records, IReadOnlyDictionary<string, int> leftOut) = format.Write(votes, policy);
        if (records.Count == 0) throw new InputException($"rate export: nothing is left to train on{(leftOut.Count == 0 ? "" : $" ({string.Join(", ", leftOut.Select(l => $"{l.Value} {l.Key}"))})")}; --agreement any and --ties count leave out least");
        string? info = format.DatasetInfo is null ? null : DatasetInfo.With(Present(path), Path.GetFileNameWithoutExtension(path), format.DatasetInfo(Path.GetFileName(path)));
        Replace(path, writer => { foreach (string record in records) writer.WriteLine(record); });
        if (info is not null) Replace(Beside(path), writer => writer.WriteLine(info));
        return new(records.Count, leftOut);
    }

    static void Guard(IReadOnlyList<Vote> votes, IReadOnlyList<EvalSet> sets)
    {
        if (HeldOut.Describe(HeldOut.Find(votes, sets), votes.Count) is { } held) throw new InputException($"rate export: {held}. Export votes on other prompts, or say --allow-held-out.");
    }

    static EvalSet[] Sets(string? folder)
    {
        if (folder is not null && !Directory.Exists(folder)) throw new InputException($"--eval-sets {folder}: no such folder");
        folder ??= "evalsets";
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Append(folder).Where(path => File.Exists(Path.Combine(path, EvalSet.FileName))).Order(StringComparer.Ordinal).Select(EvalSet.Open)]
            : [];
    }

    static Written Table(IReadOnlyList<Vote> votes, string path)
    {
        Replace(path, writer => VoteTable.Write(writer, votes));
        return new(votes.Count, new Dictionary<string, int>());
    }

    /// <summary>Undoings of votes that pass the filter go with them.</summary>
    static Written Log(IReadOnlyList<VoteEvent> events, VoteFilter filter, string path)
    {
        HashSet<string> kept = [.. events.Where(e => e.Vote is { Id: not null } vote && filter.Passes(vote)).Select(e => e.Vote!.Id!)];
        VoteEvent[] chosen = [.. events.Where(e => e.Vote is { } vote ? filter.Passes(vote) : kept.Contains(e.Undoes!)).Select(e => e.Undoes is { } undone && !kept.Contains(undone) ? e with { Undoes = null } : e)];
        Replace(path, writer => { foreach (VoteEvent entry in chosen) writer.WriteLine(VoteFile.Line(entry)); });
        return new(chosen.Length, new Dictionary<string, int>());
    }

    static string Beside(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, DatasetInfo.FileName);

    static string? Present(string path) => File.Exists(Beside(path)) ? File.ReadAllText(Beside(path)) : null;

    /// <summary>Whole or not at all: a file of half the data looks like one of all.</summary>
    static void Replace(string path, Action<TextWriter> write)
    {
        string whole = Path.GetFullPath(path), part = whole + ".part";
        if (!Directory.Exists(Path.GetDirectoryName(whole))) throw new InputException($"--out {path}: there is no folder {Path.GetDirectoryName(whole)}; make it first");
        if (Directory.Exists(whole)) throw new InputException($"--out {path}: that is a folder; name a file in it");
        using (var writer = new StreamWriter(part) { NewLine = "\n" }) write(writer);
        File.Move(part, whole, overwrite: true);
    }
}

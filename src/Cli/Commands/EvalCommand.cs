using System.CommandLine;
using Juxta.Eval.Suites;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval</c>: held-out sets.</summary>
internal static class EvalCommand
{
    public static Command Create() => new("eval", "Work with held-out sets (docs/eval-sets.md).")
    {
        List(),
        Check(),
        EvalRunCommand.Create(),
        EvalReplayCommand.Create(),
        EvalCompareCommand.Create(),
        EvalGateCommand.Create(),
        EvalReportCommand.Create(),
        EvalGuardCommand.Create(),
    };

    static Command List()
    {
        Argument<DirectoryInfo> folder = Folder("Folder of sets");
        Option<bool> json = Json();
        var command = new Command("list", "Show the sets under a folder.") { folder, json };
        command.SetAction(parsed =>
        {
            EvalSet[] sets = [.. Under(parsed.GetValue(folder)!).Select(EvalSet.Open)];
            if (parsed.GetValue(json)) foreach (EvalSet set in sets) JsonLines.Write(Summary(set));
            else Print(sets);
            return 0;
        });
        return command;
    }

    static Command Check()
    {
        Argument<DirectoryInfo> folder = Folder("A set, or a folder of sets");
        Option<bool> json = Json();
        var command = new Command("check", "Read every sample of a set, its hash and its metrics. Exit code 1 when a set is not fit for use.") { folder, json };
        command.SetAction(parsed =>
        {
            bool failed = false;
            foreach (string path in Under(parsed.GetValue(folder)!))
            {
                try
                {
                    EvalSet set = EvalSet.Open(path);
                    if (parsed.GetValue(json)) JsonLines.Write(Summary(set));
                    else Console.WriteLine($"{set.Id}: {set.Samples.Count} samples, {set.Metrics.Count} metrics, {set.Settings.Count} settings: fit for use");
                }
                catch (SuiteException error)
                {
                    failed = true;
                    if (parsed.GetValue(json)) JsonLines.Write(new { folder = path, error = error.Message });
                    else Console.WriteLine(error.Message);
                }
            }
            return failed ? 1 : 0;
        });
        return command;
    }

    static Argument<DirectoryInfo> Folder(string what) => new("DIR") { Description = what, DefaultValueFactory = _ => new DirectoryInfo("evalsets") };

    static Option<bool> Json() => new("--json") { Description = "Print a JSON line for each set" };

    static string[] Under(DirectoryInfo folder)
    {
        if (!folder.Exists) throw new InputException($"{folder.FullName}: no such folder");
        if (File.Exists(Path.Combine(folder.FullName, EvalSet.FileName))) return [folder.FullName];
        string[] sets = [.. Directory.EnumerateDirectories(folder.FullName).Where(path => File.Exists(Path.Combine(path, EvalSet.FileName))).Order(StringComparer.Ordinal)];
        return sets.Length > 0 ? sets : throw new InputException($"{folder.FullName}: there is no {EvalSet.FileName} in it or in a folder below");
    }

    static object Summary(EvalSet set) => new
    {
        set.Id, set.Version, set.Language, set.Task, set.Source, set.Licence, samples = set.Samples.Count, metrics = set.Metrics.Select(metric => metric.Name), settings = set.Settings, set.Sha256, set.Folder,
    };

    static void Print(EvalSet[] sets)
    {
        var table = new DataTable(new DataCell("set", "task"), "language", "samples", "licence", "metrics") { Words = ["language", "licence", "metrics"], LastFlows = true };
        foreach (EvalSet set in sets)
            table.Add(new DataCell($"{set.Id} v{set.Version}", set.Task), set.Language, $"{set.Samples.Count}", set.Licence, string.Join(", ", set.Metrics.Select(metric => metric.Name)));
        table.Write(Terminal.Out);
    }
}

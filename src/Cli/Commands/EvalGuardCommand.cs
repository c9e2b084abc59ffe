using System.CommandLine;
using System.Globalization;
using Juxta.Eval.Guard;
using Juxta.Eval.Suites;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval guard</c>: whether samples of a held-out set stand in training files.</summary>
internal static class EvalGuardCommand
{
    const int ShownHits = 40, ShownCharacters = 60;

    static readonly GuardOptions Usual = new();

    public static Command Create()
    {
        var train = new Option<FileInfo[]>("--train") { Description = "Training file: JSON Lines, a JSON list, CSV or plain text, of any shape; may be repeated", Required = true, HelpName = "FILE" };
        var set = new Option<DirectoryInfo>("--set") { Description = "Folder of the held-out set", Required = true, HelpName = "DIR" };
        var validation = new Option<FileInfo[]>("--validation") { Description = "File that checkpoints are chosen by: a warning when it holds samples of the set", HelpName = "FILE" };
        var overlap = new Option<double>("--overlap") { Description = "Share of a sample's n-grams in one record from which it is a hit", DefaultValueFactory = _ => Usual.Overlap };
        var near = new Option<double>("--near") { Description = "Jaccard similarity from which a question or answer is a near-duplicate", DefaultValueFactory = _ => Usual.Near };
        var words = new Option<int>("--words") { Description = "Length of n-grams in words", DefaultValueFactory = _ => Usual.Words };
        var characters = new Option<int>("--characters") { Description = "Length of n-grams in characters, for Chinese and the like", DefaultValueFactory = _ => Usual.Characters };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("guard", "Look for samples of a held-out set in training files: word for word, as near-duplicates, and by n-grams. Exit code 1 when there are any (docs/reports.md).")
        {
            train, set, validation, overlap, near, words, characters, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var guard = new HeldOutGuard(EvalSet.Open(parsed.GetValue(set)!.FullName), new GuardOptions
            {
                Overlap = parsed.GetValue(overlap), Near = parsed.GetValue(near), Words = parsed.GetValue(words), Characters = parsed.GetValue(characters),
            });
            GuardReport[] reports = [.. parsed.GetValue(train)!.Select(file => guard.Check(file.ToString(), cancel))];
            string[] warnings = [.. (parsed.GetValue(validation) ?? []).Select(file => guard.CheckValidation(file.ToString(), cancel)).OfType<string>()];
            var report = new GuardReport(reports.Sum(r => r.Records), [.. reports.SelectMany(r => r.Hits)]);
            foreach (string warning in warnings) Console.Error.WriteLine($"juxta: {warning}");
            if (parsed.GetValue(json)) Write(guard.Set, report, warnings);
            else Print(guard.Set, report);
            return Task.FromResult(report.Hits.Count > 0 ? 1 : 0);
        });
        return command;
    }

    static void Write(EvalSet set, GuardReport report, string[] warnings) => JsonLines.Write(new
    {
        set = set.Id, samples = set.Samples.Count, report.Records, samples_found = report.Samples,
        hits = report.Hits.Select(hit => new { hit.File, hit.Line, hit.Sample, kind = hit.Kind.Word(), hit.Share, hit.Text }),
        warnings,
    });

    static void Print(EvalSet set, GuardReport report)
    {
        if (report.Hits.Count == 0)
        {
            Terminal.WriteLine($"none of the {set.Samples.Count} samples of {set.Id} stands in {report.Records} training records");
            return;
        }
        foreach (GuardHit hit in report.Hits.Take(ShownHits))
        {
            Terminal.WriteLine($"{hit.File}:{hit.Line}: {hit.Sample}: {hit.Kind.Describe(hit.Share)}: {Shorten(hit.Text)}");
        }
        if (report.Hits.Count > ShownHits) Terminal.WriteLine($"… and {report.Hits.Count - ShownHits} more (--json lists all)");
        Terminal.WriteLine($"{report.Samples} of {set.Samples.Count} samples of {set.Id} stand in the training data ({report.Hits.Count} hits in {report.Records} records): take them out of it, or give the set other samples");
    }

    static string Shorten(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        int[] starts = StringInfo.ParseCombiningCharacters(line);
        return starts.Length <= ShownCharacters ? line : line[..starts[ShownCharacters]] + "…";
    }
}

using System.CommandLine;
using System.Text;
using Juxta.Eval.Preferences;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval report</c>: everything about some runs in one document.</summary>
internal static class EvalReportCommand
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Command Create()
    {
        var runs = new Argument<DirectoryInfo[]>("RUN") { Description = "Folders of runs over the same samples, the baseline first; one alone is reported without a comparison", Arity = new ArgumentArity(1, 100) };
        var output = new Option<string?>("--out") { Description = "A file that ends in .html, .md or .json, or a folder for all three (default: Markdown on stdout)", HelpName = "DIR|FILE" };
        var votes = new Option<FileInfo?>("--votes") { Description = "Votes of people on the models: {\"item\",\"a\",\"b\",\"winner\",\"annotator\"} lines that name the models as the runs do", HelpName = "FILE" };
        var title = new Option<string?>("--title") { Description = "Heading of the report", HelpName = "TEXT" };
        var json = new Option<bool>("--json") { Description = "Print the report's figures as one JSON document" };
        var tests = new TestArguments();
        var command = new Command("report", "Write the report of an experiment: conclusion with its evidence, setting table, scores with intervals, tests, how answers ended, training curves, people's votes, best and worst samples. The same runs give the same bytes (docs/reports.md).")
        {
            runs, output, votes, title, json,
        };
        tests.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            RunRecord[] opened = [.. parsed.GetValue(runs)!.Select(folder => RunRecord.Open(folder.FullName))];
            IReadOnlyList<Vote> cast = parsed.GetValue(votes) is { } file ? Read(file) : [];
            var options = tests.Of(parsed);
            Experiment experiment = WaitBar.While("testing", progress => Experiment.Of(opened, cast, options, progress, cancel));
            Report report = experiment.ToReport(parsed.GetValue(title));
            if (parsed.GetValue(output) is { } path) Write(path, experiment, report);
            if (parsed.GetValue(json)) Console.Out.Write(ReportJson.Of(experiment, report));
            else if (parsed.GetValue(output) is null) Console.Out.Write(MarkdownReport.Of(report));
            return Task.FromResult(0);
        });
        return command;
    }

    static IReadOnlyList<Vote> Read(FileInfo file)
    {
        string path = file.ToString();
        if (!file.Exists) throw new InputException($"--votes {path}: no such file");
        return VoteEvent.Standing(VoteFile.Read(path, File.ReadAllBytes(path)));
    }

    static void Write(string path, Experiment experiment, Report report)
    {
        (string Ending, Func<string> Text)[] all = [(".html", () => HtmlReport.Of(report)), (".md", () => MarkdownReport.Of(report)), (".json", () => ReportJson.Of(experiment, report))];
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending.Length > 0 && !Directory.Exists(path))
        {
            if (all.All(kind => kind.Ending != ending)) throw new InputException($"eval report: --out {path} ends in {ending}; take .html, .md or .json, or a folder");
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } above) Directory.CreateDirectory(above);
            File.WriteAllText(path, all.First(kind => kind.Ending == ending).Text(), Utf8);
            Console.Error.WriteLine(path);
            return;
        }
        Directory.CreateDirectory(path);
        foreach ((string kind, Func<string> text) in all)
        {
            string file = Path.Combine(path, "report" + kind);
            File.WriteAllText(file, text(), Utf8);
            Console.Error.WriteLine(file);
        }
    }
}

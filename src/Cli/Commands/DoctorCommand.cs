using System.CommandLine;
using System.Globalization;
using Juxta.Engine.Diagnosis;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta doctor</c>: what is wrong with a checkpoint or an adapter, and how to repair it.</summary>
internal static class DoctorCommand
{
    const int BreaksChat = 1;

    public static Command Create()
    {
        var model = new Option<DirectoryInfo?>("--model", "-m") { Description = "Checkpoint folder (Hugging Face layout)", HelpName = "DIR" };
        var adapter = new Option<DirectoryInfo?>("--adapter", "-a") { Description = "PEFT adapter folder to examine over the model", HelpName = "DIR" };
        var threads = new Option<int>("--threads") { Description = "Threads of a model step; 0 = all processors" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var zoo = new Option<DirectoryInfo?>("--zoo") { Description = "Write small broken checkpoints and adapters to a new folder, one for each finding, to try this on", HelpName = "DIR" };
        var command = new Command("doctor", "Name what is wrong with a checkpoint, or an adapter over it: each finding with evidence and remedy. Exit code 1 when something would break chat.")
        {
            model, adapter, threads, json, zoo,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(zoo) is { } folder)
            {
                Zoo.ZooFolder.Write(folder.FullName);
                Console.Out.WriteLine(folder.FullName);
                return 0;
            }
            if (parsed.GetValue(model) is not { } checkpoint) throw new InputException("give the folder to examine: --model DIR");
            DiagnosisReport report = await ExamineAsync(checkpoint.FullName, parsed.GetValue(adapter)?.FullName, parsed.GetValue(threads), cancel);
            if (parsed.GetValue(json)) WriteJson(report);
            else Print(report);
            return report.BreaksChat ? BreaksChat : 0;
        });
        return command;
    }

    static async Task<DiagnosisReport> ExamineAsync(string model, string? adapter, int threads, CancellationToken cancel)
    {
        if (Console.IsErrorRedirected) return await ModelDoctor.ExamineAsync(model, adapter, threads, cancel: cancel);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await stderr.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask("opening the files", maxValue: 1);
            return await ModelDoctor.ExamineAsync(model, adapter, threads, new Shown(task), cancel: cancel);
        });
    }

    static void WriteJson(DiagnosisReport report) => JsonLines.Write(new
    {
        report.Folder,
        report.Adapter,
        report.Family,
        report.BreaksChat,
        findings = report.Findings.Select(finding => new { finding.Code, severity = Name(finding.Severity), finding.Title, finding.Evidence, finding.Remedy }),
        report.EndProbes,
        report.TensorsRead,
        report.BytesRead,
        report.Receipt,
    });

    static void Print(DiagnosisReport report)
    {
        IAnsiConsole console = Terminal.Out;
        foreach (Finding finding in report.Findings)
        {
            console.MarkupLineInterpolated($"[{Colour(finding.Severity)}]{Name(finding.Severity)}[/] [bold]{finding.Code}[/]: {finding.Title}");
            console.WriteLine($"  {finding.Evidence}");
            console.MarkupLineInterpolated($"  [dim]→ {finding.Remedy}[/]");
        }
        foreach (EndProbe probe in report.EndProbes)
            console.WriteLine($"after {(probe.Own ? "its own " : "")}\"{probe.Answer}\" {probe.StopToken} ({probe.StopId}) has rank {probe.Rank}; stopping has probability {Probability(probe.Probability)}");
        int errors = report.Findings.Count(finding => finding.Severity == Severity.Error), warnings = report.Findings.Count(finding => finding.Severity == Severity.Warning);
        string verdict = errors > 0 ? $"{errors} would break chat" : "nothing would break chat";
        console.MarkupLineInterpolated($"[{(errors > 0 ? "red" : "green")}]{verdict}[/]; {Count(warnings, "warning")}; {Count(report.TensorsRead, "tensor")} read");
    }

    static string Probability(double value) => value.ToString(value < 1e-3 ? "0.##e0" : "0.####", CultureInfo.InvariantCulture);

    static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    static string Name(Severity severity) => severity.ToString().ToLowerInvariant();

    static string Colour(Severity severity) => severity switch
    {
        Severity.Error => "red",
        Severity.Warning => "yellow",
        _ => "blue",
    };

    sealed class Shown(ProgressTask task) : IProgress<DiagnosisProgress>
    {
        public void Report(DiagnosisProgress value) => (task.Description, task.Value) = (value.Doing, value.Share);
    }
}

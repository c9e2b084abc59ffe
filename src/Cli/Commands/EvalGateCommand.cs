using System.CommandLine;
using System.Globalization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval gate</c>: a verdict for scripts.</summary>
internal static class EvalGateCommand
{
    public static Command Create()
    {
        var baseline = new Option<DirectoryInfo>("--baseline") { Description = "Run of the model that is in use", Required = true, HelpName = "RUN" };
        var candidate = new Option<DirectoryInfo>("--candidate") { Description = "Run of the model that would replace it, over the same samples", Required = true, HelpName = "RUN" };
        var metric = new Option<string>("--metric") { Description = "A metric of the set, or did-not-stop, loss, perplexity, bits-per-byte", Required = true, HelpName = "NAME" };
        var maxDrop = new Option<double>("--max-drop") { Description = "How much worse the candidate may be, in the metric's own unit; for metrics where lower is better, a rise", Required = true, HelpName = "X" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var tests = new TestArguments();
        var command = new Command("gate", "Exit code 1 when a candidate is worse than the baseline by more than --max-drop, significantly; 0 when it may pass; 2 when the runs cannot decide (docs/reports.md).") { baseline, candidate, metric, maxDrop, json };
        tests.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            Gate gate = Gate.Of(
                RunRecord.Open(parsed.GetValue(baseline)!.FullName), RunRecord.Open(parsed.GetValue(candidate)!.FullName), parsed.GetValue(metric)!, parsed.GetValue(maxDrop), tests.Of(parsed), cancel);
            if (parsed.GetValue(json)) JsonLines.Write(gate);
            else foreach (GateSetting setting in gate.Settings) Terminal.WriteLine(Say(gate, setting));
            return Task.FromResult(gate.Passes ? 0 : 1);
        });
        return command;
    }

    static string Say(Gate gate, GateSetting setting)
    {
        int decimals = ReportNumbers.Decimals(setting.Baseline, setting.Candidate);
        string place = gate.Settings.Count > 1 ? $"{setting.Setting}: " : "", allowed = gate.MaxDrop.ToString(CultureInfo.InvariantCulture);
        string scores = $"{gate.Metric} {ReportNumbers.Score(setting.Baseline, decimals)} → {ReportNumbers.Score(setting.Candidate, decimals)} over {setting.Samples} samples";
        return setting.Fails ? $"FAIL {place}{scores}: worse by {ReportNumbers.Score(setting.Drop, decimals)}, {allowed} allowed; {ReportNumbers.SayP(setting.CorrectedP)}"
            : setting.Drop > gate.MaxDrop ? $"pass {place}{scores}: worse by {ReportNumbers.Score(setting.Drop, decimals)}, {allowed} allowed, but the excess may be chance ({ReportNumbers.SayP(setting.CorrectedP)})"
            : setting.Drop > 0 ? $"pass {place}{scores}: worse by {ReportNumbers.Score(setting.Drop, decimals)}, {allowed} allowed"
            : $"pass {place}{scores}: not worse";
    }
}

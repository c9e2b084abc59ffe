using System.Globalization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Reports;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary>A comparison's figures on a terminal: what differs between the runs, scores with differences, and how answers ended.</summary>
internal sealed class ComparisonTables(RunComparison comparison)
{
    public void Write()
    {
        Terminal.WriteLine($"{comparison.Set.Id} version {comparison.Set.Version}, {comparison.Set.Samples.Count} samples; the baseline is {comparison.Runs[0].Label}");
        RunFact[] differing = [.. comparison.Facts.Where(fact => fact.Differs)];
        if (differing.Length > 0) Facts(differing).Write(Terminal.Out);
        foreach (string warning in comparison.Warnings) Terminal.Out.MarkupLineInterpolated($"[yellow]! {warning}[/]");
        for (int setting = 0; setting < comparison.Settings.Count; setting++)
        {
            for (int candidate = 1; candidate < comparison.Runs.Count; candidate++) Scores(setting, candidate).Write(Terminal.Out);
            Ends(setting).Write(Terminal.Out);
        }
        Terminal.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p by approximate randomisation ({comparison.Options.Trials} trials, seed {comparison.Options.Seed}), corrected by Holm for {comparison.Differences.Count} tests; intervals by paired bootstrap"));
    }

    DataTable Facts(RunFact[] facts)
    {
        string[] labels = [.. comparison.Runs.Select(run => run.Label)];
        var table = new DataTable(["", .. labels]) { Title = "what differs", Words = labels };
        foreach (RunFact fact in facts) table.Add([fact.Name, .. fact.Values.Select(value => value ?? "none")]);
        return table;
    }

    DataTable Scores(int setting, int candidate)
    {
        var table = new DataTable(new DataCell("metric", "won/lost/tied"), "baseline", "candidate", new DataCell("difference", "95 % interval"), new DataCell("p corrected", "alone"))
        {
            Title = $"{comparison.Runs[candidate].Label} against {comparison.Runs[0].Label}{(comparison.Settings.Count > 1 ? $", {SettingNames.Of(comparison.Settings[setting])}" : "")}",
        };
        foreach (MetricDifference d in comparison.Of(setting, candidate))
        {
            int decimals = ReportNumbers.Decimals(d.BaselineScore, d.Score);
            (string? colour, string mark) = d.Finding switch { Finding.Better => ("green", " ▲"), Finding.Worse => ("red", " ▼"), _ => (null, "") };
            table.Add(
                new DataCell(d.Key, $"{d.Outcomes.Wins}/{d.Outcomes.Losses}/{d.Outcomes.Ties}"), ReportNumbers.Score(d.BaselineScore, decimals), ReportNumbers.Score(d.Score, decimals),
                new DataCell(ReportNumbers.Signed(d.Difference, decimals) + mark, ReportNumbers.Between(d.Low, d.High, decimals), colour),
                new DataCell(ReportNumbers.P(d.CorrectedP), ReportNumbers.P(d.P), colour));
        }
        return table;
    }

    DataTable Ends(int setting)
    {
        AnswerEnd[] ends = [.. AnswerEnds.All.Where(end => comparison.Runs.Any(run => run.Settings[setting].Counts.Of(end) > 0))];
        var table = new DataTable(["", .. ends.Select(end => end.Word()), "not answered"]) { Title = "how answers ended" };
        foreach (RunScores run in comparison.Runs)
        {
            AnswerCounts counts = run.Settings[setting].Counts;
            table.Add([run.Label, .. ends.Select(end => ReportNumbers.Count(counts.Of(end))), ReportNumbers.Count(counts.Unanswered)]);
        }
        return table;
    }
}

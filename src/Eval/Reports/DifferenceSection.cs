using System.Globalization;
using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>Every test: the difference with its interval, p-values as they are and corrected, and how samples went.</summary>
internal static class DifferenceSection
{
    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Comparison is not { } comparison || comparison.Differences.Count == 0) return null;
        var blocks = new List<ReportBlock>();
        for (int setting = 0; setting < comparison.Settings.Count; setting++)
        {
            for (int candidate = 1; candidate < comparison.Runs.Count; candidate++)
            {
                MetricDifference[] tests = [.. comparison.Of(setting, candidate)];
                if (tests.Length == 0) continue;
                string caption = ReportContent.Join($"{experiment.Labels[candidate]} less {experiment.Labels[0]}", ReportContent.Place(experiment, setting));
                blocks.Add(new IntervalChart($"{caption} · right of the line is better", true, [.. tests.Where(d => d.Metric.Judges).Select(d => Row(d, candidate))]));
                blocks.Add(Table(caption, tests));
            }
        }
        blocks.Add(new ReportText(string.Create(CultureInfo.InvariantCulture,
            $"p: how often differences at least this large come up when the two answers to each sample are exchanged by the toss of a coin ({comparison.Options.Trials} trials of approximate randomisation, two-sided). Corrected: for all {comparison.Differences.Count} tests together (Holm), and this one decides. In the chart each row has its own scale; hollow points may be chance. Won, lost and tied count samples."), ReportTone.Quiet));
        return new ReportSection("differences", "Differences", blocks);
    }

    /// <summary>Turned so that better is right, and scaled by its own widest end: metrics have different units.</summary>
    static IntervalRow Row(MetricDifference d, int candidate)
    {
        int decimals = ReportNumbers.Decimals(d.BaselineScore, d.Score);
        double turn = d.Metric.HigherIsBetter ? 1 : -1, scale = new[] { Math.Abs(d.Low), Math.Abs(d.High), Math.Abs(d.Difference) }.Max();
        double unit = scale == 0 ? 0 : turn / scale;
        return new IntervalRow(
            d.Key, candidate, d.Difference * unit, Math.Min(d.Low * unit, d.High * unit), Math.Max(d.Low * unit, d.High * unit),
            $"{ReportNumbers.Signed(d.Difference, decimals)} ({ReportNumbers.Between(d.Low, d.High, decimals)})", d.Finding is Finding.Better or Finding.Worse);
    }

    static ReportTable Table(string caption, MetricDifference[] tests)
    {
        ReportColumn[] columns =
        [
            new("metric"), new("baseline", true), new("candidate", true), new("difference", true), new("95 % interval", true), new("p", true), new("p corrected", true), new("p bootstrap", true),
            new("bootstrap corrected", true), new("won / lost / tied", true), new("finding"),
        ];
        return new ReportTable(caption, columns, [.. tests.Select(d => (IReadOnlyList<ReportCell>)Cells(d))]);
    }

    static ReportCell[] Cells(MetricDifference d)
    {
        int decimals = ReportNumbers.Decimals(d.BaselineScore, d.Score);
        ReportTone tone = d.Finding switch { Finding.Better => ReportTone.Good, Finding.Worse => ReportTone.Bad, _ => ReportTone.Plain };
        string word = d.Finding switch { Finding.Better => "better", Finding.Worse => "worse", Finding.Describes => "describes only", _ => "not significant" };
        return
        [
            new(d.Key), new(ReportNumbers.Score(d.BaselineScore, decimals)), new(ReportNumbers.Score(d.Score, decimals)), new(ReportNumbers.Signed(d.Difference, decimals), tone),
            new(ReportNumbers.Between(d.Low, d.High, decimals)), new(ReportNumbers.P(d.P)), new(ReportNumbers.P(d.CorrectedP), tone), new(ReportNumbers.P(d.BootstrapP)),
            new(ReportNumbers.P(d.CorrectedBootstrapP)), new($"{ReportNumbers.Count(d.Outcomes.Wins)} / {ReportNumbers.Count(d.Outcomes.Losses)} / {ReportNumbers.Count(d.Outcomes.Ties)}"), new(word, tone),
        ];
    }
}

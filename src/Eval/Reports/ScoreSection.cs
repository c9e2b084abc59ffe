using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>Every score with its interval: a table by setting, and a chart by metric.</summary>
internal static class ScoreSection
{
    public static ReportSection Of(Experiment experiment)
    {
        var blocks = new List<ReportBlock>();
        string[] keys = [.. experiment.Runs.SelectMany(run => run.Settings).SelectMany(setting => setting.Metrics).Select(score => score.Key).Distinct()];
        blocks.AddRange(keys.Select(key => Chart(experiment, key)));
        for (int setting = 0; setting < experiment.Settings.Count; setting++) blocks.Add(Table(experiment, setting, keys));
        foreach (MissingScore missing in experiment.Runs.SelectMany(run => run.Settings).SelectMany(setting => setting.Missing).Distinct())
            if (experiment.Comparison is null) blocks.Add(new ReportText($"{missing.Key} could not be computed: {missing.Reason}", ReportTone.Warning));
        blocks.Add(new ReportText("The range behind a score is its 95 % bootstrap interval: where the score would mostly lie if other samples of the same kind had been asked. Overlapping ranges do not mean “no difference”: the runs answered the same samples, and the paired tests below use that.", ReportTone.Quiet));
        return new ReportSection("scores", "Scores", blocks);
    }

    static IntervalChart Chart(Experiment experiment, string key)
    {
        var rows = new List<IntervalRow>();
        for (int setting = 0; setting < experiment.Settings.Count; setting++)
        {
            for (int run = 0; run < experiment.Runs.Count; run++)
            {
                if (experiment.Runs[run].Settings[setting].Find(key) is not { } score) continue;
                string name = ReportContent.Join(experiment.Labels[run], ReportContent.Place(experiment, setting));
                rows.Add(new IntervalRow(name, run, score.Score, score.Interval.Low, score.Interval.High, ReportNumbers.Score(score.Score, ReportNumbers.Decimals(score.Score))));
            }
        }
        MetricScore first = experiment.Runs.SelectMany(run => run.Settings).Select(setting => setting.Find(key)).First(score => score is not null)!;
        return new IntervalChart($"{key}{(!first.Metric.Judges ? "" : first.Metric.HigherIsBetter ? " · higher is better" : " · lower is better")}", false, rows);
    }

    static ReportTable Table(Experiment experiment, int setting, string[] keys)
    {
        ReportColumn[] columns = [new("metric"), .. experiment.Labels.Select(label => new ReportColumn(label, true)), new("samples", true)];
        var rows = new List<IReadOnlyList<ReportCell>>();
        foreach (string key in keys)
        {
            MetricScore?[] scores = [.. experiment.Runs.Select(run => run.Settings[setting].Find(key))];
            if (scores.All(score => score is null)) continue;
            int decimals = ReportNumbers.Decimals([.. scores.Select(score => score?.Score ?? 0)]);
            rows.Add(
            [
                new ReportCell(key),
                .. scores.Select(score => new ReportCell(score is null ? "none" : $"{ReportNumbers.Score(score.Score, decimals)} ({ReportNumbers.Score(score.Interval.Low, decimals)} to {ReportNumbers.Score(score.Interval.High, decimals)})")),
                new ReportCell(ReportNumbers.Count(scores.Max(score => score?.Samples.Count ?? 0))),
            ]);
        }
        return new ReportTable(ReportContent.Place(experiment, setting), columns, rows);
    }
}

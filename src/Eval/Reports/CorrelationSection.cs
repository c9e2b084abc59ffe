using Juxta.Eval.Significance;

namespace Juxta.Eval.Reports;

/// <summary>Which metrics see what people see.</summary>
internal static class CorrelationSection
{
    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Correlations.Count == 0) return null;
        ReportColumn[] columns = [new("metric"), new("items", true), new("votes", true), new("Kendall's tau-b", true), new("Spearman's rho", true), new("agrees with the vote", true)];
        return new ReportSection("correlation", "Metrics and people",
        [
            new ReportTable("", columns, [.. experiment.Correlations.Select(c => (IReadOnlyList<ReportCell>)
            [
                new(c.Key), new(ReportNumbers.Count(c.Found.Items)), new(ReportNumbers.Count(c.Found.Votes)), new(Say(c.Found.Kendall)), new(Say(c.Found.Spearman)), new(Say(c.Found.Agreement)),
            ])]),
            new ReportText($"How the difference of two answers' scores goes with the vote on them: 1 is always the same way, 0 is no connection; of agreement, 0.5 is a coin.{(experiment.Settings.Count > 1 ? $" A vote that names no setting is put beside the scores of {ReportContent.Place(experiment, 0)}." : "")} Intervals are 95 %, by bootstrap over items. Where the interval holds 0 (0.5), the metric is no witness for what people prefer here.", ReportTone.Quiet),
        ]);
    }

    static string Say(ResampledInterval value) => double.IsFinite(value.Value) ? $"{ReportNumbers.Score(value.Value, 3)} ({ReportNumbers.Score(value.Low, 3)} to {ReportNumbers.Score(value.High, 3)})" : "none";
}

using Juxta.Eval.Comparison;
using Juxta.Eval.Correlation;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Reports;

/// <summary>How far a metric of the runs sees what people saw in the same answers.</summary>
/// <param name="Key">The metric's key.</param>
public sealed record PeopleCorrelation(string Key, SuiteCorrelation Found)
{
    /// <summary>
    /// By every metric that judges, over the votes whose item is a sample that both models were scored on. Votes name no setting: the scores are those of the
    /// first. Nothing where fewer than two votes can be used.
    /// </summary>
    internal static IReadOnlyList<PeopleCorrelation> Of(Experiment experiment)
    {
        var found = new List<PeopleCorrelation>();
        if (experiment.Comparison is null) return found;
        foreach (MetricScore first in experiment.Runs[0].Settings[0].Metrics.Where(score => score.Metric.Judges))
        {
            MetricScore?[] scores = [.. experiment.Runs.Select(run => run.Settings[0].Find(first.Key))];
            if (scores.Any(score => score is null)) continue;
            Dictionary<string, int> rows = first.Samples.Select((sample, row) => (experiment.Set.Samples[sample].Id, row)).ToDictionary(StringComparer.Ordinal);
            MetricJudgement[] judged = [.. experiment.Votes.Select(vote => Judge(experiment, scores!, rows, vote)).OfType<MetricJudgement>()];
            if (judged.Length < 2) continue;
            found.AddRange(MetricHumanCorrelation.BySuite(judged, experiment.Options.Resamples, experiment.Options.Seed).Select(suite => new PeopleCorrelation(first.Key, suite)));
        }
        return found;
    }

    static MetricJudgement? Judge(Experiment experiment, MetricScore[] scores, Dictionary<string, int> rows, Battle vote)
    {
        if (vote.Item is not { } item) return null;
        string set = experiment.Set.Id;
        if (!rows.TryGetValue(item, out int row) && !(item.StartsWith(set + "/", StringComparison.Ordinal) && rows.TryGetValue(item[(set.Length + 1)..], out row))) return null;
        MetricScore a = scores[experiment.Labels.ToList().IndexOf(vote.A)], b = scores[experiment.Labels.ToList().IndexOf(vote.B)];
        double gain = (a.Statistics.ScoreOf(row) - b.Statistics.ScoreOf(row)) * (a.Metric.HigherIsBetter ? 1 : -1);
        return new MetricJudgement(set, experiment.Set.Samples[a.Samples[row]].Id, gain, vote.ScoreOfA);
    }
}

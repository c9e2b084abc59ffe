using System.Globalization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Correlation;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Reports;

/// <summary>How far a metric of the runs sees what people saw in the same answers.</summary>
/// <param name="Key">The metric's key.</param>
public sealed record PeopleCorrelation(string Key, SuiteCorrelation Found)
{
    /// <summary>
    /// By every metric that judges, over the votes whose item is a sample that both models were scored on: <c>sample</c> or <c>set/sample</c> under the first
    /// setting, with <c>#n</c> behind it under the n-th of the runs' sets. Nothing where fewer than two votes can be used.
    /// </summary>
    internal static IReadOnlyList<PeopleCorrelation> Of(Experiment experiment)
    {
        var found = new List<PeopleCorrelation>();
        if (experiment.Comparison is null) return found;
        foreach (MetricScore first in experiment.Runs[0].Settings[0].Metrics.Where(score => score.Metric.Judges))
        {
            ScoredSetting[] settings = [.. Enumerable.Range(0, experiment.Settings.Count).Select(setting => ScoredSetting.Of(experiment, setting, first.Key)).OfType<ScoredSetting>()];
            MetricJudgement[] judged = [.. experiment.Votes.Select(vote => Judge(experiment, settings, vote)).OfType<MetricJudgement>()];
            if (judged.Length < 2) continue;
            found.AddRange(MetricHumanCorrelation.BySuite(judged, experiment.Options.Resamples, experiment.Options.Seed).Select(suite => new PeopleCorrelation(first.Key, suite)));
        }
        return found;
    }

    static MetricJudgement? Judge(Experiment experiment, ScoredSetting[] settings, Battle vote)
    {
        if (vote.Item is not { } item || settings.Length == 0) return null;
        string set = experiment.Set.Id;
        string sample = item.StartsWith(set + "/", StringComparison.Ordinal) ? item[(set.Length + 1)..] : item;
        return settings[0].Judge(experiment, item, vote) ?? settings[0].Judge(experiment, sample, vote)
            ?? settings.Select(setting => sample.EndsWith(setting.Mark, StringComparison.Ordinal) ? setting.Judge(experiment, sample[..^setting.Mark.Length], vote) : null).FirstOrDefault(judged => judged is not null);
    }

    /// <summary>What a metric says of all runs under one setting.</summary>
    /// <param name="Mark">How votes name the setting.</param>
    /// <param name="Scores">Of each run.</param>
    /// <param name="Rows">The scores' row of each sample.</param>
    sealed record ScoredSetting(string Mark, MetricScore[] Scores, Dictionary<string, int> Rows)
    {
        public static ScoredSetting? Of(Experiment experiment, int setting, string key)
        {
            MetricScore?[] scores = [.. experiment.Runs.Select(run => run.Settings[setting].Find(key))];
            return scores.Any(score => score is null) ? null : new ScoredSetting(
                string.Create(CultureInfo.InvariantCulture, $"#{experiment.Runs[0].Settings[setting].Index}"), scores!,
                scores[0]!.Samples.Select((sample, row) => (experiment.Set.Samples[sample].Id, row)).ToDictionary(StringComparer.Ordinal));
        }

        public MetricJudgement? Judge(Experiment experiment, string sample, Battle vote)
        {
            if (!Rows.TryGetValue(sample, out int row)) return null;
            MetricScore a = Scores[experiment.Labels.ToList().IndexOf(vote.A)], b = Scores[experiment.Labels.ToList().IndexOf(vote.B)];
            double gain = (a.Statistics.ScoreOf(row) - b.Statistics.ScoreOf(row)) * (a.Metric.HigherIsBetter ? 1 : -1);
            return new MetricJudgement(experiment.Set.Id, sample + Mark, gain, vote.ScoreOfA);
        }
    }
}

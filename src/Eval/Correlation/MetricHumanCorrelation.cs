using Juxta.Eval.Significance;

namespace Juxta.Eval.Correlation;

/// <summary>One vote beside the metric's opinion of the same two answers.</summary>
/// <param name="Suite">The set that the item belongs to.</param>
/// <param name="Item">Votes on one item hang together.</param>
/// <param name="Metric">Score of A's answer less score of B's; turned about beforehand for metrics where lower is better.</param>
/// <param name="Human">1 where A was better, 0 where B was, a half for a tie.</param>
public readonly record struct MetricJudgement(string Suite, string Item, double Metric, double Human);

/// <summary>How far a metric sees what people see, on one suite; intervals are clustered by item.</summary>
/// <param name="Agreement">Share of decided votes whose winner the metric scores higher; a metric without a difference counts half.</param>
public sealed record SuiteCorrelation(string Suite, int Items, int Votes, ResampledInterval Kendall, ResampledInterval Spearman, ResampledInterval Agreement);

/// <summary>
/// Correlation of a metric's differences with people's votes, suite by suite. Each vote counts both ways round (A against B and B against A), so the result
/// does not depend on which model was named first, and a metric that always prefers one model gets no credit for the average alone.
/// </summary>
public static class MetricHumanCorrelation
{
    public static IReadOnlyList<SuiteCorrelation> BySuite(IEnumerable<MetricJudgement> votes, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed) =>
        [.. votes.GroupBy(v => v.Suite, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g], samples, seed))];

    static SuiteCorrelation Of(string suite, MetricJudgement[] votes, int samples, ulong seed)
    {
        MetricJudgement[][] items = [.. votes.GroupBy(v => v.Item, StringComparer.Ordinal).Select(g => g.ToArray())];
        ResampledInterval Interval(Func<MetricJudgement[], double> statistic) =>
            ClusterBootstrap.Interval(items.Length, samples, seed, drawn => statistic([.. drawn.SelectMany(i => items[i])]));
        return new(suite, items.Length, votes.Length,
            Interval(v => RankCorrelation.KendallTauB(BothWays(v, j => j.Metric), BothWays(v, j => j.Human - 0.5))),
            Interval(v => RankCorrelation.Spearman(BothWays(v, j => j.Metric), BothWays(v, j => j.Human - 0.5))),
            Interval(Agreement));
    }

    static double[] BothWays(MetricJudgement[] votes, Func<MetricJudgement, double> value)
    {
        var both = new double[votes.Length * 2];
        for (int i = 0; i < votes.Length; i++) both[i * 2 + 1] = 0 - (both[i * 2] = value(votes[i])); // not −x, which makes −0
        return both;
    }

    static double Agreement(MetricJudgement[] votes)
    {
        double agreeing = 0, decided = 0;
        foreach (MetricJudgement vote in votes)
        {
            int human = vote.Human.CompareTo(0.5);
            if (human == 0) continue;
            decided++;
            agreeing += vote.Metric == 0 ? 0.5 : vote.Metric > 0 == human > 0 ? 1 : 0;
        }
        return agreeing / decided;
    }
}

using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;

namespace Juxta.Eval.Comparison;

/// <summary>A run's score by one metric under one setting.</summary>
/// <param name="Key">See <see cref="RunMetric.Key"/>.</param>
/// <param name="Samples">Indices of the set's samples that were scored, ascending: row i of the statistics is sample <c>Samples[i]</c>.</param>
/// <param name="Statistics">A row for each.</param>
/// <param name="Interval">95 %, by bootstrap over the samples.</param>
/// <param name="Signature">How to get the score again, the resampling included.</param>
public sealed record MetricScore(string Key, IReadOnlyList<int> Samples, CorpusStatistics Statistics, ConfidenceInterval Interval, string Signature)
{
    public IMetric Metric => Statistics.Metric;

    public double Score => Statistics.Score;

    /// <summary>The score of some rows together.</summary>
    public double ScoreOf(IEnumerable<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var sums = new double[Metric.StatisticsLength];
        foreach (int row in rows)
        {
            ReadOnlySpan<double> values = Statistics.Row(row);
            for (int k = 0; k < sums.Length; k++) sums[k] += values[k];
        }
        return Metric.Score(sums);
    }

    internal static MetricScore Of(string key, IReadOnlyList<int> samples, CorpusStatistics statistics, ComparisonOptions options) => new(
        key, samples, statistics, Bootstrap.Interval(statistics, options.Resamples, options.Seed),
        statistics.Metric.Signature.Format(statistics.Run with { BootstrapSamples = options.Resamples, Seed = (long)options.Seed }));
}

/// <summary>A metric without a score, and why.</summary>
public sealed record MissingScore(string Key, string Reason);

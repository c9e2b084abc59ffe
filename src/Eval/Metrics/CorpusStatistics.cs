using Juxta.Eval.Significance;

namespace Juxta.Eval.Metrics;

/// <summary>The statistics of one system's answers by one metric: a row per answer. Everything else is computed from them.</summary>
public sealed class CorpusStatistics
{
    const int ParallelFrom = 512;

    readonly double[] _values; // (Count, StatisticsLength)

    CorpusStatistics(IMetric metric, double[] values, int count, int? references)
    {
        Metric = metric;
        _values = values;
        Count = count;
        References = references;
        Sums = new double[metric.StatisticsLength];
        var column = new double[count];
        for (int k = 0; k < Sums.Length; k++)
        {
            for (int i = 0; i < count; i++) column[i] = values[i * Sums.Length + k];
            Sums[k] = PairwiseSum.Of(column);
        }
    }

    public IMetric Metric { get; }

    /// <summary>Number of answers.</summary>
    public int Count { get; }

    /// <summary>References per answer; −1 where it varies, null where the metric needs none.</summary>
    public int? References { get; }

    /// <summary>The sum of all rows.</summary>
    public double[] Sums { get; }

    /// <summary>The corpus score.</summary>
    public double Score => Metric.Score(Sums);

    /// <summary>The statistics of one answer.</summary>
    public ReadOnlySpan<double> Row(int index) => _values.AsSpan(index * Metric.StatisticsLength, Metric.StatisticsLength);

    /// <summary>The score of one answer alone.</summary>
    public double ScoreOf(int index) => Metric.Score(Row(index));

    /// <summary>Where the numbers came from, for <see cref="MetricSignature.Format"/>.</summary>
    public SignatureRun Run => new(References);

    /// <summary>Measures answers, on all processors when there are many; the result does not depend on how many.</summary>
    /// <exception cref="MetricException">An answer lacks what the metric needs.</exception>
    public static CorpusStatistics Of(IMetric metric, IReadOnlyList<Answer> answers, IProgress<int>? progress = null, CancellationToken cancel = default) => Of([metric], answers, progress, cancel)[0];

    /// <summary>
    /// Measures answers by several metrics, in their order. Every answer goes through all of them before the next one, so that those of a kind read its texts once.
    /// </summary>
    /// <exception cref="MetricException">An answer lacks what a metric needs.</exception>
    public static CorpusStatistics[] Of(IReadOnlyList<IMetric> metrics, IReadOnlyList<Answer> answers, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (IMetric metric in metrics) Check(metric, answers);
        double[][] values = [.. metrics.Select(metric => new double[checked(answers.Count * metric.StatisticsLength)])];
        int done = 0;
        var options = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = answers.Count >= ParallelFrom ? Environment.ProcessorCount : 1 };
        try
        {
            Parallel.For(0, (answers.Count + 63) / 64, options, block =>
            {
                int end = Math.Min((block + 1) * 64, answers.Count);
                for (int i = block * 64; i < end; i++)
                {
                    for (int k = 0; k < values.Length; k++)
                    {
                        int length = metrics[k].StatisticsLength;
                        metrics[k].Count(answers[i], values[k].AsSpan(i * length, length));
                    }
                }
                progress?.Report(Interlocked.Add(ref done, end - block * 64));
            });
        }
        catch (AggregateException error) when (error.InnerExceptions.OfType<MetricException>().FirstOrDefault() is { } first)
        {
            throw new MetricException(first.Message, first);
        }
        int references = answers[0].References.Count;
        if (answers.Any(a => a.References.Count != references)) references = -1;
        return [.. metrics.Select((metric, k) => new CorpusStatistics(metric, values[k], answers.Count, metric.NeedsReferences ? references : null))];
    }

    static void Check(IMetric metric, IReadOnlyList<Answer> answers)
    {
        if (answers.Count == 0) throw new MetricException($"{metric.Name}: there are no answers to score");
        for (int i = 0; i < answers.Count; i++)
        {
            if (metric.NeedsReferences && answers[i].References.Count == 0)
                throw new MetricException($"{metric.Name}: answer {i + 1} of {answers.Count} has no reference");
        }
    }
}

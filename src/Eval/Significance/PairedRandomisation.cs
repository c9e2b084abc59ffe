using Juxta.Eval.Metrics;

namespace Juxta.Eval.Significance;

/// <summary>
/// Paired approximate randomisation (Riezler and Maxwell 2005) as sacreBLEU 2.6.0 does it: in every trial each sample's two answers change sides or not by
/// the toss of a coin; a difference that such exchanges rarely reach is no chance.
/// </summary>
public static class PairedRandomisation
{
    /// <summary>sacreBLEU's number of trials.</summary>
    public const int DefaultTrials = 10_000;

    /// <param name="systems">The baseline first; all measured by one metric on the same samples.</param>
    /// <param name="intervalSamples">Also make a bootstrap interval of each system out of this many resamples; 0 = none.</param>
    /// <param name="tiesCount">Whether trials that just reach the real difference count, as they must where few samples differ; sacreBLEU's do not.</param>
    /// <exception cref="MetricException">Systems that cannot be compared.</exception>
    public static PairedResult[] Test(
        IReadOnlyList<CorpusStatistics> systems, int trials = DefaultTrials, ulong seed = Bootstrap.DefaultSeed, int intervalSamples = 0, bool tiesCount = false)
    {
        CorpusStatistics baseline = Pairing.Baseline(systems);
        var results = new PairedResult[systems.Count];
        for (int k = 0; k < results.Length; k++)
        {
            var generator = new Pcg64(seed); // every system meets the same coins
            double? p = k == 0 ? null
                : PValue.Of(systems[k].Score - baseline.Score, Differences(baseline, systems[k], Bootstrap.Checked(trials), generator), tiesCount);
            // The system's resamples go on where its coins ended; the baseline's come from a fresh generator.
            ConfidenceInterval? interval = intervalSamples > 0 ? Pairing.Interval(Bootstrap.Scores(systems[k], intervalSamples, generator)) : null;
            results[k] = new PairedResult(systems[k].Score, interval, p);
        }
        return results;
    }

    /// <summary>Absolute differences of the two sides' scores after each trial's exchanges.</summary>
    static double[] Differences(CorpusStatistics baseline, CorpusStatistics system, int trials, Pcg64 generator)
    {
        IMetric metric = baseline.Metric;
        int length = metric.StatisticsLength;
        // Where sample i keeps its sides, A has the system's row: A = all of the system's rows + the rows' differences where the coin says exchange.
        double[] gains = new double[baseline.Count * length];
        for (int i = 0; i < baseline.Count; i++)
        {
            ReadOnlySpan<double> mine = baseline.Row(i), other = system.Row(i);
            for (int k = 0; k < length; k++) gains[i * length + k] = mine[k] - other[k];
        }
        var coins = new BitDraws(generator);
        var differences = new double[trials];
        double[] exchanged = new double[length], a = new double[length], b = new double[length];
        for (int trial = 0; trial < trials; trial++)
        {
            Array.Clear(exchanged);
            for (int i = 0; i < baseline.Count; i++)
            {
                if (!coins.Next()) continue;
                ReadOnlySpan<double> gain = gains.AsSpan(i * length, length);
                for (int k = 0; k < gain.Length; k++) exchanged[k] += gain[k];
            }
            for (int k = 0; k < length; k++)
            {
                a[k] = system.Sums[k] + exchanged[k];
                b[k] = baseline.Sums[k] - exchanged[k];
            }
            differences[trial] = Math.Abs(metric.Score(a) - metric.Score(b));
        }
        return differences;
    }
}

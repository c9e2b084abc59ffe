using Juxta.Eval.Metrics;

namespace Juxta.Eval.Significance;

/// <summary>
/// Paired bootstrap test (Koehn 2004) as sacreBLEU 2.6.0 does it: all systems on the same resamples; the differences, shifted to mean 0, stand for what
/// chance gives.
/// </summary>
public static class PairedBootstrap
{
    /// <param name="systems">The baseline first; all measured by one metric on the same samples.</param>
    /// <exception cref="MetricException">Systems that cannot be compared.</exception>
    public static PairedResult[] Test(IReadOnlyList<CorpusStatistics> systems, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed)
    {
        double[][] scores = Scores(systems, samples, seed);
        var results = new PairedResult[systems.Count];
        for (int k = 0; k < results.Length; k++)
        {
            double? p = null;
            (double, double)? between = null;
            if (k > 0)
            {
                double[] signed = [.. scores[k].Zip(scores[0], (system, other) => system - other)];
                Array.Sort(signed);
                between = (Percentile.Of(signed, 2.5), Percentile.Of(signed, 97.5));
                double[] differences = [.. scores[k].Zip(scores[0], (system, other) => Math.Abs(system - other))];
                double mean = PairwiseSum.Mean(differences);
                for (int i = 0; i < differences.Length; i++) differences[i] -= mean;
                p = PValue.Of(systems[k].Score - systems[0].Score, differences);
            }
            results[k] = new PairedResult(systems[k].Score, Pairing.Interval(scores[k]), p) { Difference = between };
        }
        return results;
    }

    /// <summary>Scores of each system on the same resamples, in draw order.</summary>
    /// <exception cref="MetricException">Systems that cannot be compared.</exception>
    internal static double[][] Scores(IReadOnlyList<CorpusStatistics> systems, int samples, ulong seed)
    {
        CorpusStatistics baseline = Pairing.Baseline(systems);
        var resampling = systems.Select(s => new Resampling(s)).ToArray();
        var scores = systems.Select(_ => new double[Bootstrap.Checked(samples)]).ToArray();
        var generator = new Pcg64(seed);
        var indices = new int[baseline.Count];
        for (int i = 0; i < samples; i++)
        {
            generator.FillIndices(baseline.Count, indices);
            for (int k = 0; k < resampling.Length; k++) scores[k][i] = resampling[k].Score(indices);
        }
        return scores;
    }
}

/// <summary>What both paired tests share.</summary>
internal static class Pairing
{
    public static CorpusStatistics Baseline(IReadOnlyList<CorpusStatistics> systems)
    {
        if (systems.Count < 2) throw new MetricException("a paired test compares a baseline with at least one other system; only one set of answers was given");
        for (int k = 1; k < systems.Count; k++)
        {
            if (systems[k].Count != systems[0].Count)
                throw new MetricException($"a paired test needs the same samples for all systems: the baseline has {systems[0].Count} answers and system {k + 1} has {systems[k].Count}");
        }
        return systems[0];
    }

    /// <summary>The paired tests average sorted scores, which can differ in the last digits from the mean of <see cref="Bootstrap.Interval"/>.</summary>
    public static ConfidenceInterval Interval(double[] scores)
    {
        double[] sorted = [.. scores];
        Array.Sort(sorted);
        return new ConfidenceInterval(PairwiseSum.Mean(sorted), ConfidenceInterval.HalfWidthOf(sorted));
    }
}

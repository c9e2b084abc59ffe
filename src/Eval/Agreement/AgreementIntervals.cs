using Juxta.Eval.Significance;

namespace Juxta.Eval.Agreement;

/// <summary>
/// 95 % intervals of the coefficients by drawing items with replacement (as Hayes and Krippendorff 2007 advise for alpha): the raters stay as they are, so the
/// interval speaks of these people on other items.
/// </summary>
public static class AgreementIntervals
{
    /// <param name="first">The first rater's category of each item.</param>
    /// <param name="second">The second's.</param>
    public static ResampledInterval Cohen(IReadOnlyList<int> first, IReadOnlyList<int> second, int categories, KappaWeights weights = KappaWeights.None, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed) =>
        ClusterBootstrap.Interval(first.Count, samples, seed, drawn =>
        {
            var table = new double[categories, categories];
            foreach (int item in drawn) table[first[item], second[item]]++;
            return CohenKappa.Of(table, weights);
        });

    /// <param name="counts">Per item, how many raters chose each category, equally many for all.</param>
    /// <exception cref="ArgumentException">Items rated differently often, or by fewer than two.</exception>
    public static ResampledInterval Fleiss(IReadOnlyList<int[]> counts, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed) =>
        ClusterBootstrap.Interval(counts.Count, samples, seed, drawn => FleissKappa.Of([.. drawn.Select(item => counts[item])]));

    /// <param name="counts">Per item, how many raters chose each category.</param>
    public static ResampledInterval Krippendorff(IReadOnlyList<int[]> counts, Measurement level, int samples = Bootstrap.DefaultSamples, ulong seed = Bootstrap.DefaultSeed) =>
        ClusterBootstrap.Interval(counts.Count, samples, seed, drawn => KrippendorffAlpha.Of([.. drawn.Select(item => counts[item])], level));
}

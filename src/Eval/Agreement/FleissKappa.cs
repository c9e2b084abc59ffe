namespace Juxta.Eval.Agreement;

/// <summary>Agreement of any number of raters beyond chance, every item rated equally often (Fleiss 1971; with equal chances Randolph 2005).</summary>
public static class FleissKappa
{
    /// <param name="counts">Per item, how many raters chose each category.</param>
    /// <exception cref="ArgumentException">Items rated differently often, or by fewer than two.</exception>
    public static double Of(IReadOnlyList<int[]> counts)
    {
        double items = counts.Count, raters = Raters(counts), expected = 0;
        for (int c = 0; c < counts[0].Length; c++)
        {
            double share = counts.Sum(item => item[c]) / (items * raters);
            expected += share * share;
        }
        return Kappa(Observed(counts), expected);
    }

    /// <summary>Every category is as likely by chance.</summary>
    public static double Randolph(IReadOnlyList<int[]> counts) => Kappa(Observed(counts), 1.0 / counts[0].Length);

    /// <summary>The share of pairs of raters that agree.</summary>
    public static double Observed(IReadOnlyList<int[]> counts)
    {
        double raters = Raters(counts);
        return counts.Average(item => (item.Sum(n => (double)n * n) - raters) / (raters * (raters - 1)));
    }

    static double Kappa(double observed, double expected) => (observed - expected) / (1 - expected);

    static int Raters(IReadOnlyList<int[]> counts)
    {
        int raters = counts[0].Sum();
        int other = counts.ToList().FindIndex(item => item.Sum() != raters);
        if (other >= 0) throw new ArgumentException($"item {other + 1} has {counts[other].Sum()} ratings and item 1 has {raters}; Fleiss' kappa needs equally many: take Krippendorff's alpha", nameof(counts));
        return raters >= 2 ? raters : throw new ArgumentException($"every item has {raters} ratings; agreement needs two or more", nameof(counts));
    }
}

namespace Juxta.Eval.Agreement;

/// <summary>What differences between categories mean.</summary>
public enum Measurement
{
    /// <summary>Names: different is different.</summary>
    Nominal,

    /// <summary>Ranks: by how many ratings lie between.</summary>
    Ordinal,

    /// <summary>Numbers: by the square of the difference.</summary>
    Interval,
}

/// <summary>Krippendorff's alpha (2004): agreement of any number of raters beyond chance, with ratings missing.</summary>
public static class KrippendorffAlpha
{
    /// <param name="ratings">[rater][item]; null where the rater did not rate the item.</param>
    /// <param name="categories">Number of categories 0, 1, …</param>
    /// <returns>NaN where nothing can be compared or only one category occurs.</returns>
    public static double Of(IReadOnlyList<int?[]> ratings, int categories, Measurement level)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        return Of([.. Enumerable.Range(0, ratings[0].Length).Select(item => Counts(ratings, item, categories))], level);
    }

    /// <param name="items">Per item, how many raters chose each category; at least one item.</param>
    /// <param name="level">What differences mean.</param>
    /// <returns>NaN where nothing can be compared or only one category occurs.</returns>
    public static double Of(IReadOnlyList<int[]> items, Measurement level)
    {
        ArgumentNullException.ThrowIfNull(items);
        int categories = items[0].Length;
        double[,] coincidence = Coincidence(items, categories);
        double[] totals = new double[categories];
        for (int c = 0; c < categories; c++) for (int k = 0; k < categories; k++) totals[c] += coincidence[c, k];
        double all = totals.Sum(), observed = 0, expected = 0;
        for (int c = 0; c < categories; c++)
        {
            for (int k = 0; k < categories; k++)
            {
                double difference = Difference(c, k, totals, level);
                observed += coincidence[c, k] * difference;
                expected += totals[c] * (totals[k] - (c == k ? 1 : 0)) / (all - 1) * difference;
            }
        }
        return 1 - observed / expected;
    }

    static int[] Counts(IReadOnlyList<int?[]> ratings, int item, int categories)
    {
        var counts = new int[categories];
        foreach (int?[] rater in ratings)
        {
            if (rater[item] is { } category) counts[category]++;
        }
        return counts;
    }

    /// <summary>How often c and k were given to one item, each item weighing as its number of ratings.</summary>
    static double[,] Coincidence(IReadOnlyList<int[]> items, int categories)
    {
        var table = new double[categories, categories];
        foreach (int[] counts in items)
        {
            int raters = counts.Sum();
            if (raters < 2) continue;
            for (int c = 0; c < categories; c++)
                for (int k = 0; k < categories; k++)
                    table[c, k] += (double)counts[c] * (counts[k] - (c == k ? 1 : 0)) / (raters - 1);
        }
        return table;
    }

    static double Difference(int c, int k, double[] totals, Measurement level)
    {
        switch (level)
        {
            case Measurement.Nominal: return c == k ? 0 : 1;
            case Measurement.Interval: return (double)(c - k) * (c - k);
            default:
                double between = 0;
                for (int g = Math.Min(c, k); g <= Math.Max(c, k); g++) between += totals[g];
                between -= (totals[c] + totals[k]) / 2;
                return c == k ? 0 : between * between;
        }
    }
}

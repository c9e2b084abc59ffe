namespace Juxta.Eval.Correlation;

/// <summary>How well two lists of numbers agree in order, −1 to 1; NaN where one of them is constant.</summary>
public static class RankCorrelation
{
    /// <summary>Kendall's tau-b (1945), which corrects for ties, by merge sort (Knight 1966): n log n.</summary>
    public static double KendallTauB(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        int n = x.Length;
        var pairs = new (double X, double Y)[n];
        for (int i = 0; i < n; i++) pairs[i] = (x[i], y[i]);
        Array.Sort(pairs);
        double[] byX = [.. pairs.Select(p => p.Y)], sorted = new double[n];
        long all = Pairs(n), tiedX = TiedPairs(pairs, (a, b) => a.X == b.X), tiedBoth = TiedPairs(pairs, (a, b) => a == b);
        long swaps = SortCountingSwaps(byX, sorted, 0, n), tiedY = TiedPairs(byX, (a, b) => a == b);
        // Every pair that is tied in neither is either in order or not.
        double concordantLessDiscordant = all - tiedX - tiedY + tiedBoth - 2 * swaps;
        return concordantLessDiscordant / Math.Sqrt(all - tiedX) / Math.Sqrt(all - tiedY);
    }

    /// <summary>Spearman's rho (1904): Pearson's correlation of the ranks, tied values sharing their mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        return Pearson(Ranks(x), Ranks(y));
    }

    /// <summary>Ranks from 1, tied values sharing their mean rank.</summary>
    public static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray(), ranks = new double[values.Length];
        int[] places = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, places);
        for (int start = 0; start < sorted.Length;)
        {
            int end = start;
            while (end < sorted.Length && sorted[end] == sorted[start]) end++;
            for (int i = start; i < end; i++) ranks[places[i]] = (start + 1 + end) / 2.0;
            start = end;
        }
        return ranks;
    }

    static double Pearson(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        return xy / Math.Sqrt(xx * yy);
    }

    static long Pairs(long n) => n * (n - 1) / 2;

    static long TiedPairs<T>(T[] sorted, Func<T, T, bool> equal)
    {
        long pairs = 0, run = 1;
        for (int i = 1; i <= sorted.Length; i++)
        {
            if (i < sorted.Length && equal(sorted[i], sorted[i - 1]))
            {
                run++;
                continue;
            }
            pairs += Pairs(run);
            run = 1;
        }
        return pairs;
    }

    /// <summary>Merge sort; returns how many pairs stood in the wrong order.</summary>
    static long SortCountingSwaps(double[] values, double[] buffer, int start, int end)
    {
        if (end - start < 2) return 0;
        int middle = (start + end) / 2, left = start, right = middle;
        long swaps = SortCountingSwaps(values, buffer, start, middle) + SortCountingSwaps(values, buffer, middle, end);
        for (int i = start; i < end; i++)
        {
            bool fromRight = left == middle || (right < end && values[right] < values[left]);
            if (fromRight) swaps += middle - left;
            buffer[i] = fromRight ? values[right++] : values[left++];
        }
        Array.Copy(buffer, start, values, start, end - start);
        return swaps;
    }

    static void Check(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length) throw new ArgumentException($"{x.Length} values against {y.Length}; a correlation needs pairs", nameof(y));
        if (x.Length < 2) throw new ArgumentException($"{x.Length} pairs; a correlation needs two or more", nameof(x));
    }
}

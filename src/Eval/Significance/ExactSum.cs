namespace Juxta.Eval.Significance;

/// <summary>Python's <c>math.fsum</c>: the exact sum, rounded once (Shewchuk 1997).</summary>
internal static class ExactSum
{
    public static double Of(ReadOnlySpan<double> values)
    {
        var partials = new List<double>();
        foreach (double value in values)
        {
            double x = value;
            if (!double.IsFinite(x)) return PairwiseSum.Of(values);
            int kept = 0;
            for (int j = 0; j < partials.Count; j++)
            {
                double y = partials[j];
                if (Math.Abs(x) < Math.Abs(y)) (x, y) = (y, x);
                double high = x + y, low = y - (high - x);
                if (low != 0) partials[kept++] = low;
                x = high;
            }
            partials.RemoveRange(kept, partials.Count - kept);
            partials.Add(x);
        }
        if (partials.Count == 0) return 0;
        int n = partials.Count - 1;
        double sum = partials[n], rest = 0;
        while (n > 0)
        {
            double x = sum, y = partials[--n];
            sum = x + y;
            rest = y - (sum - x);
            if (rest != 0) break;
        }
        // Half-way cases round to even by what lies below.
        if (n > 0 && ((rest < 0 && partials[n - 1] < 0) || (rest > 0 && partials[n - 1] > 0)))
        {
            double twice = rest * 2, up = sum + twice;
            if (twice == up - sum) sum = up;
        }
        return sum;
    }
}

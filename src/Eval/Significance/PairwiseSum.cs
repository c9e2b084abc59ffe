namespace Juxta.Eval.Significance;

/// <summary>
/// Sums as numpy's <c>sum</c> does over a contiguous array of doubles, so that means agree in the last bit: blocks of 8192 elements added in order, each
/// summed pairwise down to runs of 128 with eight accumulators.
/// </summary>
public static class PairwiseSum
{
    const int BlockLength = 8192, RunLength = 128;

    public static double Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (int start = 0; start < values.Length; start += BlockLength) sum += OfBlock(values.Slice(start, Math.Min(BlockLength, values.Length - start)));
        return sum;
    }

    /// <summary>The mean; 0 of nothing.</summary>
    public static double Mean(ReadOnlySpan<double> values) => values.Length == 0 ? 0 : Of(values) / values.Length;

    static double OfBlock(ReadOnlySpan<double> v)
    {
        if (v.Length < 8)
        {
            double sum = 0;
            foreach (double value in v) sum += value;
            return sum;
        }
        if (v.Length > RunLength)
        {
            int half = v.Length / 2;
            half -= half % 8;
            return OfBlock(v[..half]) + OfBlock(v[half..]);
        }
        double r0 = v[0], r1 = v[1], r2 = v[2], r3 = v[3], r4 = v[4], r5 = v[5], r6 = v[6], r7 = v[7];
        int i = 8;
        for (; i + 8 <= v.Length; i += 8)
        {
            r0 += v[i];
            r1 += v[i + 1];
            r2 += v[i + 2];
            r3 += v[i + 3];
            r4 += v[i + 4];
            r5 += v[i + 5];
            r6 += v[i + 6];
            r7 += v[i + 7];
        }
        double total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7));
        for (; i < v.Length; i++) total += v[i];
        return total;
    }
}

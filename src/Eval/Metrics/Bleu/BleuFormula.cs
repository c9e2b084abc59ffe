namespace Juxta.Eval.Metrics.Bleu;

/// <summary>
/// BLEU of summed counts (Papineni et al. 2002), with sacreBLEU's smoothings (Chen and Cherry 2014) evaluated in sacreBLEU's order of operations.
/// </summary>
internal static class BleuFormula
{
    /// <summary>Stands for the logarithm of 0: the score then underflows to exactly 0.</summary>
    const double LogOfZero = -9999999999;

    /// <param name="counts">Matches per order; after add-k as reported.</param>
    /// <param name="totals">N-grams per order; after add-k as reported.</param>
    /// <param name="precisions">Receives 100 · matches / n-grams per order, smoothed.</param>
    /// <param name="effectiveOrder">Average over the orders that the answer has instead of all.</param>
    public static double Score(
        Span<double> counts, Span<double> totals, double length, double referenceLength, SmoothingChoice smoothing, bool effectiveOrder, Span<double> precisions)
    {
        precisions.Clear();
        if (counts.IndexOfAnyExcept(0d) < 0) return 0;
        double halved = 1;
        int orders = counts.Length;
        for (int n = 0; n < counts.Length; n++)
        {
            if (smoothing.Method == Smoothing.AddK && n > 0)
            {
                counts[n] += smoothing.Value;
                totals[n] += smoothing.Value;
            }
            if (totals[n] == 0) break;
            if (effectiveOrder) orders = n + 1;
            if (counts[n] != 0)
            {
                precisions[n] = 100 * counts[n] / totals[n];
            }
            else if (smoothing.Method == Smoothing.Exp)
            {
                halved *= 2;
                precisions[n] = 100 / (halved * totals[n]);
            }
            else if (smoothing.Method == Smoothing.Floor)
            {
                precisions[n] = 100 * smoothing.Value / totals[n];
            }
        }
        double sum = 0;
        foreach (double precision in precisions[..orders]) sum += precision == 0 ? LogOfZero : Math.Log(precision);
        return BrevityPenalty(length, referenceLength) * Math.Exp(sum / orders);
    }

    /// <summary>1 for an answer as long as its reference, less for a shorter one, 0 for an empty one.</summary>
    public static double BrevityPenalty(double length, double referenceLength) =>
        length >= referenceLength ? 1 : length > 0 ? Math.Exp(1 - referenceLength / length) : 0;

    /// <summary>The reference length closest to the answer's, of two equally close the shorter.</summary>
    public static int ClosestLength(int length, ReadOnlySpan<int> referenceLengths)
    {
        int closest = referenceLengths[0];
        foreach (int candidate in referenceLengths)
        {
            int difference = Math.Abs(candidate - length), best = Math.Abs(closest - length);
            if (difference < best || (difference == best && candidate < closest)) closest = candidate;
        }
        return closest;
    }
}

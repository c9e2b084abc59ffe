namespace Juxta.Eval.Comparison;

/// <summary>
/// Correction of p-values for the number of tests (Holm 1979): the chance of one false discovery or more among all of them stays below alpha, however the
/// tests hang together.
/// </summary>
public static class Holm
{
    /// <summary>Corrected p-values in the order given: the k-th smallest of m times (m − k + 1), never below a smaller one's, at most 1.</summary>
    public static double[] Correct(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        int[] order = [.. Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i])];
        var corrected = new double[pValues.Count];
        double least = 0;
        for (int k = 0; k < order.Length; k++)
        {
            least = Math.Max(least, Math.Min(1, pValues[order[k]] * (order.Length - k)));
            corrected[order[k]] = least;
        }
        return corrected;
    }
}

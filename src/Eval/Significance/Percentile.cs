namespace Juxta.Eval.Significance;

/// <summary>Percentiles by linear interpolation in numpy's order of operations (<c>np.percentile</c>, pandas' <c>quantile</c>).</summary>
public static class Percentile
{
    /// <param name="sorted">Ascending values, at least one.</param>
    /// <param name="percent">0 to 100.</param>
    public static double Of(ReadOnlySpan<double> sorted, double percent)
    {
        double place = (sorted.Length - 1) * (percent / 100);
        int low = (int)Math.Floor(place);
        double a = sorted[low], b = sorted[Math.Min(low + 1, sorted.Length - 1)], t = place - low;
        return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
    }
}

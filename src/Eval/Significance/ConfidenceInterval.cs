using System.Globalization;

namespace Juxta.Eval.Significance;

/// <summary>A 95 % bootstrap interval as sacreBLEU states it: mean of the resampled scores ± half the distance between their outer fortieths.</summary>
public readonly record struct ConfidenceInterval(double Mean, double HalfWidth)
{
    public double Low => Mean - HalfWidth;

    public double High => Mean + HalfWidth;

    /// <summary>As it stands behind a score; empty for no interval.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $" (μ = {Mean:F2} ± {HalfWidth:F2})");

    internal static double HalfWidthOf(ReadOnlySpan<double> sorted)
    {
        int outer = sorted.Length / 40;
        return 0.5 * (sorted[sorted.Length - outer - 1] - sorted[outer]);
    }
}

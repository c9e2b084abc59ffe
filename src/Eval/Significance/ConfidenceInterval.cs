using Juxta.Eval.Text;

namespace Juxta.Eval.Significance;

/// <summary>A 95 % bootstrap interval as sacreBLEU states it: mean of the resampled scores ± half the distance between their outer fortieths.</summary>
public readonly record struct ConfidenceInterval(double Mean, double HalfWidth)
{
    public double Low => Mean - HalfWidth;

    public double High => Mean + HalfWidth;

    /// <summary>As it stands behind a score; empty for no interval.</summary>
    public override string ToString() => ToString(decimals: 2);

    /// <summary>The same with as many digits behind the point as the score has.</summary>
    public string ToString(int decimals) => $" (μ = {Figure.Fixed(Mean, decimals)} ± {Figure.Fixed(HalfWidth, decimals)})";

    internal static double HalfWidthOf(ReadOnlySpan<double> sorted)
    {
        int outer = sorted.Length / 40;
        return 0.5 * (sorted[sorted.Length - outer - 1] - sorted[outer]);
    }
}

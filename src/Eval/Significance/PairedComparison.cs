namespace Juxta.Eval.Significance;

/// <summary>One system of a paired test: its score, its interval where one was computed, and against the baseline the two-sided p-value.</summary>
/// <param name="PValue">
/// Null for the baseline. 1 where both scores are the same: no shuffle exceeds a difference of 0, so the formula would call two identical systems
/// significantly different.
/// </param>
public sealed record PairedResult(double Score, ConfidenceInterval? Interval, double? PValue)
{
    /// <summary>Where the bootstrap was asked: between which ends 95 % of the resampled differences to the baseline lie (percentiles).</summary>
    public (double Low, double High)? Difference { get; init; }
}

/// <summary>The share of trials at least as far from 0 as the real difference, with the real one counted among them.</summary>
internal static class PValue
{
    /// <summary>Two ways of one sum differ by its rounding; a trial this near the real difference reaches it.</summary>
    const double Rounding = 1e-9;

    /// <param name="tiesCount">
    /// Whether trials that just reach the real difference count. They must for the test to keep its level (Phipson and Smyth 2010): where one sample of many
    /// differs, every exchange gives that same difference. sacreBLEU counts only what lies beyond.
    /// </param>
    public static double Of(double realDifference, ReadOnlySpan<double> trials, bool tiesCount = false)
    {
        double real = Math.Abs(realDifference);
        if (real == 0) return 1;
        double bound = tiesCount ? real * (1 - Rounding) : real;
        int beyond = 0;
        foreach (double trial in trials)
        {
            if (trial > bound) beyond++;
        }
        return (beyond + 1.0) / (trials.Length + 1);
    }
}

namespace Juxta.Eval.Proportions;

/// <summary>
/// Confidence intervals for a share of successes. Wilson's is the one to show; Clopper and Pearson's never covers less than it says; the normal one is here to
/// compare with other reports.
/// </summary>
public readonly record struct ProportionInterval(double Low, double High)
{
    /// <summary>Wilson (1927): the score interval.</summary>
    public static ProportionInterval Wilson(int successes, int n, double alpha = 0.05)
    {
        (double p, double z) = Parts(successes, n, alpha);
        double center = p + z * z / (2 * n), half = z * Math.Sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)), divisor = 1 + z * z / n;
        return Clamped((center - half) / divisor, (center + half) / divisor);
    }

    /// <summary>Wilson's with continuity correction (Newcombe 1998).</summary>
    public static ProportionInterval WilsonCorrected(int successes, int n, double alpha = 0.05)
    {
        (double p, double z) = Parts(successes, n, alpha);
        double q = 1 - p, divisor = 2 * (n + z * z);
        double low = (2 * n * p + z * z - 1 - z * Math.Sqrt(z * z - 2 - 1.0 / n + 4 * p * (n * q + 1))) / divisor;
        double high = (2 * n * p + z * z + 1 + z * Math.Sqrt(z * z + 2 - 1.0 / n + 4 * p * (n * q - 1))) / divisor;
        return Clamped(successes == 0 ? 0 : low, successes == n ? 1 : high);
    }

    /// <summary>Clopper and Pearson (1934): exact, conservative.</summary>
    public static ProportionInterval ClopperPearson(int successes, int n, double alpha = 0.05)
    {
        Parts(successes, n, alpha);
        return new(
            successes == 0 ? 0 : SpecialFunctions.BetaQuantile(alpha / 2, successes, n - successes + 1),
            successes == n ? 1 : SpecialFunctions.BetaQuantile(1 - alpha / 2, successes + 1, n - successes));
    }

    /// <summary>The Bayesian interval with Jeffreys' prior (Brown et al. 2001).</summary>
    public static ProportionInterval Jeffreys(int successes, int n, double alpha = 0.05)
    {
        Parts(successes, n, alpha);
        return new(SpecialFunctions.BetaQuantile(alpha / 2, successes + 0.5, n - successes + 0.5), SpecialFunctions.BetaQuantile(1 - alpha / 2, successes + 0.5, n - successes + 0.5));
    }

    /// <summary>Agresti and Coull (1998): the normal interval after adding z² trials, half of them successes.</summary>
    public static ProportionInterval AgrestiCoull(int successes, int n, double alpha = 0.05)
    {
        (_, double z) = Parts(successes, n, alpha);
        double trials = n + z * z, p = (successes + z * z / 2) / trials, half = z * Math.Sqrt(p * (1 - p) / trials);
        return Clamped(p - half, p + half);
    }

    /// <summary>p ± z · standard error, which is wrong near 0 and 1.</summary>
    public static ProportionInterval Normal(int successes, int n, double alpha = 0.05)
    {
        (double p, double z) = Parts(successes, n, alpha);
        double half = z * Math.Sqrt(p * (1 - p) / n);
        return Clamped(p - half, p + half);
    }

    static (double P, double Z) Parts(int successes, int n, double alpha)
    {
        if (n < 1 || successes < 0 || successes > n) throw new ArgumentOutOfRangeException(nameof(successes), $"{successes} successes of {n}: expected 0 to n of at least one");
        if (alpha is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "expected between 0 and 1; 0.05 is a 95 % interval");
        return ((double)successes / n, SpecialFunctions.NormalQuantile(1 - alpha / 2));
    }

    static ProportionInterval Clamped(double low, double high) => new(Math.Clamp(low, 0, 1), Math.Clamp(high, 0, 1));
}

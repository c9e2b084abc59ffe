using Juxta.Eval.Proportions;

namespace Juxta.Eval.Sequential;

/// <summary>An interval that holds at all times at once: however often one looks and whenever one stops, the chance that it ever misses is at most alpha.</summary>
public readonly record struct ConfidenceSequence(double Low, double High)
{
    public bool Contains(double mean) => Low <= mean && mean <= High;
}

/// <summary>
/// Evidence about the mean of numbers between 0 and 1 that is valid whenever one looks: the likelihood ratio of a Bernoulli mean, mixed over a Beta prior around
/// a half (Robbins 1970; Howard et al. 2021, proposition 7). If the mean is m, the evidence against m is a martingale that starts at 1 for zeros and ones, and a
/// supermartingale for anything between (the ratio is convex in the number, Hoeffding 1963); so it ever reaches 1/alpha with chance alpha at most (Ville 1939).
/// </summary>
/// <param name="Prior">Both parameters of the Beta prior: large finds small preferences sooner, small finds large ones sooner (docs/ratings.md has figures).</param>
public sealed record BetaMixture(double Prior = BetaMixture.DefaultPrior)
{
    /// <summary>Centred on shares of 0.35 to 0.65.</summary>
    public const double DefaultPrior = 10;

    /// <summary>Natural logarithm of the e-value against a mean.</summary>
    /// <param name="successes">Sum of the numbers seen.</param>
    /// <param name="failures">Their count less their sum.</param>
    /// <param name="mean">Between 0 and 1.</param>
    public double LogEvidence(double successes, double failures, double mean) =>
        LogMixture(successes, failures) - Times(successes, Math.Log(mean)) - Times(failures, Math.Log(1 - mean));

    /// <summary>All means against which the evidence has not reached 1/alpha.</summary>
    public ConfidenceSequence Confidence(double successes, double failures, double alpha)
    {
        double most = -Math.Log(alpha), best = successes + failures > 0 ? successes / (successes + failures) : 0.5;
        return new(Edge(0, best), Edge(1, best));

        // The evidence is convex in the mean and least at the observed one.
        double Edge(double outside, double inside)
        {
            if (LogEvidence(successes, failures, outside) < most) return outside;
            while (true)
            {
                double middle = (outside + inside) / 2;
                if (Math.Abs(outside - inside) < 1e-12 || middle == outside || middle == inside) return outside;
                if (LogEvidence(successes, failures, middle) < most) inside = middle;
                else outside = middle;
            }
        }
    }

    double LogMixture(double successes, double failures) => LogBeta(Prior + successes, Prior + failures) - LogBeta(Prior, Prior);

    static double LogBeta(double a, double b) => SpecialFunctions.LogGamma(a) + SpecialFunctions.LogGamma(b) - SpecialFunctions.LogGamma(a + b);

    /// <summary>0 · ln 0 = 0.</summary>
    static double Times(double count, double logarithm) => count == 0 ? 0 : count * logarithm;
}

using Juxta.Eval.Significance;

namespace Juxta.Eval.Comparison;

/// <summary>How differences are tested.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Bootstrap resamples of intervals and of the bootstrap test.</summary>
    public int Resamples { get; init; } = Bootstrap.DefaultSamples;

    /// <summary>Trials of the approximate randomisation test.</summary>
    public int Trials { get; init; } = PairedRandomisation.DefaultTrials;

    /// <summary>Of all random draws: the same runs give the same figures.</summary>
    public ulong Seed { get; init; } = Bootstrap.DefaultSeed;

    /// <summary>A corrected p-value up to this one is called significant.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <exception cref="Suites.SuiteException">A value is out of its range.</exception>
    internal void Check()
    {
        if (Resamples < 1 || Trials < 1) throw new Suites.SuiteException($"{Math.Min(Resamples, Trials)} resamples asked for; expected 1 or more (1000 of the bootstrap and 10000 of the randomisation are usual)");
        if (Alpha is not (> 0 and < 1)) throw new Suites.SuiteException("alpha is a share above 0 and below 1; 0.05 is usual");
    }
}

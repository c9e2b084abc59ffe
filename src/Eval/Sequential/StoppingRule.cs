namespace Juxta.Eval.Sequential;

/// <summary>What votes on a pair of models have settled.</summary>
public enum Decision
{
    /// <summary>Nothing yet: go on voting.</summary>
    Undecided,

    /// <summary>The first is preferred.</summary>
    A,

    /// <summary>The second is preferred.</summary>
    B,

    /// <summary>Whatever difference there is lies within the margin.</summary>
    Alike,
}

/// <summary>
/// When to stop voting on a pair. Look after every vote if you like: models that are equally preferred are called different with chance <see cref="Alpha"/> at
/// most, the worse of two is called the better one with no more, and so are models called alike whose shares differ from a half by the margin or more.
/// </summary>
/// <param name="Alpha">Chance of an error.</param>
/// <param name="Margin">Largest distance of the share from a half (a tie counting half) that makes no difference in practice; 0 never ends with 'alike'.</param>
public sealed record StoppingRule(double Alpha = 0.05, double Margin = 0.05)
{
    public BetaMixture Mixture { get; init; } = new();

    /// <summary>The same with the chance of an error shared among so many pairs, so that any error at all has chance <see cref="Alpha"/> at most (Bonferroni).</summary>
    public StoppingRule Among(int pairs) => this with { Alpha = Alpha / Math.Max(pairs, 1) };
}

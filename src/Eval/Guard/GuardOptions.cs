namespace Juxta.Eval.Guard;

/// <summary>When a training record counts as one that a sample of a held-out set occurs in.</summary>
public sealed record GuardOptions
{
    /// <summary>Length of the n-grams of texts in words.</summary>
    public int Words { get; init; } = 8;

    /// <summary>Length of the n-grams of texts that are mostly written without spaces, in characters.</summary>
    public int Characters { get; init; } = 13;

    /// <summary>Share of a sample's n-grams in one record from which it is a hit.</summary>
    public double Overlap { get; init; } = 0.5;

    /// <summary>Jaccard similarity of word (character) pairs from which a question or answer is a near-duplicate.</summary>
    public double Near { get; init; } = 0.7;

    /// <exception cref="Suites.SuiteException">A value is out of its range.</exception>
    internal void Check()
    {
        if (Words < 2 || Characters < 2) throw new Suites.SuiteException($"guard: n-grams of {Math.Min(Words, Characters)}; expected 2 or more (8 words, 13 characters)");
        if (Overlap is not (> 0 and <= 1) || Near is not (> 0 and <= 1)) throw new Suites.SuiteException("guard: a share is a number above 0 and up to 1 (overlap 0.5, near 0.7)");
    }
}

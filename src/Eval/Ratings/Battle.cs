namespace Juxta.Eval.Ratings;

/// <summary>How a person judged two answers to one prompt.</summary>
public enum Verdict
{
    /// <summary>The first is better.</summary>
    A,

    /// <summary>The second is better.</summary>
    B,

    /// <summary>They are as good as each other.</summary>
    Tie,

    /// <summary>Neither is any good; a tie to the ratings.</summary>
    BothBad,
}

/// <summary>One vote: which two models, the verdict, on what and by whom (either may be null).</summary>
public sealed record Battle(string A, string B, Verdict Verdict, string? Item = null, string? Annotator = null)
{
    /// <summary>1 for a win of A, 0 for one of B, a half for a tie of either kind.</summary>
    public double ScoreOfA => Verdict switch { Verdict.A => 1, Verdict.B => 0, _ => 0.5 };

    /// <summary>The models in order of first appearance, A before B.</summary>
    public static string[] Models(IEnumerable<Battle> battles) => [.. battles.SelectMany(b => (string[])[b.A, b.B]).Distinct(StringComparer.Ordinal)];
}

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

/// <summary>Words for verdicts, and what holds of all of them.</summary>
public static class Verdicts
{
    static readonly (Verdict Verdict, string Word)[] All = [(Verdict.A, "a"), (Verdict.B, "b"), (Verdict.Tie, "tie"), (Verdict.BothBad, "both_bad")];

    /// <summary>As votes files write it: a, b, tie or both_bad.</summary>
    public static string Word(this Verdict verdict) => All.First(v => v.Verdict == verdict).Word;

    /// <summary>Null for a word that is no verdict.</summary>
    public static Verdict? Read(string word) => All.Where(v => v.Word == word).Select(v => (Verdict?)v.Verdict).FirstOrDefault();

    /// <summary>The same judgement with A and B exchanged.</summary>
    public static Verdict Swapped(this Verdict verdict) => verdict switch { Verdict.A => Verdict.B, Verdict.B => Verdict.A, var tie => tie };

    /// <summary>1 for a win of A, 0 for one of B, a half for a tie of either kind.</summary>
    public static double ScoreOfA(this Verdict verdict) => verdict switch { Verdict.A => 1, Verdict.B => 0, _ => 0.5 };

    /// <summary>Whether one is better.</summary>
    public static bool IsDecided(this Verdict verdict) => verdict is Verdict.A or Verdict.B;
}

/// <summary>One vote: which two models, the verdict, on what and by whom (either may be null).</summary>
public sealed record Battle(string A, string B, Verdict Verdict, string? Item = null, string? Annotator = null)
{
    /// <summary>1 for a win of A, 0 for one of B, a half for a tie of either kind.</summary>
    public double ScoreOfA => Verdict.ScoreOfA();

    /// <summary>The models in order of first appearance, A before B.</summary>
    public static string[] Models(IEnumerable<Battle> battles) => [.. battles.SelectMany(b => (string[])[b.A, b.B]).Distinct(StringComparer.Ordinal)];
}

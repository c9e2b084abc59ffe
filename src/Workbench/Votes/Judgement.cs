using Juxta.Eval.Ratings;

namespace Juxta.Workbench.Votes;

/// <summary>What an annotator says of two answers: A is the one shown on the left.</summary>
public enum Judgement
{
    A,
    B,
    Tie,
    BothBad,

    /// <summary>Says nothing: the pair goes to others.</summary>
    Skip,
}

/// <summary>Judgements as words, and as seen from the models.</summary>
public static class Judgements
{
    static readonly string[] Words = ["a", "b", "tie", "both_bad", "skip"];

    /// <summary>As files and the HTTP API spell it.</summary>
    public static string Word(this Judgement judgement) => Words[(int)judgement];

    /// <summary>Null when it is none of the words.</summary>
    public static Judgement? Read(string? word) => Array.IndexOf(Words, word) is >= 0 and int at ? (Judgement)at : null;

    /// <summary>As the statistics take it; null for a skip.</summary>
    public static Verdict? Verdict(this Judgement judgement) => judgement switch
    {
        Judgement.A => Eval.Ratings.Verdict.A,
        Judgement.B => Eval.Ratings.Verdict.B,
        Judgement.Tie => Eval.Ratings.Verdict.Tie,
        Judgement.BothBad => Eval.Ratings.Verdict.BothBad,
        _ => null,
    };

    /// <summary>1 when the pair's first answer won, 0 when its second did, else a half.</summary>
    internal static double ScoreOfFirst(this Judgement? judgement, bool firstIsLeft) => judgement switch
    {
        Judgement.A => firstIsLeft ? 1 : 0,
        Judgement.B => firstIsLeft ? 0 : 1,
        _ => 0.5,
    };

    /// <summary>What it would be with the sides exchanged.</summary>
    public static Judgement Mirrored(this Judgement judgement) => judgement switch
    {
        Judgement.A => Judgement.B,
        Judgement.B => Judgement.A,
        _ => judgement,
    };
}

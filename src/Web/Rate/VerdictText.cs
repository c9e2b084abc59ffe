using Juxta.Workbench.Votes;

namespace Juxta.Web.Rate;

/// <summary>Verdicts in words, and their keys.</summary>
internal static class VerdictText
{
    public static string Of(Judgement verdict) => verdict switch
    {
        Judgement.A => "A is better",
        Judgement.B => "B is better",
        Judgement.Tie => "Tie",
        Judgement.BothBad => "Neither is good",
        _ => "Skip",
    };

    public static string Key(Judgement verdict) => verdict switch
    {
        Judgement.A => "a",
        Judgement.B => "b",
        Judgement.Tie => "t",
        Judgement.BothBad => "n",
        _ => "s",
    };

    public static string Strength(int? strength) => strength switch
    {
        Ballot.Slightly => "Slightly",
        Ballot.Clearly => "Clearly",
        Ballot.Much => "Much",
        _ => "Not said",
    };
}

using Juxta.Eval.Preferences;
using Juxta.Eval.Proportions;

namespace Juxta.Eval.Agreement;

/// <summary>
/// Whether the side decides: how often the answer on the left won among decided votes. Sides are drawn evenly, so without a bias each side wins as often,
/// however good the models are.
/// </summary>
/// <param name="PValue">Two-sided exact binomial test against a half.</param>
public sealed record SideBias(int LeftWins, int RightWins, double PValue)
{
    public int Decided => LeftWins + RightWins;

    /// <summary>Share of the left; NaN without votes.</summary>
    public double Share => (double)LeftWins / Decided;

    /// <summary>Wilson's 95 % interval of the share; null without votes.</summary>
    public ProportionInterval? Interval => Decided > 0 ? ProportionInterval.Wilson(LeftWins, Decided) : null;

    /// <summary>Ties, skips and votes without a recorded side say nothing.</summary>
    public static SideBias Of(IEnumerable<Vote> votes)
    {
        bool[] left = [.. votes.Select(v => v.LeftWon).OfType<bool>()];
        int wins = left.Count(won => won), losses = left.Length - wins;
        return new(wins, losses, SignTest.TwoSided(wins, losses));
    }
}

namespace Juxta.Eval.Ratings;

/// <summary>Wins, losses and ties of one model, over all opponents or one.</summary>
public sealed record WinRate(int Wins, int Losses, int Ties)
{
    public int Total => Wins + Losses + Ties;

    /// <summary>Wins over all votes.</summary>
    public double Rate => (double)Wins / Total;

    /// <summary>Losses over all votes.</summary>
    public double LossRate => (double)Losses / Total;

    /// <summary>A tie as half a win.</summary>
    public double Adjusted => (Wins + 0.5 * Ties) / Total;

    /// <summary>Wins over decided votes; NaN where all were ties.</summary>
    public double OfDecided => (double)Wins / (Wins + Losses);

    /// <summary>Of a model, over all its votes or those against one opponent.</summary>
    public static WinRate Of(IEnumerable<Battle> battles, string model, string? opponent = null)
    {
        int wins = 0, losses = 0, ties = 0;
        foreach (Battle battle in battles)
        {
            bool first = battle.A == model;
            if (!first && battle.B != model) continue;
            if (opponent is not null && (first ? battle.B : battle.A) != opponent) continue;
            if (battle.Verdict is Verdict.Tie or Verdict.BothBad) ties++;
            else if (battle.Verdict == Verdict.A == first) wins++;
            else losses++;
        }
        return new(wins, losses, ties);
    }
}

namespace Juxta.Eval.Proportions;

/// <summary>The exact sign test: whether wins and losses are as even as coin tosses; ties are left out.</summary>
public static class SignTest
{
    /// <summary>Two-sided p; 1 for a balanced result or none.</summary>
    public static double TwoSided(int wins, int losses) => Math.Min(1, 2 * Math.Min(Less(wins, losses), Greater(wins, losses)));

    /// <summary>Chance of that many wins or fewer.</summary>
    public static double Less(int wins, int losses) => losses == 0 ? 1 : SpecialFunctions.IncompleteBeta(0.5, losses, wins + 1);

    /// <summary>Chance of that many wins or more.</summary>
    public static double Greater(int wins, int losses) => Less(losses, wins);
}

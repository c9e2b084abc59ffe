namespace Juxta.Eval.Sequential;

/// <summary>
/// How long a test will take: the first number of votes at which the evidence reaches 1/alpha on the mean path, on which wins come in exactly as often as the
/// share says. More than half of all tests take fewer (docs/ratings.md compares it with simulated ones).
/// </summary>
public static class VotesNeeded
{
    /// <summary>Beyond this the answer is 'not in practice'.</summary>
    public const int Most = 1_000_000;

    /// <summary>Further decided votes, or null beyond <see cref="Most"/>.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="wins">Wins of A so far.</param>
    /// <param name="losses">Losses so far.</param>
    /// <param name="share">The share of A among the decided votes to come.</param>
    public static int? For(StoppingRule rule, double wins, double losses, double share)
    {
        double enough = -Math.Log(rule.Alpha);
        bool Reached(double more) => rule.Mixture.LogEvidence(wins + more * share, losses + more * (1 - share), 0.5) >= enough;
        if (Reached(0)) return 0;
        int high = 1;
        while (!Reached(high))
        {
            if (high >= Most) return null;
            high = Math.Min(high * 2, Most);
        }
        int low = high / 2;
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            if (Reached(middle)) high = middle;
            else low = middle;
        }
        return high;
    }
}

namespace Juxta.Eval.Sequential;

/// <summary>
/// The running test of one pair, fed with scores of A in the order in which they were known: 1 for a win, 0 for a loss, a half for a tie, or an item's mean.
/// Halves say nothing about which is better and are left out of the evidence; they do count for whether the two are alike.
/// </summary>
public sealed class SequentialTest(StoppingRule rule)
{
    double _decidedWins, _wins;
    double _most;

    public int Count { get; private set; }

    /// <summary>Scores that were not a half.</summary>
    public int Decided { get; private set; }

    /// <summary>Evidence against 'equally preferred' now: how many times one's stake a fair bet against it would have made. Infinite beyond 1e308.</summary>
    public double EValue => Math.Exp(LogEValue);

    /// <summary>Its natural logarithm.</summary>
    public double LogEValue => rule.Mixture.LogEvidence(_decidedWins, Decided - _decidedWins, 0.5);

    /// <summary>A p-value that is valid whenever one looks: 1 over the most evidence so far.</summary>
    public double PValue => Math.Exp(-_most);

    /// <summary>Mean score of A, a tie counting half; NaN before the first.</summary>
    public double Share => _wins / Count;

    /// <summary>Of the decided scores.</summary>
    public double DecidedShare => _decidedWins / Decided;

    /// <summary>For <see cref="Share"/>, at all times at once.</summary>
    public ConfidenceSequence ShareInterval => rule.Mixture.Confidence(_wins, Count - _wins, rule.Alpha);

    /// <summary>For <see cref="DecidedShare"/>, at all times at once.</summary>
    public ConfidenceSequence DecidedInterval => rule.Mixture.Confidence(_decidedWins, Decided - _decidedWins, rule.Alpha);

    /// <summary>The first that was reached; votes that come later do not change it.</summary>
    public Decision Decision { get; private set; }

    /// <summary>Scores seen when the decision was reached; null while there is none.</summary>
    public int? DecidedAt { get; private set; }

    /// <param name="score">Of A, 0 to 1.</param>
    public void Add(double score)
    {
        if (score is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(score), score, "a score lies between 0 (B is better) and 1 (A is better)");
        Count++;
        _wins += score;
        if (score != 0.5)
        {
            Decided++;
            _decidedWins += score;
            _most = Math.Max(_most, LogEValue);
        }
        if (Decision == Decision.Undecided && Settled() is var settled and not Decision.Undecided) (Decision, DecidedAt) = (settled, Count);
    }

    Decision Settled()
    {
        double enough = -Math.Log(rule.Alpha);
        if (LogEValue >= enough) return _decidedWins * 2 > Decided ? Decision.A : Decision.B;
        // Cheaper than the interval: it lies within the margin if both ends of the margin are refuted and the mean is between them.
        return rule.Margin > 0 && Math.Abs(Share - 0.5) < rule.Margin && Refuted(0.5 - rule.Margin) && Refuted(0.5 + rule.Margin) ? Decision.Alike : Decision.Undecided;

        bool Refuted(double mean) => rule.Mixture.LogEvidence(_wins, Count - _wins, mean) >= enough;
    }

    /// <summary>The test after all of these.</summary>
    public static SequentialTest Of(IEnumerable<double> scores, StoppingRule rule)
    {
        var test = new SequentialTest(rule);
        foreach (double score in scores) test.Add(score);
        return test;
    }

    /// <summary>
    /// About how many more votes a decision for the better one takes if shares stay as they are now; null if more than <see cref="VotesNeeded.Most"/>, 0 once
    /// there is a decision. The share is the prior's mean after what was seen, so that the first few votes do not promise too much.
    /// </summary>
    public int? StillNeeded()
    {
        if (Decision is not Decision.Undecided) return 0;
        double prior = rule.Mixture.Prior, share = (_decidedWins + prior) / (Decided + 2 * prior);
        int? decided = VotesNeeded.For(rule, _decidedWins, Decided - _decidedWins, share);
        double ofAll = (Decided + 1.0) / (Count + 1.0);
        return decided is { } more ? (int)Math.Min(Math.Ceiling(more / ofAll), VotesNeeded.Most) : null;
    }
}

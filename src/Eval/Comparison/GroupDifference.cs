namespace Juxta.Eval.Comparison;

/// <summary>How many samples the candidate did better, worse and as well on, by a metric.</summary>
public sealed record WinCount(int Wins, int Losses, int Ties)
{
    /// <summary>Differences up to this are ties: the last digits of a sum are no win.</summary>
    const double Tie = 1e-12;

    internal static WinCount Of(MetricDifference difference, IEnumerable<int> rows)
    {
        int wins = 0, losses = 0, ties = 0;
        foreach (int row in rows)
        {
            double gain = difference.GainOf(row);
            if (Math.Abs(gain) <= Tie) ties++;
            else if (gain > 0) wins++;
            else losses++;
        }
        return new WinCount(wins, losses, ties);
    }
}

/// <summary>A difference on some samples: to look at, not tested.</summary>
/// <param name="Name">The tag, or the range of lengths.</param>
public sealed record GroupDifference(string Name, int Samples, double BaselineScore, double Score, WinCount Outcomes)
{
    /// <summary>Candidate less baseline.</summary>
    public double Difference => Score - BaselineScore;

    internal static GroupDifference Of(string name, MetricDifference difference, int[] rows) =>
        new(name, rows.Length, difference.Baseline.ScoreOf(rows), difference.Scored.ScoreOf(rows), WinCount.Of(difference, rows));
}

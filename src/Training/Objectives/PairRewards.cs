namespace Juxta.Training.Objectives;

/// <summary>How a model stands to preference pairs: sums over them, so that parts add up. The reward of an answer is β·(ln p − ln p of the reference).</summary>
/// <param name="Pairs">How many.</param>
/// <param name="ChosenSum">Of the chosen answers' rewards.</param>
/// <param name="RejectedSum">Of the rejected answers' rewards.</param>
/// <param name="Right">Pairs whose chosen answer has the higher reward.</param>
/// <param name="ChosenLogProbSum">Of ln p of the chosen answers, nats.</param>
/// <param name="RejectedLogProbSum">Of ln p of the rejected answers, nats.</param>
public sealed record PairRewards(int Pairs, double ChosenSum, double RejectedSum, int Right, double ChosenLogProbSum, double RejectedLogProbSum)
{
    public double Chosen => ChosenSum / Pairs;

    public double Rejected => RejectedSum / Pairs;

    /// <summary>By how much the chosen answers' rewards are above the rejected ones', on average.</summary>
    public double Margin => Chosen - Rejected;

    /// <summary>Share of pairs that the model orders as the people did.</summary>
    public double Accuracy => (double)Right / Pairs;

    public double ChosenLogProb => ChosenLogProbSum / Pairs;

    public double RejectedLogProb => RejectedLogProbSum / Pairs;

    public static PairRewards operator +(PairRewards a, PairRewards b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new(
            a.Pairs + b.Pairs, a.ChosenSum + b.ChosenSum, a.RejectedSum + b.RejectedSum, a.Right + b.Right, a.ChosenLogProbSum + b.ChosenLogProbSum, a.RejectedLogProbSum + b.RejectedLogProbSum);
    }
}

/// <summary>What preference pairs are trained with.</summary>
public sealed record PreferenceSettings
{
    /// <summary>β: how dear it is to move away from the reference.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Share of labels taken for wrong, 0 to 0.5.</summary>
    public double LabelSmoothing { get; init; }
}

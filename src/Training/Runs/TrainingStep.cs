using Juxta.Training.Objectives;

namespace Juxta.Training.Runs;

/// <summary>What one step was like: a line of a run's log.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Steps">In all.</param>
/// <param name="Loss">Mean over the step's samples as the settings average it, nats, before the step was taken.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Read in this step.</param>
/// <param name="LossTokens">Of those, with loss.</param>
/// <param name="Seconds">That it took.</param>
public sealed record TrainingStep(int Step, int Steps, double Loss, double Rate, double GradientNorm, int Tokens, int LossTokens, double Seconds)
{
    /// <summary>Mean loss on the held-out samples after this step, nats a token, or a pair; null where it was not measured.</summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>Of a step on preference pairs, before the step was taken; null elsewhere.</summary>
    public PairRewards? Rewards { get; init; }

    /// <summary>Of the held-out pairs after this step; null where they were not measured.</summary>
    public PairRewards? HeldOutRewards { get; init; }

    /// <summary>How often the samples have been gone through after this step.</summary>
    public double Epoch { get; init; }
}

/// <summary>A run cannot go on; the message says where, what was found and what to do.</summary>
public sealed class TrainingException : Exception
{
    public TrainingException() : this("the run cannot go on") { }

    public TrainingException(string message) : base(message) { }

    public TrainingException(string message, Exception? inner) : base(message, inner) { }
}

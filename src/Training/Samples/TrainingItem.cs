namespace Juxta.Training.Samples;

/// <summary>A sample with where it came from, for messages: <c>poems.jsonl line 3</c>.</summary>
public sealed record TrainingItem(TrainingSample Sample, string Place)
{
    /// <summary>Of a preference pair the answer that was not chosen, with its prompt; <see cref="Sample"/> is the chosen one. Null elsewhere.</summary>
    public TrainingSample? Rejected { get; init; }

    /// <summary>All that is read of it.</summary>
    internal int Tokens => Sample.Length + (Rejected?.Length ?? 0);

    internal IEnumerable<TrainingSample> Samples => Rejected is null ? [Sample] : [Sample, Rejected];
}

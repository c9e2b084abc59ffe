using Juxta.Training.Samples;

namespace Juxta.Training.Runs;

/// <summary>A sample with where it came from, for messages: <c>poems.jsonl line 3</c>.</summary>
public sealed record TrainingItem(TrainingSample Sample, string Place);

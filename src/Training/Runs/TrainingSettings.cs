using Juxta.Training.Models;
using Juxta.Training.Objectives;
using Juxta.Training.Optimization;
using Juxta.Training.Samples;

namespace Juxta.Training.Runs;

/// <summary>Everything that decides a training run besides the model and the samples. The same settings, model and samples give the same bits.</summary>
public sealed record TrainingSettings
{
    /// <summary>What is trained; null = every weight.</summary>
    public LoraSettings? Lora { get; init; } = new();

    /// <summary>Times that the samples are gone through.</summary>
    public double Epochs { get; init; } = 3;

    /// <summary>Steps in all; null = as the epochs ask.</summary>
    public int? Steps { get; init; }

    /// <summary>Samples whose gradients make one step.</summary>
    public int SamplesPerStep { get; init; } = 16;

    /// <summary>Tokens that go through the model at a time; a step of more is several passes, whose gradients add up to the same.</summary>
    public int TokensPerPass { get; init; } = 2048;

    /// <summary>Keep what layers compute for the way back, and do not compute it again: faster, more memory, the same bits.</summary>
    public bool KeepActivations { get; init; }

    /// <summary>Train on preference pairs (DPO); null = on the samples' next tokens.</summary>
    public PreferenceSettings? Preferences { get; init; }

    public LossAveraging Averaging { get; init; } = LossAveraging.PerToken;

    public LearningRate Rate { get; init; } = new(2e-4, WarmUpSteps: 10);

    public AdamWSettings Optimiser { get; init; } = new();

    /// <summary>The longest that all gradients together may be; 0 = no limit.</summary>
    public double LongestGradient { get; init; } = 1;

    /// <summary>Decides the order of the samples, the first values of adapters and what dropout leaves out.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps between two checkpoints of the run; 0 = none but the last.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>Steps between two measurements on the held-out samples; 0 = only at the end.</summary>
    public int EvaluateEvery { get; init; } = 100;

    /// <summary>How many steps these are for so many samples.</summary>
    public int StepsFor(int samples) => Steps ?? (int)Math.Max(1, Math.Ceiling(samples * Epochs / SamplesPerStep));
}

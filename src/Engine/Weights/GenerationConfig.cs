using Juxta.Engine.Generation;

namespace Juxta.Engine.Weights;

/// <summary>A checkpoint's generation_config.json: end-of-sequence ids and the sampling its makers recommend. Absent values are null.</summary>
internal sealed record GenerationConfig
{
    /// <summary>What a checkpoint without the file has.</summary>
    public static GenerationConfig None { get; } = new();

    /// <summary>eos_token_id, one or several.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    public bool? DoSample { get; init; }

    public float? Temperature { get; init; }

    public int? TopK { get; init; }

    public float? TopP { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    /// <summary>The recommendation as options: greedy where do_sample is explicitly false, values left out keep their neutral defaults.</summary>
    public SamplingOptions Sampling => new()
    {
        Temperature = DoSample == false ? 0 : Temperature ?? 1,
        TopK = TopK ?? 0,
        TopP = TopP ?? 1,
        MinP = MinP ?? 0,
        RepetitionPenalty = RepetitionPenalty ?? 1,
    };

    /// <exception cref="ModelFormatException">The file is there and damaged, or a value is out of range.</exception>
    public static GenerationConfig Read(string folder)
    {
        if (CheckpointConfig.ReadIfPresent(Path.Combine(folder, "generation_config.json")) is not { } json) return None;
        return new GenerationConfig
        {
            EosTokenIds = ReadEos(json),
            DoSample = json.BoolOrNull("do_sample"),
            Temperature = InRange(json, "temperature", 0, 100),
            TopK = json.IntOrNull("top_k", min: 0),
            TopP = InRange(json, "top_p", 0, 1),
            MinP = InRange(json, "min_p", 0, 1),
            RepetitionPenalty = InRange(json, "repetition_penalty", 0.01f, 100),
        };
    }

    /// <summary>eos_token_id of config.json or generation_config.json; −1, which some files write for "none", is left out.</summary>
    public static IReadOnlyList<int> ReadEos(CheckpointConfig json) => [.. json.Ints("eos_token_id", min: -1).Where(id => id >= 0).Distinct()];

    static float? InRange(CheckpointConfig json, string key, float min, float max) => json.DoubleOrNull(key) switch
    {
        null => null,
        { } value when value >= min && value <= max => (float)value,
        { } value => throw json.Error(key, FormattableString.Invariant($"is {value}; expected a number from {min} to {max}")),
    };
}

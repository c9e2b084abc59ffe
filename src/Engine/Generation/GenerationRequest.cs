namespace Juxta.Engine.Generation;

/// <summary>
/// Everything that decides an answer, besides the weights themselves (design D4). Equal requests to equal weights give equal answers,
/// whatever else the engine is doing.
/// </summary>
public sealed record GenerationRequest
{
    /// <summary>Most alternatives that <see cref="LogProbs"/> may ask for.</summary>
    public const int MaxLogProbs = 100;

    /// <summary>The prompt's token ids, special tokens included; at least one.</summary>
    public required IReadOnlyList<int> PromptIds { get; init; }

    /// <summary>Adapters by the name they were loaded under, with their scales; all act together.</summary>
    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];

    public SamplingOptions Sampling { get; init; } = new();

    public StopOptions Stop { get; init; } = new();

    /// <summary>Most tokens of the answer; null = as many as the context holds.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Keys the random stream together with the token's position.</summary>
    public ulong Seed { get; init; }

    /// <summary>Report log-probabilities with this many alternatives per token (0 = the drawn token's only); null = none.</summary>
    public int? LogProbs { get; init; }

    /// <summary>Also score the prompt's own tokens (the API's echo with logprobs).</summary>
    public bool ScorePrompt { get; init; }

    /// <summary>Leave special tokens out of the text.</summary>
    public bool SkipSpecialTokens { get; init; } = true;
}

/// <summary>An adapter in use.</summary>
/// <param name="Name">The name it was loaded under.</param>
/// <param name="Scale">Its strength: 0 = the base, 1 = as trained.</param>
public sealed record AdapterUse(string Name, float Scale = 1);

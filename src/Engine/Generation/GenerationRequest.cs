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

    /// <summary>Index of the first prompt token that <see cref="ScorePrompt"/> scores: what stands before it costs no logits, and may be known already.</summary>
    public int ScoreFrom { get; init; }

    /// <summary>Leave special tokens out of the text.</summary>
    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>How much of the prompt is the answer's own beginning: an answer that goes on, or one that starts with given words. Null = none.</summary>
    public AnswerBeginning? Beginning { get; init; }
}

/// <summary>
/// The part of an answer that is there already. Its ids count as drawn for penalties, for repetition and for text (spaces, half characters), a
/// stop string may begin in it, and its text is the answer's first step. Limits of length count what is new.
/// </summary>
/// <param name="Start">Index of its first id in the prompt; the count of the prompt's ids when it has none.</param>
/// <param name="Text">What it says, without a half character at its end.</param>
public sealed record AnswerBeginning(int Start, string Text);

/// <summary>An adapter in use.</summary>
/// <param name="Name">The name it was loaded under.</param>
/// <param name="Scale">Its strength: 0 = the base, 1 = as trained.</param>
public sealed record AdapterUse(string Name, float Scale = 1);

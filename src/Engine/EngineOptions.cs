namespace Juxta.Engine;

/// <summary>Sizes and limits of an <see cref="InferenceEngine"/>.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads of a model step, the engine's own included; 0 = the machine's processors.</summary>
    public int Threads { get; init; }

    /// <summary>What computes models that are opened with these options; null = the engine's own kernels.</summary>
    public BackendChoice? Backend { get; init; }

    /// <summary>Tokens that the key/value cache holds over all sequences; 0 = four full contexts, or what half the free memory holds if that is less.</summary>
    public int CacheTokens { get; init; }

    /// <summary>Keep what was computed of a text for others that begin alike, such as the next turn of a conversation. Answers are the same either way.</summary>
    public bool SharePrefixes { get; init; } = true;

    /// <summary>Most tokens of one model step; a longer prompt is cut into chunks of this size.</summary>
    public int StepTokens { get; init; } = 512;

    /// <summary>
    /// Most tokens of prompts in a step that also answers somebody. Fewer: answers wait less beside a long prompt, which takes more steps. A prompt that must be
    /// read in one piece is.
    /// </summary>
    public int PromptTokens { get; init; } = 64;

    /// <summary>Most sequences that generate at the same time.</summary>
    public int MaxSequences { get; init; } = 64;

    /// <summary>Most requests waiting for a place; one more is refused with <see cref="EngineBusyException"/>.</summary>
    public int QueueLength { get; init; } = 256;
}

/// <summary>The queue is full. Nothing was started; ask again later.</summary>
public sealed class EngineBusyException(TimeSpan retryAfter)
    : Exception($"the engine is busy: its queue is full; try again in {Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds))} s")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A request that cannot be carried out as it stands, and which of its parameters is at fault.</summary>
public sealed class RequestException(string message, string? parameter = null) : Exception(message)
{
    /// <summary>The parameter at fault, by its HTTP API name (<c>max_tokens</c>, <c>temperature</c>, <c>prompt</c> …).</summary>
    public string? Parameter { get; } = parameter;
}

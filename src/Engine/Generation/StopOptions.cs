namespace Juxta.Engine.Generation;

/// <summary>When an answer ends, besides its length.</summary>
public sealed record StopOptions
{
    /// <summary>Texts that end the answer and are not part of it; matched across token borders.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>Further token ids that end the answer.</summary>
    public IReadOnlyList<int> Ids { get; init; } = [];

    /// <summary>Do not end at the model's own end-of-sequence ids: they stay in the answer as ordinary tokens.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>End-of-sequence and stop ids cannot be drawn before this many tokens.</summary>
    public int MinTokens { get; init; }

    /// <summary>
    /// End the answer when its last tokens are one cycle repeated this many times (and the repetition covers at least 64 tokens); 0 = off.
    /// </summary>
    public int RepetitionLimit { get; init; }

    /// <summary>Keep a matched stop string in the text (vLLM's include_stop_str_in_output).</summary>
    public bool IncludeStopString { get; init; }
}

namespace Juxta.Engine.Generation;

/// <summary>When an answer ends, besides its length.</summary>
public sealed record StopOptions
{
    /// <summary>Most stop strings of a request (OpenAI allows 4; templates with tools use more).</summary>
    public const int MaxStrings = 16;

    /// <summary>Most UTF-16 units of a stop string: as much text may have to be held back.</summary>
    public const int MaxStringLength = 1024;

    /// <summary>
    /// Texts that end the answer and are not part of it; matched across token borders. The match that completes first wins; of matches that
    /// complete together, the one that starts first.
    /// </summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>Further token ids that end the answer.</summary>
    public IReadOnlyList<int> Ids { get; init; } = [];

    /// <summary>Do not end at the model's own end-of-sequence ids: they stay in the answer as ordinary tokens.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>End-of-sequence and stop ids cannot be drawn before this many tokens, and a stop string that one of these tokens completes is ordinary text.</summary>
    public int MinTokens { get; init; }

    /// <summary>
    /// End the answer when its last tokens are one cycle repeated this many times (and the repetition covers at least 64 tokens); 0 = off.
    /// </summary>
    public int RepetitionLimit { get; init; }

    /// <summary>Keep a matched stop string in the text (vLLM's include_stop_str_in_output).</summary>
    public bool IncludeStopString { get; init; }
}

namespace Juxta.Eval.Comparison;

/// <summary>How an answer ended, as a report counts it.</summary>
public enum AnswerEnd
{
    /// <summary>By itself: a stop id or a stop text.</summary>
    Stopped,

    /// <summary>Cut for length.</summary>
    Length,

    /// <summary>Cut because it repeated itself.</summary>
    Repetition,

    /// <summary>Cancelled, or it broke off with an error: it says nothing about the model and is not scored.</summary>
    Failed,

    /// <summary>Nobody said.</summary>
    Unknown,
}

/// <summary>Outcomes as ends.</summary>
public static class AnswerEnds
{
    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<AnswerEnd> All { get; } = [AnswerEnd.Stopped, AnswerEnd.Length, AnswerEnd.Repetition, AnswerEnd.Failed, AnswerEnd.Unknown];

    /// <param name="outcome"><c>eos:2</c>, <c>stop:…</c>, <c>length</c> …, or a finish reason of a chat client.</param>
    public static AnswerEnd Of(string? outcome) => outcome?.Split(':', 2)[0] switch
    {
        "eos" or "stop" or "stop_id" or "tool_calls" => AnswerEnd.Stopped,
        "length" => AnswerEnd.Length,
        "repetition" => AnswerEnd.Repetition,
        "cancelled" or "error" => AnswerEnd.Failed,
        _ => AnswerEnd.Unknown,
    };

    /// <summary>In a word or two.</summary>
    public static string Word(this AnswerEnd end) => end switch
    {
        AnswerEnd.Stopped => "stopped",
        AnswerEnd.Length => "cut for length",
        AnswerEnd.Repetition => "cut for repetition",
        AnswerEnd.Failed => "failed",
        _ => "not known",
    };
}

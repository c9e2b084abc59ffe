using System.Text.Json;

namespace Juxta.Eval.Suites;

/// <summary>A message of a sample.</summary>
/// <param name="Role">system, user, assistant, tool or observation.</param>
/// <param name="Content">Its text.</param>
public sealed record EvalMessage(string Role, string Content)
{
    public const string System = "system", User = "user", Assistant = "assistant";

    /// <summary>The roles there are.</summary>
    public static IReadOnlyList<string> Roles { get; } = [System, User, Assistant, "tool", "observation"];
}

/// <summary>A question that models are asked, and what they might answer.</summary>
/// <param name="Id">Unique in its set.</param>
/// <param name="Line">Where it stands in its file, from 1.</param>
/// <param name="Messages">What comes before the answer; the last one is not the assistant's.</param>
/// <param name="References">Good answers; none where only the answer itself is measured.</param>
public sealed record EvalSample(string Id, int Line, IReadOnlyList<EvalMessage> Messages, IReadOnlyList<string> References)
{
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Tool definitions as the OpenAI API writes them; null = none.</summary>
    public JsonElement? Tools { get; init; }
}

using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Endpoints;

namespace Juxta.Workbench.Generation;

/// <summary>What another server is asked: it has the template and the tokens, so it gets the conversation.</summary>
/// <param name="Messages">The system message among them.</param>
/// <param name="Tools">A JSON array as text; null = none.</param>
/// <param name="Sampling">Null = as that server likes; no sampling is sent.</param>
public sealed record RemotePrompt(IReadOnlyList<PromptMessage> Messages, string? Tools, SamplingOptions? Sampling);

/// <summary>What another server said with a step of its answer.</summary>
public sealed record RemoteStep
{
    /// <summary>The likeliest pieces at this place, in falling order; empty where it did not say.</summary>
    public IReadOnlyList<PieceLogProb> Top { get; init; } = [];

    /// <summary>Calls of tools, with the last text.</summary>
    public IReadOnlyList<RemoteCall> Calls { get; init; } = [];

    /// <summary>Tokens of the prompt, on the last step; null where it did not say.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Tokens of the answer, on the last step; null where it did not say.</summary>
    public int? CompletionTokens { get; init; }
}

/// <summary>A call of a tool as another server wrote it.</summary>
/// <param name="Arguments">The text of a JSON object.</param>
public sealed record RemoteCall(string Id, string Name, string Arguments);

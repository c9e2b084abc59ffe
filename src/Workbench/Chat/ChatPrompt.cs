using System.Text.Json.Nodes;
using Juxta.Engine.Chat;

namespace Juxta.Workbench.Chat;

/// <summary>A conversation to be put into the model's own format.</summary>
public sealed record ChatPrompt
{
    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>Tools offered to the model, as the OpenAI API writes them.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Further variables of the template (<c>enable_thinking</c> …).</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>End with the opening of an assistant turn.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>End in the middle of the last message, so that the model goes on with it; not together with <see cref="AddGenerationPrompt"/>.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>A template to use in place of the model's.</summary>
    public string? Template { get; init; }

    /// <summary>Also recognise special tokens that a message spells out. By default text stays text (design D7).</summary>
    public bool ParseSpecialInMessages { get; init; }
}

/// <summary>A message for a chat template.</summary>
/// <param name="Role">system, user, assistant, tool …</param>
/// <param name="Content">Its text.</param>
/// <param name="Fields">Whatever else the template may look at (<c>name</c>, <c>tool_calls</c> …), as the OpenAI API writes it.</param>
public sealed record PromptMessage(string Role, string Content, JsonObject? Fields = null);

/// <summary>A prompt ready for the engine.</summary>
/// <param name="Ids">Token ids, special tokens included.</param>
/// <param name="Text">The same as text, as a person may read it.</param>
/// <param name="Warnings">What the asker should know, such as that the model has no chat template.</param>
public sealed record RenderedPrompt(IReadOnlyList<int> Ids, string Text, IReadOnlyList<string> Warnings)
{
    /// <summary>Who wrote which part of <see cref="Text"/>; empty where that was not a template's doing.</summary>
    public IReadOnlyList<PromptSpan> Spans { get; init; } = [];

    /// <summary>Where encoding started anew: see <see cref="PromptText.Borders"/>.</summary>
    public IReadOnlyList<int> Borders { get; init; } = [];
}

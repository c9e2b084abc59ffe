using System.Text.Json;
using System.Text.Json.Nodes;

namespace Juxta.Training.Dialogues;

/// <summary>A conversation to learn from.</summary>
/// <param name="Messages">In order.</param>
public sealed record Dialogue(IReadOnlyList<DialogueMessage> Messages)
{
    /// <summary>Tool definitions as the OpenAI API writes them; null = none.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Index of the last message of the assistant; -1 without one.</summary>
    public int LastAnswer
    {
        get
        {
            int last = Messages.Count - 1;
            while (last >= 0 && !Messages[last].IsAnswer) last--;
            return last;
        }
    }

    /// <summary>The beginning of it, up to and without a message.</summary>
    public Dialogue Before(int message) => this with { Messages = [.. Messages.Take(message)] };

    /// <summary>The messages in the form that chat templates read.</summary>
    internal JsonElement ToJson() => JsonSerializer.SerializeToElement<JsonNode>(new JsonArray([.. Messages.Select(message => message.ToJson())]));
}

/// <summary>A message of a conversation.</summary>
/// <param name="Role">system, user, assistant, tool or observation.</param>
/// <param name="Content">Its text.</param>
/// <param name="Fields">What else the template may look at (<c>tool_calls</c>, <c>reasoning_content</c>, <c>name</c> …); null = nothing.</param>
public sealed record DialogueMessage(string Role, string Content, JsonObject? Fields = null)
{
    public const string System = "system", User = "user", Assistant = "assistant", Tool = "tool", Observation = "observation";

    /// <summary>The roles there are.</summary>
    public static IReadOnlyList<string> Roles { get; } = [System, User, Assistant, Tool, Observation];

    /// <summary>Whether it carries loss, where the data says so itself; null = as the mode has it.</summary>
    public bool? Loss { get; init; }

    /// <summary>Whether the model is to write such messages.</summary>
    public bool IsAnswer => Role == Assistant;

    internal JsonObject ToJson()
    {
        JsonObject json = Fields?.DeepClone().AsObject() ?? [];
        // They are for whoever trains; a template must not change because of them.
        json.Remove("loss");
        json.Remove("weight");
        json["role"] = Role;
        json["content"] = Content;
        return json;
    }
}

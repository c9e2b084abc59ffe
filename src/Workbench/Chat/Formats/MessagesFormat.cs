using System.Text.Json.Nodes;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>
/// JSON Lines of <c>{"messages": [{"role", "content", …}], "tools": […]}</c>: OpenAI's fine-tuning files and TRL's conversational datasets. The branch
/// on show. What a message has besides role and content (<c>name</c>, <c>tool_calls</c> …) is kept.
/// </summary>
internal sealed class MessagesFormat : ConversationFormat
{
    public override string Name => "messages";

    public override string Label => "Messages JSONL (OpenAI, TRL)";

    public override string Extension => ".jsonl";

    public override string MediaType => "application/jsonl";

    internal override string? TellingField => "messages";

    internal override string? Obstacle(PortableConversation conversation) => conversation.Leaf is null ? "it has no message" : null;

    internal override void Write(IReadOnlyList<PortableConversation> conversations, TextWriter to)
    {
        foreach (PortableConversation conversation in conversations)
        {
            var line = new JsonObject { ["messages"] = new JsonArray([.. conversation.Turns.Select(Message)]) };
            if (ToolDefinitions.Read(conversation.Settings.Tools) is { } tools) line["tools"] = tools;
            to.Write(line.ToJsonString(FormatJson.Compact) + "\n");
        }
    }

    internal override IEnumerable<PortableConversation> Read(JsonField record) => [PortableConversation.Of(Tools(record), DialogueRecords.Messages(record))];

    /// <summary>The field <c>tools</c>: an array, or a text of one as LLaMA-Factory writes it.</summary>
    public static string? Tools(JsonField record)
    {
        if (record.Find("tools") is not { } tools) return null;
        string text = tools.IsText ? tools.Text() : tools.Element.GetRawText();
        try
        {
            return ToolDefinitions.Read(text) is null ? null : text;
        }
        catch (Engine.RequestException e)
        {
            throw tools.Bad(e.Message);
        }
    }

    static JsonObject Message(PromptMessage message)
    {
        var json = new JsonObject { ["role"] = message.Role, ["content"] = message.Content };
        foreach ((string name, JsonNode? value) in message.Fields ?? []) json[name] = value?.DeepClone();
        return json;
    }
}

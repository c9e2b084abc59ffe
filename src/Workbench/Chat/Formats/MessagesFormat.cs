using System.Text.Json;
using System.Text.Json.Nodes;

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

    internal override IEnumerable<PortableConversation> Read(JsonField record)
    {
        JsonField messages = record.Require("messages");
        List<PromptMessage> turns = [.. messages.Items().Select(Message)];
        if (turns.Count == 0) throw messages.Bad("there is no message in it");
        yield return PortableConversation.Linear(turns, Tools(record));
    }

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

    static PromptMessage Message(JsonField message)
    {
        var fields = new JsonObject();
        foreach ((string name, JsonField value) in message.Fields())
            if (name is not ("role" or "content") && value.Element.ValueKind != JsonValueKind.Null) fields[name] = JsonNode.Parse(value.Element.GetRawText());
        JsonField role = message.Require("role");
        if (!Roles.All.Contains(role.Text())) throw role.Wrong(string.Join(", ", Roles.All));
        // A message that only calls tools has no content.
        string content = message.Find("content") is { } given ? Content(given) : fields.ContainsKey("tool_calls") ? "" : message.Require("content").Text();
        return new PromptMessage(role.Text(), content, fields.Count > 0 ? fields : null);
    }

    /// <summary>A text, or OpenAI's list of parts that are texts.</summary>
    static string Content(JsonField content)
    {
        if (!content.IsArray) return content.Text();
        return string.Concat(content.Items().Select(part => part.Require("type") is var type && type.Text() == "text" ? part.Require("text").Text() : throw type.Wrong("text; other parts are not supported")));
    }
}

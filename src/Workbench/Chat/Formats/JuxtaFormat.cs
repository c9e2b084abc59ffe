using System.Globalization;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Training.Corpora;
using Juxta.Workbench.Storage;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>
/// Our own: everything of a conversation. <c>{"format": "juxta-conversations", "version": 1, "conversations": [{"title", "created", "updated",
/// "settings", "leaf", "messages": [{"parent", "role", "text", "created", "shown", "generations": […]}]}]}</c>; docs/formats.md has the whole.
/// What a generation keeps is checked before it is believed (<see cref="PortableGeneration"/>).
/// </summary>
internal sealed class JuxtaFormat : ConversationFormat
{
    const string Mark = "juxta-conversations";
    const int Version = 1;

    public override string Name => "juxta";

    public override string Label => "Juxta JSON, complete";

    public override string Extension => ".json";

    public override string MediaType => "application/json";

    internal override string? TellingField => "format";

    internal override bool Recognises(JsonField record) => base.Recognises(record) && record.Find("conversations") is not null;

    internal override bool KeepsGenerations => true;

    internal override void Write(IReadOnlyList<PortableConversation> conversations, TextWriter to)
    {
        // A message a line: a file that can be looked at, compared and, where something in it is wrong, pointed into.
        to.Write($$"""{"format": "{{Mark}}", "version": {{Version}}, "conversations": [{{"\n"}}""");
        for (int i = 0; i < conversations.Count; i++)
        {
            string head = Conversation(conversations[i]).ToJsonString(FormatJson.Compact);
            IEnumerable<string> messages = conversations[i].Messages.Select(message => Message(message).ToJsonString(FormatJson.Compact));
            to.Write($"{head[..^1]},\"messages\":[\n{string.Join(",\n", messages)}\n]}}{(i < conversations.Count - 1 ? "," : "")}\n");
        }
        to.Write("]}\n");
    }

    internal override IEnumerable<PortableConversation> Read(JsonField record)
    {
        JsonField format = record.Require("format"), version = record.Require("version");
        if (format.Text() != Mark) throw format.Wrong(Mark);
        if (version.Integer() != Version) throw version.Wrong($"{Version}; a newer juxta wrote this file, use that version");
        record.Only(["format", "version", "conversations"]);
        return record.Require("conversations").Items().Select(Conversation);
    }

    static JsonObject Conversation(PortableConversation conversation) => new()
    {
        ["title"] = conversation.Title,
        ["created"] = Time(conversation.Created!.Value),
        ["updated"] = Time(conversation.Updated!.Value),
        ["settings"] = JsonNode.Parse(StoredJson.Write(conversation.Settings)),
        ["leaf"] = conversation.Leaf,
    };

    static JsonObject Message(PortableMessage message)
    {
        var json = new JsonObject { ["parent"] = message.Parent, ["role"] = message.Role, ["text"] = message.Text };
        if (message.Written is { } written && message.Generations.Count > 0) json["written"] = written;
        if (message.Fields is { } fields) json["fields"] = JsonNode.Parse(fields);
        json["created"] = Time(message.Created!.Value);
        json["shown"] = message.Shown;
        if (message.Generations.Count > 0) json["generations"] = new JsonArray([.. message.Generations.Select(PortableGeneration.Write)]);
        return json;
    }

    static PortableConversation Conversation(JsonField json)
    {
        json.Only(["title", "created", "updated", "settings", "leaf", "messages"]);
        List<PortableMessage> messages = [];
        foreach (JsonField message in json.Require("messages").Items()) messages.Add(Message(message, messages.Count));
        JsonField? leaf = json.Find("leaf");
        if (leaf is null && messages.Count > 0) throw json.Bad("leaf is missing; expected the index of the last message on show");
        return new PortableConversation
        {
            Title = json.Require("title").Text(),
            Created = json.Require("created").Time(),
            Updated = json.Require("updated").Time(),
            Settings = Settings(json.Require("settings")),
            Messages = messages,
            Leaf = leaf is null ? null : Index(leaf, messages.Count),
        };
    }

    static PortableMessage Message(JsonField json, int index)
    {
        json.Only(["parent", "role", "text", "written", "fields", "created", "shown", "generations"]);
        JsonField role = json.Require("role"), text = json.Require("text");
        if (!Roles.All.Contains(role.Text())) throw role.Wrong(string.Join(", ", Roles.All));
        var message = new PortableMessage
        {
            Parent = json.Find("parent") is { } parent ? Index(parent, index) : null,
            Role = role.Text(),
            Text = text.Text(),
            Written = json.Find("written")?.Text(),
            Fields = json.Find("fields") is { } fields && fields.Fields().Any() ? fields.Element.GetRawText() : null,
            Created = json.Require("created").Time(),
            Shown = json.Find("shown") is { } shown ? shown.Integer() is >= 0 and var order ? order : throw shown.Wrong("0 or more") : 0,
            Generations = [.. (json.Find("generations")?.Items() ?? []).Select(PortableGeneration.Read)],
        };
        if (message.Generations.Count == 0) return message with { Written = message.Text };
        if (message.Role != Roles.Assistant) throw role.Wrong("assistant, for a message with generations");
        return message.Generations[^1].Text == message.Text ? message : throw text.Bad("this is not what the last of the message's generations says");
    }

    static ConversationSettings Settings(JsonField json)
    {
        ConversationSettings settings = StoredValue.Read<ConversationSettings>(json);
        try
        {
            ToolDefinitions.Read(settings.Tools);
        }
        catch (RequestException e)
        {
            throw json.Bad(e.Message);
        }
        StoredValue.NoNulls(json, settings.Adapters, settings.Stop.Strings);
        return settings;
    }

    /// <summary>A place among the messages before one.</summary>
    static int Index(JsonField field, int count) => field.Integer() is var index && index >= 0 && index < count
        ? index
        : throw field.Wrong(count == 0 ? "null, for no message stands before it" : $"the index of a message, 0 to {count - 1}");

    static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}

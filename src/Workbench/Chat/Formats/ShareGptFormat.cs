using System.Text.Json.Nodes;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>
/// A JSON array of <c>{"conversations": [{"from", "value"}], "tools": "…"}</c>: ShareGPT's export, as FastChat and LLaMA-Factory train on it. The
/// branch on show. LLaMA-Factory's field <c>system</c> is read too, and files of one object a line.
/// </summary>
internal sealed class ShareGptFormat : ConversationFormat
{
    /// <summary>As they are written; <see cref="DialogueRecords.ShareGpt"/> reads more.</summary>
    static readonly (string From, string Role)[] Speakers =
        [("human", Roles.User), ("gpt", Roles.Assistant), ("system", Roles.System), ("observation", Roles.Observation), ("tool", Roles.Tool)];

    public override string Name => "sharegpt";

    public override string Label => "ShareGPT";

    public override string Extension => ".json";

    public override string MediaType => "application/json";

    internal override string? TellingField => "conversations";

    internal override string? Obstacle(PortableConversation conversation) =>
        conversation.Leaf is null ? "it has no message"
        : conversation.Branch.FirstOrDefault(message => message.Fields is not null) is { Fields: { } fields } ? $"a message has fields that ShareGPT has no place for: {Line.Start(fields, 60)}"
        : null;

    internal override void Write(IReadOnlyList<PortableConversation> conversations, TextWriter to) =>
        to.Write(new JsonArray([.. conversations.Select(Conversation)]).ToJsonString(FormatJson.Indented) + "\n");

    internal override IEnumerable<PortableConversation> Read(JsonField record) => [PortableConversation.Of(MessagesFormat.Tools(record), DialogueRecords.ShareGpt(record))];

    static JsonObject Conversation(PortableConversation conversation)
    {
        var json = new JsonObject
        {
            ["conversations"] = new JsonArray([.. conversation.Turns.Select(turn =>
                new JsonObject { ["from"] = Speakers.First(speaker => speaker.Role == turn.Role).From, ["value"] = turn.Content })]),
        };
        if (ToolDefinitions.Read(conversation.Settings.Tools) is { } tools) json["tools"] = tools.ToJsonString(FormatJson.Compact);
        return json;
    }
}

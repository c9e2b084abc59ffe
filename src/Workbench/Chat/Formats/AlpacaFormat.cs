using System.Text.Json.Nodes;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>
/// A JSON array of <c>{"instruction", "input", "output", "system", "history": [[question, answer], …]}</c>: Stanford Alpaca's records with
/// LLaMA-Factory's two more. The branch on show, when it is questions and answers in turn. An input that is read stands on a new line after the
/// instruction; it is always written empty. Files of one object a line are read too.
/// </summary>
internal sealed class AlpacaFormat : ConversationFormat
{
    public override string Name => "alpaca";

    public override string Label => "Alpaca (instruction, output, history)";

    public override string Extension => ".json";

    public override string MediaType => "application/json";

    internal override string? TellingField => "instruction";

    internal override string? Obstacle(PortableConversation conversation)
    {
        IReadOnlyList<PortableMessage> branch = conversation.Branch;
        if (branch.Count == 0) return "it has no message";
        for (int i = 0; i < branch.Count; i++)
        {
            string expected = i % 2 == 0 ? Roles.User : Roles.Assistant;
            if (branch[i].Role != expected) return $"its turn {i + 1} is the {branch[i].Role}'s, and alpaca has only questions and answers in turn";
            if (branch[i].Fields is { } fields) return $"its turn {i + 1} has fields that alpaca has no place for: {Line.Start(fields, 60)}";
        }
        if (branch.Count % 2 != 0) return "its last question has no answer";
        return string.IsNullOrEmpty(conversation.Settings.Tools) ? null : "alpaca has no place for its tool definitions";
    }

    internal override void Write(IReadOnlyList<PortableConversation> conversations, TextWriter to) =>
        to.Write(new JsonArray([.. conversations.Select(Record)]).ToJsonString(FormatJson.Indented) + "\n");

    internal override IEnumerable<PortableConversation> Read(JsonField record) => [PortableConversation.Of(tools: null, DialogueRecords.Alpaca(record))];

    static JsonObject Record(PortableConversation conversation)
    {
        IReadOnlyList<PortableMessage> branch = conversation.Branch;
        var json = new JsonObject { ["instruction"] = branch[^2].Text, ["input"] = "", ["output"] = branch[^1].Text };
        if (!string.IsNullOrEmpty(conversation.Settings.SystemPrompt)) json["system"] = conversation.Settings.SystemPrompt;
        if (branch.Count > 2) json["history"] = new JsonArray([.. branch.SkipLast(2).Chunk(2).Select(pair => new JsonArray(pair[0].Text, pair[1].Text))]);
        return json;
    }
}

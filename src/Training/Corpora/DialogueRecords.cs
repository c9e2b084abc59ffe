using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Training.Dialogues;

namespace Juxta.Training.Corpora;

/// <summary>Conversations in the shapes that training files have. The chat page imports through the same readers.</summary>
public static class DialogueRecords
{
    static readonly (string From, string Role)[] Speakers =
    [
        ("human", DialogueMessage.User), ("gpt", DialogueMessage.Assistant), ("system", DialogueMessage.System), ("observation", DialogueMessage.Observation), ("tool", DialogueMessage.Tool),
        ("user", DialogueMessage.User), ("assistant", DialogueMessage.Assistant), ("chatgpt", DialogueMessage.Assistant), ("bing", DialogueMessage.Assistant), ("bard", DialogueMessage.Assistant),
        ("function_call", DialogueMessage.Assistant),
    ];

    /// <summary><c>{"messages": [{"role", "content", …}], "tools": […]}</c>: OpenAI's fine-tuning files and TRL's conversational datasets.</summary>
    /// <exception cref="RequestException">Names the file, the line and the field at fault.</exception>
    public static Dialogue Messages(JsonField record)
    {
        ArgumentNullException.ThrowIfNull(record);
        JsonField messages = record.Require("messages");
        DialogueMessage[] turns = [.. messages.Items().Select(Message)];
        if (turns.Length == 0) throw messages.Bad("there is no message in it");
        return new Dialogue(turns) { Tools = Tools(record) };
    }

    /// <summary><c>{"conversations": [{"from", "value"}], "system", "tools": "…"}</c>: ShareGPT's export as FastChat and LLaMA-Factory train on it.</summary>
    /// <inheritdoc cref="Messages" path="/exception"/>
    public static Dialogue ShareGpt(JsonField record)
    {
        ArgumentNullException.ThrowIfNull(record);
        JsonField conversations = record.Require("conversations");
        DialogueMessage[] turns = [.. conversations.Items().Select(Turn)];
        if (turns.Length == 0) throw conversations.Bad("there is no turn in it");
        return new Dialogue([.. System(record), .. turns]) { Tools = Tools(record) };
    }

    /// <summary>
    /// <c>{"instruction", "input", "output", "system", "history": [[question, answer], …]}</c>: Stanford Alpaca's records with LLaMA-Factory's two more. An input
    /// stands on a new line after the instruction.
    /// </summary>
    /// <inheritdoc cref="Messages" path="/exception"/>
    public static Dialogue Alpaca(JsonField record)
    {
        ArgumentNullException.ThrowIfNull(record);
        string instruction = record.Require("instruction").Text(), input = record.Find("input")?.Text() ?? "";
        return new Dialogue([
            .. System(record), .. History(record), new DialogueMessage(DialogueMessage.User, instruction.Length > 0 && input.Length > 0 ? instruction + "\n" + input : instruction + input),
            new DialogueMessage(DialogueMessage.Assistant, record.Require("output").Text())]);
    }

    /// <summary>ChatGLM's files: <c>{"content", "summary"}</c> (AdvertiseGen), or <c>{"prompt", "response", "history": [[question, answer], …]}</c>.</summary>
    /// <inheritdoc cref="Messages" path="/exception"/>
    public static Dialogue ChatGlm(JsonField record)
    {
        ArgumentNullException.ThrowIfNull(record);
        bool advertisement = record.Find("summary") is not null;
        return new Dialogue([
            .. System(record), .. History(record), new DialogueMessage(DialogueMessage.User, record.Require(advertisement ? "content" : "prompt").Text()),
            new DialogueMessage(DialogueMessage.Assistant, record.Require(advertisement ? "summary" : "response").Text())]);
    }

    static IEnumerable<DialogueMessage> System(JsonField record) =>
        record.Find("system")?.Text() is { Length: > 0 } system ? [new DialogueMessage(DialogueMessage.System, system)] : [];

    static IEnumerable<DialogueMessage> History(JsonField record)
    {
        foreach (JsonField pair in record.Find("history")?.Items() ?? [])
        {
            JsonField[] both = [.. pair.Items()];
            if (both.Length != 2) throw pair.Wrong("a question and its answer");
            yield return new DialogueMessage(DialogueMessage.User, both[0].Text());
            yield return new DialogueMessage(DialogueMessage.Assistant, both[1].Text());
        }
    }

    static DialogueMessage Turn(JsonField turn)
    {
        JsonField from = turn.Require("from");
        string role = Speakers.FirstOrDefault(speaker => speaker.From == from.Text()).Role ?? throw from.Wrong(string.Join(", ", Speakers.Select(speaker => speaker.From)));
        return new DialogueMessage(role, turn.Require("value").Text()) { Loss = Loss(turn) };
    }

    /// <summary><c>{"role", "content", …}</c>.</summary>
    internal static DialogueMessage Message(JsonField message)
    {
        var fields = new JsonObject();
        foreach ((string name, JsonField value) in message.Fields())
            if (name is not ("role" or "content") && value.Element.ValueKind != JsonValueKind.Null) fields[name] = JsonNode.Parse(value.Element.GetRawText());
        JsonField role = message.Require("role");
        if (!DialogueMessage.Roles.Contains(role.Text())) throw role.Wrong(string.Join(", ", DialogueMessage.Roles));
        // A message that only calls tools has no content.
        string content = message.Find("content") is { } given ? Content(given) : fields.ContainsKey("tool_calls") ? "" : message.Require("content").Text();
        return new DialogueMessage(role.Text(), content, fields.Count > 0 ? fields : null) { Loss = Loss(message) };
    }

    /// <summary>A text, or OpenAI's list of parts that are texts.</summary>
    static string Content(JsonField content)
    {
        if (!content.IsArray) return content.Text();
        return string.Concat(content.Items().Select(part => part.Require("type") is var type && type.Text() == "text" ? part.Require("text").Text() : throw type.Wrong("text; other parts are not supported")));
    }

    /// <summary>OpenAI's <c>weight</c> (0 or 1), or <c>loss</c> (true or false, 1 or 0).</summary>
    static bool? Loss(JsonField message)
    {
        bool? loss = message.Find("loss") is { } flag ? Flag(flag) : null, weight = message.Find("weight") is { } number ? Flag(number) : null;
        return loss is not null && weight is not null && loss != weight ? throw message.Bad("loss and weight contradict each other") : loss ?? weight;
    }

    static bool Flag(JsonField field) => field.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when field.Element.TryGetDouble(out double value) && value is 0 or 1 => field.Element.GetDouble() == 1,
        _ => throw field.Wrong("0, 1, true or false: an answer is learnt or it is not"),
    };

    /// <summary>An array of objects, or a text of one as LLaMA-Factory writes it.</summary>
    internal static JsonArray? Tools(JsonField record)
    {
        if (record.Find("tools") is not { } tools) return null;
        try
        {
            string text = tools.IsText ? tools.Text() : tools.Element.GetRawText();
            if (string.IsNullOrWhiteSpace(text)) return null;
            if (JsonNode.Parse(text) is not JsonArray array || array.Any(tool => tool is not JsonObject)) throw tools.Wrong("an array of tool definitions, or a text of one");
            return array.Count > 0 ? array : null;
        }
        catch (JsonException e)
        {
            throw tools.Bad($"it is no JSON: {e.Message}");
        }
    }
}

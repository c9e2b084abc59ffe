using System.Globalization;
using System.Text.Json;

namespace Juxta.Eval.Suites;

/// <summary>
/// The shapes that records of questions and answers have, told by their fields. A record that ends with an answer of the assistant asks for that answer: it is
/// taken off and becomes a reference. Another shape is a line in the table.
/// </summary>
internal static class SampleShapes
{
    static readonly (string Field, string Looks, Func<PlacedJson, IEnumerable<EvalMessage>> Read)[] All =
    [
        ("messages", "{\"messages\":[{\"role\",\"content\"}…],\"references\":[…]}", record => record.Require("messages").Items().Select(Message)),
        ("conversations", "ShareGPT's {\"conversations\":[{\"from\",\"value\"}…]}", record => [.. System(record), .. record.Require("conversations").Items().Select(Turn)]),
        ("instruction", "alpaca's {\"instruction\",\"input\",\"output\"}", record => [.. Before(record), User(Instruction(record)), .. Answer(record, "output")]),
        ("summary", "ChatGLM's {\"content\",\"summary\"}", record => [.. Before(record), User(record.Require("content").Text()), .. Answer(record, "summary")]),
        ("response", "ChatGLM's {\"prompt\",\"response\",\"history\"}", record => [.. Before(record), User(record.Require("prompt").Text()), .. Answer(record, "response")]),
    ];

    static readonly Dictionary<string, string> Speakers = new(StringComparer.Ordinal)
    {
        ["human"] = EvalMessage.User, ["user"] = EvalMessage.User, ["gpt"] = EvalMessage.Assistant, ["assistant"] = EvalMessage.Assistant, ["function_call"] = EvalMessage.Assistant,
        ["system"] = EvalMessage.System, ["observation"] = "observation", ["tool"] = "tool",
    };

    /// <exception cref="SuiteException">The record is of no shape, or a field is at fault.</exception>
    public static EvalSample Read(PlacedJson record)
    {
        foreach ((string field, _, Func<PlacedJson, IEnumerable<EvalMessage>> read) in All)
            if (record.Find(field) is not null) return Sample(record, [.. read(record)]);
        throw record.Error($"the record has the fields {string.Join(", ", record.Fields().Select(f => f.Name))} and is of no known shape; expected {string.Join(" or ", All.Select(shape => shape.Looks))}");
    }

    static EvalSample Sample(PlacedJson record, List<EvalMessage> messages)
    {
        var references = new List<string>();
        if (messages.Count > 0 && messages[^1].Role == EvalMessage.Assistant)
        {
            references.Add(messages[^1].Content);
            messages.RemoveAt(messages.Count - 1);
        }
        if (!messages.Any(message => message.Role != EvalMessage.System)) throw record.Error("no message is left to answer; expected at least a question of the user");
        references.AddRange(record.Find("references")?.Texts() ?? []);
        return new EvalSample(Id(record), record.Line, messages, references) { Tags = record.Find("tags")?.Texts() ?? [], Tools = Tools(record) };
    }

    /// <summary>What a record without an id is called.</summary>
    public static string LineId(int line) => string.Create(CultureInfo.InvariantCulture, $"line-{line}");

    /// <summary>A text or a number; without one the line.</summary>
    static string Id(PlacedJson record) => record.Find("id") switch
    {
        null => LineId(record.Line),
        { Element.ValueKind: JsonValueKind.Number } number => number.Element.GetRawText(),
        var text => text.Text() is { Length: > 0 } id ? id : throw text.Wrong("an id that is not empty"),
    };

    static JsonElement? Tools(PlacedJson record) => record.Find("tools") switch
    {
        null => null,
        { IsList: true } list => list.Element,
        var other => throw other.Wrong("a list of tool definitions"),
    };

    internal static EvalMessage Message(PlacedJson message)
    {
        PlacedJson role = message.Require("role");
        return EvalMessage.Roles.Contains(role.Text()) ? new EvalMessage(role.Text(), message.Require("content").Text()) : throw role.Wrong(string.Join(", ", EvalMessage.Roles));
    }

    static EvalMessage Turn(PlacedJson turn)
    {
        PlacedJson from = turn.Require("from");
        return Speakers.TryGetValue(from.Text(), out string? role) ? new EvalMessage(role, turn.Require("value").Text()) : throw from.Wrong(string.Join(", ", Speakers.Keys));
    }

    static EvalMessage User(string text) => new(EvalMessage.User, text);

    static string Instruction(PlacedJson record)
    {
        string instruction = record.Require("instruction").Text(), input = record.Find("input")?.Text() ?? "";
        return instruction.Length > 0 && input.Length > 0 ? $"{instruction}\n{input}" : instruction + input;
    }

    static IEnumerable<EvalMessage> Answer(PlacedJson record, string field) => record.Find(field) is { } answer ? [new EvalMessage(EvalMessage.Assistant, answer.Text())] : [];

    static IEnumerable<EvalMessage> System(PlacedJson record) => record.Find("system")?.Text() is { Length: > 0 } system ? [new EvalMessage(EvalMessage.System, system)] : [];

    static IEnumerable<EvalMessage> Before(PlacedJson record)
    {
        foreach (EvalMessage system in System(record)) yield return system;
        foreach (PlacedJson round in record.Find("history")?.Items() ?? [])
        {
            string[] both = round.Texts();
            if (both.Length != 2) throw round.Wrong("a question and its answer");
            yield return User(both[0]);
            yield return new EvalMessage(EvalMessage.Assistant, both[1]);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Juxta.Engine.Chat;

/// <summary>Messages of Microsoft.Extensions.AI in the form that chat templates read: the OpenAI API's.</summary>
public static class TemplateMessages
{
    /// <summary>All messages, as one JSON array.</summary>
    /// <exception cref="NotSupportedException">A message holds something other than text, function calls and their results.</exception>
    public static JsonElement From(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var array = new JsonArray();
        foreach (ChatMessage message in messages)
        {
            foreach (JsonObject one in Forms(message)) array.Add(one);
        }
        return JsonSerializer.SerializeToElement((JsonNode)array);
    }

    /// <summary>One message: a result of a function is a message of its own, the arguments of a call are an object.</summary>
    /// <exception cref="NotSupportedException">It holds something other than text, function calls and their results.</exception>
    public static IEnumerable<JsonObject> Forms(ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Contents.FirstOrDefault(content => content is not (TextContent or TextReasoningContent or FunctionCallContent or FunctionResultContent or UsageContent)) is { } other)
            throw new NotSupportedException($"a message holds {other.GetType().Name}; this model reads text, function calls and their results");
        FunctionResultContent[] results = [.. message.Contents.OfType<FunctionResultContent>()];
        // Templates know one result per message; the standard form allows several.
        foreach (FunctionResultContent result in results)
            yield return new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = Text(result.Result) };
        if (results.Length > 0 && message.Text.Length == 0) yield break;

        var form = new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text };
        if (message.AuthorName is { } name) form["name"] = name;
        JsonNode[] calls = [.. message.Contents.OfType<FunctionCallContent>().Select(Call)];
        if (calls.Length > 0) form["tool_calls"] = new JsonArray(calls);
        yield return form;
    }

    static JsonObject Call(FunctionCallContent call) => new()
    {
        ["id"] = call.CallId,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonSerializer.SerializeToNode(call.Arguments ?? new Dictionary<string, object?>()) },
    };

    static string Text(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => JsonSerializer.Serialize(result),
    };
}

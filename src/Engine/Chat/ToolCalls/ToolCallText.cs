using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Juxta.Engine.Chat;

/// <summary>A call of a tool: in the standard form, and as a line of text.</summary>
public static class ToolCallText
{
    /// <summary>The standard form of a call. Arguments that are no JSON object are told in its exception, so that whoever invokes tools can tell the model.</summary>
    /// <param name="id">Names the call, so that its result can name it too.</param>
    /// <param name="name">The tool's.</param>
    /// <param name="arguments">A JSON object; empty = none.</param>
    public static FunctionCallContent Call(string id, string name, string arguments)
    {
        FunctionCallContent call = FunctionCallContent.CreateFromParsedArguments(arguments, id, name, Parse);
        if (call.Exception is not null) call.RawRepresentation = arguments;
        return call;
    }

    /// <summary>The standard form of a call that a model wrote, under a new id.</summary>
    public static FunctionCallContent Call(ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Call(NewId(), call.Name, call.Arguments);
    }

    /// <summary>An id for a call: <c>call_</c> and 24 letters and digits.</summary>
    public static string NewId() => $"call_{Guid.NewGuid():n}"[..29];

    /// <summary>A line of JSON with the call's name and arguments, for where an answer is text: <c>{"name":"weather","arguments":{"city":"Paris"}}</c>.</summary>
    public static string Line(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.RawRepresentation is string raw
            ? JsonSerializer.Serialize(new { name = call.Name, arguments = raw }, Relaxed)
            : JsonSerializer.Serialize(new { name = call.Name, arguments = call.Arguments ?? new Dictionary<string, object?>() }, Relaxed);
    }

    /// <summary>The call's arguments as the model wrote them where they are no JSON object, else as the text of one.</summary>
    public static string Arguments(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.RawRepresentation as string ?? JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Relaxed);
    }

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static Dictionary<string, object?> Parse(string arguments) =>
        string.IsNullOrWhiteSpace(arguments) ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments) ?? throw new JsonException("null is no JSON object");
}

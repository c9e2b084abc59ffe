using System.Text.Json;

namespace Juxta.Engine.Chat;

/// <summary>Takes calls of tools out of an answer while it streams: text that may become part of a call is held back.</summary>
/// <param name="form">How the model writes calls; null = calls stay text.</param>
/// <param name="tools">Names of the tools that were offered; none = nothing is a call.</param>
public sealed class ToolCallReader(ToolCallForm? form, IReadOnlyCollection<string> tools)
{
    string _held = "";
    bool _first = true;

    /// <summary>Reads calls of the tools that a request offered.</summary>
    /// <param name="form">As for the constructor.</param>
    /// <param name="definitions">A JSON array as the OpenAI API writes it; null = none.</param>
    public static ToolCallReader For(ToolCallForm? form, JsonElement? definitions) => new(form, definitions is { ValueKind: JsonValueKind.Array } tools
        ? [.. tools.EnumerateArray().Select(tool => tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out JsonElement function) ? function : tool)
            .Where(function => function.ValueKind == JsonValueKind.Object && function.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String)
            .Select(function => function.GetProperty("name").GetString()!)]
        : []);

    bool Reads => form is not null && tools.Count > 0;

    /// <summary>Takes more of the answer and returns what of it is certainly text.</summary>
    public string Push(string text)
    {
        if (!Reads) return text;
        _held += text;
        int settled = form!.Settled(_held, _first, tools);
        string certain = _held[..settled];
        _held = _held[settled..];
        _first &= settled == 0;
        return certain;
    }

    /// <summary>The rest of the text, and the calls, once the answer has ended.</summary>
    public (string Text, IReadOnlyList<ToolCall> Calls) End() => Reads ? form!.Read(_held, _first, tools) : ("", []);
}

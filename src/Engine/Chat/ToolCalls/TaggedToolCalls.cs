using System.Text;
using System.Text.Json;

namespace Juxta.Engine.Chat;

/// <summary>Any number of <c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>, with or without text around them: Qwen2.5, Qwen3, Hermes and others.</summary>
internal sealed class TaggedToolCalls : ToolCallForm
{
    public const string Opener = "<tool_call>";
    const string Closer = "</tool_call>";

    public override int Settled(string text, bool first, IReadOnlyCollection<string> tools)
    {
        int open = text.IndexOf(Opener, StringComparison.Ordinal);
        // The tag itself may come in parts.
        for (int part = Math.Min(Opener.Length - 1, text.Length); open < 0 && part > 0; part--)
            if (text.EndsWith(Opener[..part], StringComparison.Ordinal)) open = text.Length - part;
        // White space before a call belongs to the call.
        return text.AsSpan(0, open < 0 ? text.Length : open).TrimEnd().Length;
    }

    public override (string Text, IReadOnlyList<ToolCall> Calls) Read(string text, bool first, IReadOnlyCollection<string> tools)
    {
        var rest = new StringBuilder();
        List<ToolCall> calls = [];
        int at = 0;
        while (text.IndexOf(Opener, at, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = text.IndexOf(Closer, open, StringComparison.Ordinal);
            int end = close < 0 ? text.Length : close;
            if (Call(text.AsMemory(open + Opener.Length, end - open - Opener.Length)) is { } call)
            {
                rest.Append(text.AsSpan(at, open - at).TrimEnd());
                calls.Add(call);
                at = close < 0 ? text.Length : close + Closer.Length;
            }
            else
            {
                rest.Append(text, at, open + Opener.Length - at);
                at = open + Opener.Length;
            }
        }
        if (calls.Count == 0) return (text, calls);
        return (rest.Append(text.AsSpan(at).TrimEnd()).ToString(), calls);
    }

    static ToolCall? Call(ReadOnlyMemory<char> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement call = document.RootElement;
            if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String) return null;
            if (!call.TryGetProperty("arguments", out JsonElement arguments)) return new ToolCall(name.GetString()!, "{}");
            return arguments.ValueKind switch
            {
                JsonValueKind.Object => new ToolCall(name.GetString()!, arguments.GetRawText()),
                JsonValueKind.String => new ToolCall(name.GetString()!, arguments.GetString()!),
                JsonValueKind.Null => new ToolCall(name.GetString()!, "{}"),
                _ => null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Juxta.Engine.Chat;

/// <summary>
/// What a chat template is rendered with. Values are <see cref="JsonElement"/>s since they keep what templates can see:
/// 1 and 1.0 apart, integers of any size, the order of keys, repeated keys (the last wins), lone surrogates.
/// </summary>
public sealed record ChatTemplateInput
{
    /// <summary>The conversation: a JSON array of messages (see <see cref="ChatMessages"/> for plain ones).</summary>
    public required JsonElement Messages { get; init; }

    /// <summary>Tool definitions; null is Python's None.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Documents for retrieval templates; null is Python's None.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Ends the prompt where the assistant's turn begins.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Further variables as a JSON object; they may replace any of the above.</summary>
    public JsonElement? Extra { get; init; }

    /// <summary>The checkpoint's special tokens by variable name (bos_token, …). They count as the template's own text.</summary>
    public IReadOnlyDictionary<string, string>? SpecialTokens { get; init; }

    /// <summary>Local time as <c>strftime_now</c> sees it; null for the system's clock.</summary>
    public DateTime? Now { get; init; }

    public ChatTemplateLimits Limits { get; init; } = ChatTemplateLimits.Default;

    /// <summary>
    /// Reads <c>{"messages", "tools", "documents", "add_generation_prompt", "extra", "now"}</c>, all but messages optional. Names in
    /// extra that end in <c>_token</c> are special tokens.
    /// </summary>
    /// <exception cref="ChatTemplateException">The value has not this shape.</exception>
    public static ChatTemplateInput FromJson(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("messages", out var messages))
            throw new ChatTemplateException("a template request is a JSON object with \"messages\", for example {\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"add_generation_prompt\":true}");
        var extra = Property(request, "extra");
        if (extra is { ValueKind: not JsonValueKind.Object }) throw new ChatTemplateException($"\"extra\" must be an object of variables, not {Kind(extra.Value)}");
        var add = Property(request, "add_generation_prompt");
        if (add is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) }) throw new ChatTemplateException($"\"add_generation_prompt\" must be true or false, not {Kind(add.Value)}");
        var now = Property(request, "now");
        DateTime time = default;
        if (now is not null && (now.Value.ValueKind != JsonValueKind.String || !DateTime.TryParse(now.Value.GetRawText().Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.None, out time)))
            throw new ChatTemplateException("\"now\" must be a local time such as \"2024-07-26T13:05:09\"");
        return new ChatTemplateInput
        {
            Messages = messages,
            Tools = Property(request, "tools"),
            Documents = Property(request, "documents"),
            AddGenerationPrompt = add is { ValueKind: JsonValueKind.True },
            Extra = extra,
            Now = now is null ? null : time,
        };
    }

    static JsonElement? Property(JsonElement request, string name) => request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    static string Kind(JsonElement value) => value.ValueKind.ToString().ToLowerInvariant();
}

/// <summary>One turn of a plain conversation.</summary>
public sealed record ChatTurn(string Role, string Content);

/// <summary>Conversations in the form templates read.</summary>
public static class ChatMessages
{
    public static JsonElement From(IEnumerable<ChatTurn> turns)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var turn in turns)
            {
                writer.WriteStartObject();
                writer.WriteString("role", turn.Role);
                writer.WriteString("content", turn.Content);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    public static JsonElement From(params IEnumerable<(string Role, string Content)> turns) => From(turns.Select(turn => new ChatTurn(turn.Role, turn.Content)));
}

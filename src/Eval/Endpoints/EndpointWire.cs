using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Endpoints;

/// <summary>The OpenAI chat API as JSON: what is sent, and what comes back.</summary>
internal static class EndpointWire
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of a request: fields that are not given are left out.</summary>
    public static byte[] Request(string model, IEnumerable<ChatMessage> messages, ChatOptions options)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray([.. messages.Select(message => new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text })]),
        };
        if (options.Temperature is { } temperature) body["temperature"] = temperature;
        if (options.TopP is { } topP) body["top_p"] = topP;
        if (options.TopK is { } topK) body["top_k"] = topK;
        if (options.MaxOutputTokens is { } most) body["max_tokens"] = most;
        if (options.Seed is { } seed) body["seed"] = seed;
        if (options.StopSequences is { Count: > 0 } stops) body["stop"] = new JsonArray([.. stops.Select(stop => JsonValue.Create(stop))]);
        if (options.AdditionalProperties?.GetValueOrDefault("tools") is JsonElement tools) body["tools"] = JsonNode.Parse(tools.GetRawText());
        return JsonSerializer.SerializeToUtf8Bytes(body, Json);
    }

    /// <exception cref="EndpointException">It is no answer of the API.</exception>
    public static ChatResponse Response(Uri address, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement, choice = root.GetProperty("choices")[0], message = choice.GetProperty("message");
            var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Join('\n', new[] { Text(message, "content") }.Concat(Calls(message)).Where(part => !string.IsNullOrEmpty(part)))));
            if (Text(choice, "finish_reason") is { } reason) response.FinishReason = new ChatFinishReason(reason);
            if (Text(choice, "outcome") is { } outcome) response.AdditionalProperties = new AdditionalPropertiesDictionary { ["outcome"] = outcome };
            if (root.TryGetProperty("usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.Object)
                response.Usage = new UsageDetails { InputTokenCount = Count(usage, "prompt_tokens"), OutputTokenCount = Count(usage, "completion_tokens") };
            return response;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new EndpointException($"{address} answered what is no chat completion: {Shown(body)}", error);
        }
    }

    /// <summary>What a server says of a request that it refuses: the API's error message, else the beginning of what came.</summary>
    public static string Error(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement error = document.RootElement.GetProperty("error");
            return error.ValueKind == JsonValueKind.String ? error.GetString()! : Text(error, "message") ?? Shown(body);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Shown(body);
        }
    }

    static IEnumerable<string> Calls(JsonElement message) => message.TryGetProperty("tool_calls", out JsonElement calls) && calls.ValueKind == JsonValueKind.Array
        ? calls.EnumerateArray().Select(call => call.GetProperty("function").GetRawText())
        : [];

    static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out JsonElement text) && text.ValueKind != JsonValueKind.Null ? text.GetString() : null;

    static long? Count(JsonElement usage, string name) => usage.TryGetProperty(name, out JsonElement count) && count.ValueKind == JsonValueKind.Number ? count.GetInt64() : null;

    static string Shown(string body) => body.Length == 0 ? "nothing" : body.Length <= 200 ? body : body[..200] + "…";
}

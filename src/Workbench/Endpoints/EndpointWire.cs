using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Chat;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Endpoints;

/// <summary>The OpenAI chat API as JSON: what is sent, and what comes back as a whole.</summary>
internal static class EndpointWire
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The body of a request: fields that are not given are left out. Additional properties are sent as further fields under their own names, but for
    /// <c>logprobs</c>: a number of alternatives.
    /// </summary>
    /// <exception cref="NotSupportedException">A message or an option has no form in this API.</exception>
    public static byte[] Request(string model, IEnumerable<ChatMessage> messages, ChatOptions options, bool stream = false)
    {
        if (!string.IsNullOrEmpty(options.Instructions)) messages = messages.Prepend(new ChatMessage(ChatRole.System, options.Instructions));
        var body = new JsonObject { ["model"] = options.ModelId ?? model, ["messages"] = new JsonArray([.. messages.SelectMany(Messages)]) };
        if (options.Temperature is { } temperature) body["temperature"] = temperature;
        if (options.TopP is { } topP) body["top_p"] = topP;
        if (options.TopK is { } topK) body["top_k"] = topK;
        if (options.PresencePenalty is { } presence) body["presence_penalty"] = presence;
        if (options.FrequencyPenalty is { } frequency) body["frequency_penalty"] = frequency;
        if (options.MaxOutputTokens is { } most) body["max_tokens"] = most;
        if (options.Seed is { } seed) body["seed"] = seed;
        if (options.StopSequences is { Count: > 0 } stops) body["stop"] = new JsonArray([.. stops.Select(stop => JsonValue.Create(stop))]);
        if (options.ResponseFormat is not (null or ChatResponseFormatText)) throw new NotSupportedException("response formats other than text are not supported");
        if (options.ToolDefinitions() is { } tools) body["tools"] = JsonNode.Parse(tools.GetRawText());
        foreach ((string name, object? value) in options.AdditionalProperties ?? [])
        {
            if (name is "tools" || value is null) continue;
            if (name is not "logprobs") body[name] = JsonSerializer.SerializeToNode(value, Json);
            else if (value is int alternatives)
            {
                body["logprobs"] = true;
                if (alternatives > 0) body["top_logprobs"] = alternatives;
            }
        }
        if (stream) (body["stream"], body["stream_options"]) = (true, new JsonObject { ["include_usage"] = true });
        return JsonSerializer.SerializeToUtf8Bytes(body, Json);
    }

    static IEnumerable<JsonNode> Messages(ChatMessage message)
    {
        foreach (JsonObject form in TemplateMessages.Forms(message))
        {
            // Templates read the arguments of a call as an object, this API as its text.
            foreach (JsonNode? call in form["tool_calls"]?.AsArray() ?? [])
                if (call?["function"] is JsonObject function && function["arguments"] is { } arguments and not JsonValue) function["arguments"] = arguments.ToJsonString(Json);
            yield return form;
        }
    }

    /// <exception cref="EndpointException">It is no answer of the API.</exception>
    public static ChatResponse Response(Uri address, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement, choice = root.GetProperty("choices")[0], message = choice.GetProperty("message");
            var contents = new List<AIContent>();
            if (Reasoning(message) is { Length: > 0 } thought) contents.Add(new TextReasoningContent(thought));
            if (Text(message, "content") is { Length: > 0 } text) contents.Add(new TextContent(text));
            contents.AddRange(Calls(message).Select((call, i) => ToolCallText.Call(Text(call, "id") ?? $"call_{i}", call.GetProperty("function").GetProperty("name").GetString()!, Arguments(call.GetProperty("function")))));
            var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, contents)) { ModelId = Text(root, "model"), ResponseId = Text(root, "id") };
            if (Text(choice, "finish_reason") is { } reason) response.FinishReason = new ChatFinishReason(reason);
            if (Text(choice, "outcome") is { } outcome) (response.AdditionalProperties ??= [])["outcome"] = outcome;
            if (LogProbs(choice) is { Count: > 0 } pieces) (response.AdditionalProperties ??= [])["pieces"] = pieces;
            response.Usage = Usage(root);
            return response;
        }
        catch (Exception error) when (IsMalformed(error))
        {
            throw new EndpointException($"{address} answered what is no chat completion: {Shown(body)}", error);
        }
    }

    /// <summary>Of reading JSON that has not the form it should have.</summary>
    public static bool IsMalformed(Exception error) => error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException;

    /// <summary>What a server says of a request that it refuses: the API's error message, else the beginning of what came.</summary>
    public static string Error(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return ErrorOf(document.RootElement) ?? Shown(body);
        }
        catch (Exception error) when (IsMalformed(error))
        {
            return Shown(body);
        }
    }

    /// <summary>The message of an answer's <c>error</c>; null where it has none.</summary>
    public static string? ErrorOf(JsonElement root) =>
        root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out JsonElement error) || error.ValueKind == JsonValueKind.Null ? null
        : error.ValueKind == JsonValueKind.String ? error.GetString() : Text(error, "message") ?? Shown(error.GetRawText());

    public static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out JsonElement text) && text.ValueKind != JsonValueKind.Null ? text.GetString() : null;

    /// <summary>Servers that take a thought out of the answer name it in one of two ways.</summary>
    public static string? Reasoning(JsonElement message) => Text(message, "reasoning_content") ?? Text(message, "reasoning");

    public static IEnumerable<JsonElement> Calls(JsonElement message) => message.TryGetProperty("tool_calls", out JsonElement calls) && calls.ValueKind == JsonValueKind.Array ? calls.EnumerateArray() : [];

    public static string Arguments(JsonElement function) => !function.TryGetProperty("arguments", out JsonElement arguments) ? "" : arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : arguments.GetRawText();

    public static UsageDetails? Usage(JsonElement root) => root.TryGetProperty("usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.Object
        ? new UsageDetails { InputTokenCount = Count(usage, "prompt_tokens"), OutputTokenCount = Count(usage, "completion_tokens"), TotalTokenCount = Count(usage, "total_tokens") }
        : null;

    /// <summary>What the server says of the probabilities of an answer's pieces; empty where it says nothing.</summary>
    public static IReadOnlyList<EndpointPiece> LogProbs(JsonElement choice)
    {
        if (!choice.TryGetProperty("logprobs", out JsonElement logProbs) || logProbs.ValueKind != JsonValueKind.Object || !logProbs.TryGetProperty("content", out JsonElement content) || content.ValueKind != JsonValueKind.Array) return [];
        return [.. content.EnumerateArray().Select(piece => new EndpointPiece(piece.GetProperty("token").GetString()!, piece.GetProperty("logprob").GetSingle(),
            piece.TryGetProperty("top_logprobs", out JsonElement top) && top.ValueKind == JsonValueKind.Array
                ? [.. top.EnumerateArray().Select(other => new PieceLogProb(other.GetProperty("token").GetString()!, other.GetProperty("logprob").GetSingle()))]
                : []))];
    }

    static long? Count(JsonElement usage, string name) => usage.TryGetProperty(name, out JsonElement count) && count.ValueKind == JsonValueKind.Number ? count.GetInt64() : null;

    public static string Shown(string body) => body.Length == 0 ? "nothing" : body.Length <= 200 ? body : body[..200] + "…";
}

/// <summary>A piece of an answer with the natural log of its probability, as a server says it.</summary>
internal sealed record EndpointPiece(string Text, float LogProb, IReadOnlyList<PieceLogProb> Top);

/// <summary>What could have come in a piece's place. Servers name pieces by their texts; they have no ids.</summary>
public sealed record PieceLogProb(string Text, float LogProb);

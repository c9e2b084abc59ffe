using System.Text.Json.Serialization;
using Juxta.Server.Completions;

namespace Juxta.Server.Chat;

/// <summary>An answer of <c>/v1/chat/completions</c>.</summary>
internal sealed record ChatResponse(string Id, long Created, string Model, IReadOnlyList<ChatChoice> Choices, Usage Usage)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "chat.completion";
}

/// <param name="Outcome">Juxta's own record of how it ended: <c>eos:2</c>, <c>stop:…</c>, <c>length</c> …</param>
internal sealed record ChatChoice(int Index, ChatMessage Message, ChatLogProbs? Logprobs, string FinishReason, string Outcome);

/// <param name="Content">Null where the answer is calls of tools and nothing else.</param>
internal sealed record ChatMessage(string? Content)
{
    [JsonPropertyOrder(-1)]
    public string Role { get; } = "assistant";

    public string? Refusal { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }
}

/// <summary>A call of a tool that the request offered.</summary>
/// <param name="Index">Its place in a stream; a whole answer has it not.</param>
internal sealed record ChatToolCall([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Index, string Id, ChatFunctionCall Function)
{
    public string Type { get; } = "function";
}

/// <param name="Arguments">The text of a JSON object.</param>
internal sealed record ChatFunctionCall(string Name, string Arguments);

/// <summary>One event of a streamed answer.</summary>
internal record ChatChunk(string Id, long Created, string Model, IReadOnlyList<ChatChunkChoice> Choices)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "chat.completion.chunk";
}

/// <summary>An event of a stream that was asked for usage: every event has the field, the last one fills it.</summary>
internal sealed record ChatChunkWithUsage(string Id, long Created, string Model, IReadOnlyList<ChatChunkChoice> Choices, [property: JsonPropertyOrder(1)] Usage? Usage)
    : ChatChunk(Id, Created, Model, Choices);

internal sealed record ChatChunkChoice(int Index, ChatDelta Delta, ChatLogProbs? Logprobs, string? FinishReason)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Outcome { get; init; }
}

/// <summary>What an event adds to the message: its role first, then text, then calls of tools, each whole.</summary>
internal sealed record ChatDelta
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }
}

internal sealed record ChatLogProbs(IReadOnlyList<ChatTokenLogProb> Content)
{
    public string? Refusal { get; }
}

/// <param name="Token">The token's text; escapes like <c>\xe4\xbd</c> where it is not whole characters.</param>
/// <param name="Logprob">Natural logarithm.</param>
/// <param name="Bytes">Its UTF-8 bytes.</param>
internal sealed record ChatTokenLogProb(string Token, float Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<ChatTopLogProb> TopLogprobs);

internal sealed record ChatTopLogProb(string Token, float Logprob, IReadOnlyList<int> Bytes);

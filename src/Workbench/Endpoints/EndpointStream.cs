using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Juxta.Engine.Chat;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Endpoints;

/// <summary>A streamed answer of the OpenAI chat API: events in, updates out. Pieces of a tool call are put together; usage comes last.</summary>
internal sealed class EndpointStream(Uri address)
{
    readonly SortedDictionary<int, Call> _calls = [];
    string? _id, _model;
    UsageDetails? _usage;
    bool _ended;

    /// <param name="body">Server-sent events.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="EndpointException">The stream breaks off, is no answer of the API, or brings an error.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancel)
    {
        bool done = false;
        await foreach (SseItem<string> item in SseParser.Create(body, (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(cancel))
        {
            if (item.Data.AsSpan().Trim() is "[DONE]")
            {
                done = true;
                break;
            }
            foreach (ChatResponseUpdate update in Read(item.Data)) yield return update;
        }
        if (!_ended && !done) throw new EndpointException($"{address} broke off in mid-answer: the stream ended without saying why; what came is kept");
        if (_calls.Count > 0) yield return Update([.. _calls.Values.Select((call, i) => ToolCallText.Call(call.Id ?? $"call_{i}", call.Name.ToString(), call.Arguments.ToString()))]);
        if (_usage is not null) yield return Update([new UsageContent(_usage)]);
    }

    List<ChatResponseUpdate> Read(string data)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(data);
            JsonElement root = document.RootElement;
            if (EndpointWire.ErrorOf(root) is { } error) throw new EndpointException($"{address} failed in mid-answer: {error}");
            _id ??= EndpointWire.Text(root, "id");
            _model ??= EndpointWire.Text(root, "model");
            List<ChatResponseUpdate> updates = [];
            // A last event with usage has no choice.
            if (root.GetProperty("choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0) updates.AddRange(Choice(choices[0]));
            // Some servers say it with every event; the last word counts.
            _usage = EndpointWire.Usage(root) ?? _usage;
            return updates;
        }
        catch (Exception error) when (EndpointWire.IsMalformed(error))
        {
            throw new EndpointException($"{address} streams what is no chat completion: {EndpointWire.Shown(data)}", error);
        }
    }

    IEnumerable<ChatResponseUpdate> Choice(JsonElement choice)
    {
        if (choice.TryGetProperty("delta", out JsonElement delta) && delta.ValueKind == JsonValueKind.Object)
        {
            if (EndpointWire.Reasoning(delta) is { Length: > 0 } thought) yield return Update([new TextReasoningContent(thought)]);
            IReadOnlyList<EndpointPiece> pieces = EndpointWire.LogProbs(choice);
            if (EndpointWire.Text(delta, "content") is { Length: > 0 } text)
            {
                ChatResponseUpdate update = Update([new TextContent(text)]);
                if (pieces.Count > 0) update.AdditionalProperties = new() { ["pieces"] = pieces };
                yield return update;
            }
            foreach (JsonElement part in EndpointWire.Calls(delta)) Add(part);
        }
        if (EndpointWire.Text(choice, "finish_reason") is not { } reason) yield break;
        _ended = true;
        ChatResponseUpdate last = Update([]);
        last.FinishReason = new ChatFinishReason(reason);
        if (EndpointWire.Text(choice, "outcome") is { } outcome) last.AdditionalProperties = new() { ["outcome"] = outcome };
        yield return last;
    }

    void Add(JsonElement part)
    {
        int index = part.TryGetProperty("index", out JsonElement place) && place.ValueKind == JsonValueKind.Number ? place.GetInt32() : _calls.Count;
        if (!_calls.TryGetValue(index, out Call? call)) _calls[index] = call = new Call();
        call.Id ??= EndpointWire.Text(part, "id");
        if (!part.TryGetProperty("function", out JsonElement function)) return;
        call.Name.Append(EndpointWire.Text(function, "name"));
        call.Arguments.Append(EndpointWire.Arguments(function));
    }

    ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents) { ResponseId = _id, MessageId = _id, ModelId = _model };

    sealed class Call
    {
        public string? Id { get; set; }

        public StringBuilder Name { get; } = new();

        public StringBuilder Arguments { get; } = new();
    }
}

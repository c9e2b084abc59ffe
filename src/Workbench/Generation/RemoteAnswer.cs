using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Endpoints;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Generation;

/// <summary>
/// An answer of another server as steps like those of the engine. Steps have no ids, since the server gives none; a probability where it gives one; the server's counts of tokens
/// on the last. A thought that it took out of the answer stands between the tags that <see cref="Thinking"/> reads; calls of tools stand behind the text, a line of JSON each.
/// </summary>
internal sealed class RemoteAnswer(IChatClient client, GenerationSpec spec, TimeProvider time)
{
    readonly long _asked = time.GetTimestamp();
    bool _thinks;

    /// <summary>Begins to ask when it is first read.</summary>
    public static TokenStream Begin(IChatClient client, GenerationSpec spec, TimeProvider time)
    {
        var cancel = new CancellationTokenSource();
        return new TokenStream(new RemoteAnswer(client, spec, time).ReadAsync(cancel.Token), cancel.Cancel, () => []);
    }

    async IAsyncEnumerable<MadeStep> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        RemotePrompt prompt = spec.Remote!;
        Outcome outcome = new(OutcomeKind.Stop);
        UsageDetails? usage = null;
        List<FunctionCallContent> calls = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(prompt.Messages.Select(Message), Options(prompt, spec.Request), cancel))
        {
            foreach (MadeStep step in Steps(update)) yield return step;
            calls.AddRange(update.Contents.OfType<FunctionCallContent>());
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            if (update.FinishReason is { } reason) outcome = Ended(reason.Value, update.AdditionalProperties?.GetValueOrDefault("outcome") as string);
        }
        if (_thinks) yield return Text(Thinking.Closer);
        if (calls.Count > 0)
        {
            string lines = string.Join('\n', calls.Select(ToolCallText.Line));
            yield return Text(lines) with { Remote = new RemoteStep { Calls = [.. calls.Select(call => new RemoteCall(call.CallId, call.Name, ToolCallText.Arguments(call)))] } };
        }
        yield return new MadeStep(new GeneratedToken { Outcome = outcome }, Now) { Remote = usage is null ? null : new RemoteStep { PromptTokens = (int?)usage.InputTokenCount, CompletionTokens = (int?)usage.OutputTokenCount } };
    }

    IEnumerable<MadeStep> Steps(ChatResponseUpdate update)
    {
        string thought = string.Concat(update.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
        if (thought.Length > 0)
        {
            if (!_thinks) yield return Text(Thinking.Opener);
            _thinks = true;
            yield return Text(thought);
        }
        string text = string.Concat(update.Contents.OfType<TextContent>().Select(content => content.Text));
        if (text.Length == 0) yield break;
        if (_thinks) yield return Text(Thinking.Closer);
        _thinks = false;
        IReadOnlyList<EndpointPiece> pieces = update.AdditionalProperties?.GetValueOrDefault("pieces") as IReadOnlyList<EndpointPiece> ?? [];
        if (pieces.Count == 1) yield return Piece(text, pieces[0]);
        // Pieces that hold half a character do not add up to the text; then nobody knows which of it is whose.
        else if (pieces.Count > 1 && string.Concat(pieces.Select(piece => piece.Text)) == text) foreach (EndpointPiece piece in pieces) yield return Piece(piece.Text, piece);
        else yield return Text(text);
    }

    MadeStep Piece(string text, EndpointPiece piece) =>
        new(new GeneratedToken { Text = text, LogProb = piece.LogProb }, Now) { Remote = piece.Top.Count > 0 ? new RemoteStep { Top = piece.Top } : null };

    MadeStep Text(string text) => new(new GeneratedToken { Text = text }, Now);

    TimeSpan Now => time.GetElapsedTime(_asked);

    /// <summary>Another Juxta says exactly how the answer ended; the API's own words know less.</summary>
    static Outcome Ended(string reason, string? outcome)
    {
        try
        {
            if (outcome is not null) return Outcome.Parse(outcome);
        }
        catch (FormatException)
        {
            // Some other program's word.
        }
        return reason switch
        {
            "length" => Outcome.Length,
            "content_filter" => Outcome.Error("the server's content filter cut the answer"),
            _ => new Outcome(OutcomeKind.Stop),
        };
    }

    /// <summary>What the sender had thought before an earlier answer is not sent: the templates of models that think leave it out too.</summary>
    static ChatMessage Message(PromptMessage message)
    {
        string text = message.Role == Roles.Assistant ? Thinking.Without(message.Content) : message.Content;
        JsonObject fields = message.Fields ?? [];
        if (message.Role == Roles.Tool && fields["tool_call_id"] is JsonValue id) return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id.ToString(), text)]);
        var sent = new ChatMessage(new ChatRole(message.Role), text) { AuthorName = fields["name"]?.ToString() };
        foreach (JsonNode? call in fields["tool_calls"] as JsonArray ?? [])
            if (call?["function"] is JsonObject function) sent.Contents.Add(ToolCallText.Call(call["id"]?.ToString() ?? "", function["name"]?.ToString() ?? "", function["arguments"] is JsonValue value ? value.ToString() : function["arguments"]?.ToJsonString() ?? ""));
        return sent;
    }

    /// <summary>What servers do not all know is sent only where it was asked for.</summary>
    static ChatOptions Options(RemotePrompt prompt, GenerationRequest request)
    {
        var further = new AdditionalPropertiesDictionary();
        var options = new ChatOptions
        {
            MaxOutputTokens = request.MaxTokens,
            StopSequences = request.Stop.Strings.Count > 0 ? [.. request.Stop.Strings] : null,
            // Not every server can read 64 bits.
            Seed = (long)(request.Seed & int.MaxValue),
            AdditionalProperties = further,
        };
        if (prompt.Tools is { } tools) further["tools"] = JsonSerializer.SerializeToElement(JsonNode.Parse(tools));
        if (request.LogProbs is { } alternatives) further["logprobs"] = alternatives;
        if (request.Stop.Ids.Count > 0) further["stop_token_ids"] = request.Stop.Ids;
        if (request.Stop.IgnoreEos) further["ignore_eos"] = true;
        if (request.Stop.MinTokens > 0) further["min_tokens"] = request.Stop.MinTokens;
        if (request.Stop.RepetitionLimit > 0) further["repetition_limit"] = request.Stop.RepetitionLimit;
        if (request.Stop.IncludeStopString) further["include_stop_str_in_output"] = true;
        if (prompt.Sampling is not { } sampling) return options;
        options.Temperature = sampling.Temperature;
        options.TopP = sampling.TopP;
        if (sampling.TopK > 0) options.TopK = sampling.TopK;
        if (sampling.PresencePenalty != 0) options.PresencePenalty = sampling.PresencePenalty;
        if (sampling.FrequencyPenalty != 0) options.FrequencyPenalty = sampling.FrequencyPenalty;
        if (sampling.MinP > 0) further["min_p"] = sampling.MinP;
        if (sampling.RepetitionPenalty != 1) further["repetition_penalty"] = sampling.RepetitionPenalty;
        if (sampling.LogitBias.Count > 0) further["logit_bias"] = sampling.LogitBias.ToDictionary(pair => pair.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), pair => pair.Value);
        return options;
    }
}

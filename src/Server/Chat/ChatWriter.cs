using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Server.Completions;
using Juxta.Server.Models;
using Juxta.Server.Wire;
using Juxta.Workbench.Chat;

namespace Juxta.Server.Chat;

/// <summary>Writes chat answers, whole or event by event.</summary>
/// <param name="tools">What the request offered; null = nothing, and no text is a call.</param>
internal sealed class ChatWriter(RequestedModel model, DateTimeOffset now, bool logProbs, JsonArray? tools)
{
    readonly string _id = $"chatcmpl-{Guid.NewGuid():n}";
    readonly long _created = now.ToUnixTimeSeconds();
    readonly TokenTexts _texts = new(model.Tokenizer);

    public ChatResponse Whole(IReadOnlyList<AnswerText> answers) => new(
        _id, _created, model.Name,
        [.. answers.Select(Choice)],
        Usage.Of(answers));

    ChatChoice Choice(AnswerText answer, int index)
    {
        ToolCallReader reader = Reader();
        string text = reader.Push(answer.Text);
        (string rest, IReadOnlyList<ToolCall> calls) = reader.End();
        text += rest;
        var message = new ChatMessage(text.Length == 0 && calls.Count > 0 ? null : text) { ToolCalls = Calls(calls, indexed: false) };
        return new ChatChoice(index, message, LogProbs(answer.Tokens), FinishReason(answer.Outcome!, calls), answer.Outcome!.ToString());
    }

    ToolCallReader Reader() => ToolCallReader.For(tools is null ? null : PromptRenderer.ToolCallsOf(model.Model), tools is null ? null : JsonSerializer.SerializeToElement(tools));

    static ChatToolCall[]? Calls(IReadOnlyList<ToolCall> calls, bool indexed) =>
        calls.Count == 0 ? null : [.. calls.Select((call, i) => new ChatToolCall(indexed ? i : null, ToolCallText.NewId(), new ChatFunctionCall(call.Name, call.Arguments)))];

    static string FinishReason(Outcome outcome, IReadOnlyList<ToolCall> calls) => calls.Count > 0 && outcome.FinishReason == "stop" ? "tool_calls" : outcome.FinishReason;

    /// <summary>Each answer's role, then its text as it comes, then how it ended; last, when asked for, the usage of all.</summary>
    public async Task StreamAsync(EventStream events, AnswerRun run, AnswerText[] answers, bool includeUsage, CancellationToken cancel)
    {
        for (int index = 0; index < answers.Length; index++)
        {
            await SendAsync(new ChatChunkChoice(index, new ChatDelta { Role = "assistant", Content = "" }, null, null));
        }

        ToolCallReader[] readers = [.. answers.Select(_ => Reader())];
        await using IAsyncEnumerator<(int Answer, GeneratedToken Step)> steps = run.ReadAsync(cancel).GetAsyncEnumerator(cancel);
        while (await events.KeepAliveUntilAsync(steps.MoveNextAsync().AsTask()))
        {
            (int answer, GeneratedToken step) = steps.Current;
            IReadOnlyList<VisibleToken> tokens = answers[answer].Add(step);
            string text = readers[answer].Push(step.Text);
            (string Text, IReadOnlyList<ToolCall> Calls) rest = step.Outcome is null ? ("", []) : readers[answer].End();
            text += rest.Text;
            if (text.Length > 0 || (logProbs && tokens.Count > 0))
            {
                await SendAsync(new ChatChunkChoice(answer, new ChatDelta { Content = text }, LogProbs(tokens), null));
            }

            if (rest.Calls.Count > 0) await SendAsync(new ChatChunkChoice(answer, new ChatDelta { ToolCalls = Calls(rest.Calls, indexed: true) }, null, null));
            if (step.Outcome is Outcome outcome)
            {
                await SendAsync(new ChatChunkChoice(answer, new ChatDelta(), null, FinishReason(outcome, rest.Calls)) { Outcome = outcome.ToString() });
            }
        }

        if (includeUsage) await events.SendAsync(new ChatChunkWithUsage(_id, _created, model.Name, [], Usage.Of(answers)), WireJson.Default.ChatChunkWithUsage);

        Task SendAsync(ChatChunkChoice choice) => includeUsage
            ? events.SendAsync(new ChatChunkWithUsage(_id, _created, model.Name, [choice], null), WireJson.Default.ChatChunkWithUsage)
            : events.SendAsync(new ChatChunk(_id, _created, model.Name, [choice]), WireJson.Default.ChatChunk);
    }

    ChatLogProbs? LogProbs(IReadOnlyList<VisibleToken> tokens) => !logProbs ? null : new ChatLogProbs(
        [.. tokens.Select(token => new ChatTokenLogProb(
            _texts.Escaped(token.Id), TokenTexts.Finite(token.LogProb ?? float.NegativeInfinity), Bytes(token.Id),
            [.. token.Top.Select(top => new ChatTopLogProb(_texts.Escaped(top.Id), TokenTexts.Finite(top.LogProb), Bytes(top.Id)))]))]);

    int[] Bytes(int id) => [.. _texts.Bytes(id).Select(value => (int)value)];
}

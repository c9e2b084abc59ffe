using Juxta.Engine.Generation;
using Juxta.Server.Completions;
using Juxta.Server.Models;
using Juxta.Server.Wire;

namespace Juxta.Server.Chat;

/// <summary>Writes chat answers, whole or event by event.</summary>
internal sealed class ChatWriter(RequestedModel model, DateTimeOffset now, bool logProbs)
{
    readonly string _id = $"chatcmpl-{Guid.NewGuid():n}";
    readonly long _created = now.ToUnixTimeSeconds();
    readonly TokenTexts _texts = new(model.Tokenizer);

    public ChatResponse Whole(IReadOnlyList<AnswerText> answers) => new(
        _id, _created, model.Name,
        [.. answers.Select((answer, index) => new ChatChoice(
            index, new ChatMessage(answer.Text), LogProbs(answer.Tokens), answer.Outcome!.FinishReason, answer.Outcome.ToString()))],
        Usage.Of(answers));

    /// <summary>Each answer's role, then its text as it comes, then how it ended; last, when asked for, the usage of all.</summary>
    public async Task StreamAsync(EventStream events, AnswerRun run, AnswerText[] answers, bool includeUsage, CancellationToken cancel)
    {
        for (int index = 0; index < answers.Length; index++)
        {
            await SendAsync(new ChatChunkChoice(index, new ChatDelta { Role = "assistant", Content = "" }, null, null));
        }

        await using IAsyncEnumerator<(int Answer, GeneratedToken Step)> steps = run.ReadAsync(cancel).GetAsyncEnumerator(cancel);
        while (await events.KeepAliveUntilAsync(steps.MoveNextAsync().AsTask()))
        {
            (int answer, GeneratedToken step) = steps.Current;
            IReadOnlyList<VisibleToken> tokens = answers[answer].Add(step);
            if (step.Text.Length > 0 || (logProbs && tokens.Count > 0))
            {
                await SendAsync(new ChatChunkChoice(answer, new ChatDelta { Content = step.Text }, LogProbs(tokens), null));
            }

            if (step.Outcome is Outcome outcome)
            {
                await SendAsync(new ChatChunkChoice(answer, new ChatDelta(), null, outcome.FinishReason) { Outcome = outcome.ToString() });
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

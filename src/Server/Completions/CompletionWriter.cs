using Juxta.Engine.Generation;
using Juxta.Server.Models;
using Juxta.Server.Wire;

namespace Juxta.Server.Completions;

/// <summary>Writes the answers of the completions API, whole or event by event.</summary>
internal sealed class CompletionWriter(RequestedModel model, DateTimeOffset now, TokenTexts texts, CompletionRequest request, IReadOnlyList<EncodedPrompt> prompts)
{
    readonly string _id = $"cmpl-{Guid.NewGuid():n}";
    readonly long _created = now.ToUnixTimeSeconds();

    public async Task<CompletionResponse> WholeAsync(AnswerRun run, AnswerText[] answers, CancellationToken cancel)
    {
        var echoes = new Echo?[answers.Length];
        await foreach ((int index, GeneratedToken step) in run.ReadAsync(cancel))
        {
            if (!request.Echo || echoes[index] is not null)
            {
                answers[index].Add(step);
                continue;
            }

            echoes[index] = await EchoAsync(run, answers[index], index, cancel);
            answers[index].Add(AfterEcho(answers[index], step));
        }

        IEnumerable<CompletionChoice> choices = answers.Select((answer, index) => new CompletionChoice(
            index, answer.Text, LogProbs(echoes[index], answer.Tokens), answer.Outcome!.FinishReason, answer.Outcome.ToString())
        {
            TokenIds = request.ReturnTokenIds ? answer.Drawn : null,
            PromptTokenIds = request.ReturnTokenIds ? prompts[answer.Prompt].Ids : null,
        });
        return new CompletionResponse(_id, _created, model.Name, [.. choices]) { Usage = Usage.Of(answers) };
    }

    /// <summary>Each answer's echo, then its text as it comes, its last event with how it ended; last of all, when asked for, the usage.</summary>
    public async Task StreamAsync(EventStream events, AnswerRun run, AnswerText[] answers, CancellationToken cancel)
    {
        var echoes = new Echo?[answers.Length];
        await using IAsyncEnumerator<(int Answer, GeneratedToken Step)> steps = run.ReadAsync(cancel).GetAsyncEnumerator(cancel);
        while (await events.KeepAliveUntilAsync(steps.MoveNextAsync().AsTask()))
        {
            (int index, GeneratedToken step) = steps.Current;
            if (request.Echo && echoes[index] is null)
            {
                Echo echo = echoes[index] = await EchoAsync(run, answers[index], index, cancel);
                await SendAsync(new CompletionChoice(index, echo.Text, LogProbs(echo, []), null, null));
                step = AfterEcho(answers[index], step);
            }

            bool first = answers[index].DrawnCount == 0;
            IReadOnlyList<VisibleToken> tokens = answers[index].Add(step);
            if (step.Text.Length > 0 || step.Outcome is not null || (request.LogProbs is not null && tokens.Count > 0) || request.ReturnTokenIds)
            {
                await SendAsync(new CompletionChoice(index, step.Text, LogProbs(null, tokens), step.Outcome?.FinishReason, step.Outcome?.ToString())
                {
                    TokenIds = !request.ReturnTokenIds ? null : step.Id is int id ? [id] : [],
                    PromptTokenIds = request.ReturnTokenIds && first ? prompts[answers[index].Prompt].Ids : null,
                });
            }
        }

        if (request.Generation.IncludeUsage) await events.SendAsync(new CompletionResponse(_id, _created, model.Name, []) { Usage = Usage.Of(answers) }, WireJson.Default.CompletionResponse);

        Task SendAsync(CompletionChoice choice) => events.SendAsync(new CompletionResponse(_id, _created, model.Name, [choice]), WireJson.Default.CompletionResponse);
    }

    async Task<Echo> EchoAsync(AnswerRun run, AnswerText answer, int index, CancellationToken cancel)
    {
        string text = prompts[answer.Prompt].Text;
        answer.Precede(text);
        return new Echo(text, request.LogProbs is null ? [] : await run.PromptScoresAsync(index, cancel));
    }

    /// <summary>An answer's first step, so that its text reads on from the prompt's.</summary>
    GeneratedToken AfterEcho(AnswerText answer, GeneratedToken step) =>
        step.Id is int first ? step with { Text = texts.Between(prompts[answer.Prompt].Ids[^1], first) + step.Text } : step;

    CompletionLogProbs? LogProbs(Echo? echo, IReadOnlyList<VisibleToken> tokens)
    {
        if (request.LogProbs is null) return null;
        var lists = new CompletionLogProbs([], [], [], []);
        if (echo is not null)
        {
            IReadOnlyList<int> offsets = texts.Offsets([.. echo.Scores.Select(score => score.Id)], echo.Text);
            for (int i = 0; i < echo.Scores.Count; i++) Append(lists, echo.Scores[i].Id, echo.Scores[i].LogProb, echo.Scores[i].Top, offsets[i]);
        }

        foreach (VisibleToken token in tokens) Append(lists, token.Id, token.LogProb, token.Top, token.Offset);
        return lists;
    }

    void Append(CompletionLogProbs lists, int id, float? logProb, IReadOnlyList<TokenLogProb> top, int offset)
    {
        string text = texts.Tagged(id);
        lists.Tokens.Add(text);
        lists.TokenLogprobs.Add(logProb is float known ? TokenTexts.Finite(known) : null);
        lists.TextOffset.Add(offset);
        if (logProb is null)
        {
            lists.TopLogprobs.Add(null);
            return;
        }

        // Two ids may look the same: the likelier one stays, as it would win the draw.
        var likeliest = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (TokenLogProb other in top) likeliest.TryAdd(texts.Tagged(other.Id), TokenTexts.Finite(other.LogProb));
        likeliest.TryAdd(text, TokenTexts.Finite(logProb.Value));
        lists.TopLogprobs.Add(likeliest);
    }

    /// <param name="Text">The prompt.</param>
    /// <param name="Scores">Its tokens with their log-probabilities, where those are wanted.</param>
    sealed record Echo(string Text, IReadOnlyList<TokenScore> Scores);
}

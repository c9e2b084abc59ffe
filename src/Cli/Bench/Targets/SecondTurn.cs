using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.Cli.Bench.Targets;

/// <summary>How long a conversation's second turn waits for its first token, beside the first turn, whose prompt nothing is known of.</summary>
internal sealed class SecondTurn(InferenceEngine engine, CancellationToken cancel)
{
    const int PromptTokens = 2000, AnswerTokens = 64, QuestionTokens = 24;
    const double Bound = 0.05;

    readonly Random _random = new(2);
    int[] _text = [];

    /// <summary>Tokens that the cache must hold for a conversation.</summary>
    public static int CacheTokens(int context) => Prompt(context) + (2 * AnswerTokens) + QuestionTokens + 64;

    /// <summary>Null where the model's context is too short for a prompt of any use.</summary>
    public async Task<Target?> MeasureAsync(int threads, int runs)
    {
        int prompt = Prompt(engine.TokenLimit);
        if (prompt < 8 * QuestionTokens) return null;
        double cold = 0;
        Turns turns = await Turns.TakeAsync(
            runs, threads,
            async () =>
            {
                _text = Ids(prompt);
                cold = await FirstTokenAsync();
                _text = [.. _text, .. Ids(QuestionTokens)];
                return await FirstTokenAsync();
            },
            () => Task.FromResult(cold));
        return new Target(
            "second_turn", $"first token of a second turn behind {prompt:N0} tokens / of the first", turns.Ratio, Bound, AtMost: true,
            $"{1e3 * turns.A:0} ms for {QuestionTokens} new tokens, {1e3 * turns.B:0} ms for the first prompt", turns.MemoryGigabytesPerSecond);
    }

    static int Prompt(int context) => Math.Min(PromptTokens, context - (2 * AnswerTokens) - QuestionTokens);

    /// <summary>Seconds to the first token; the answer joins the text.</summary>
    async Task<double> FirstTokenAsync()
    {
        long start = Stopwatch.GetTimestamp();
        double? first = null;
        var answer = new List<int>();
        var request = new GenerationRequest { PromptIds = _text, MaxTokens = AnswerTokens, Sampling = SamplingOptions.Greedy, Stop = new StopOptions { IgnoreEos = true } };
        await foreach (GeneratedToken token in engine.Submit(request).ReadAsync(cancel))
        {
            if (token.Id is not { } id) continue;
            first ??= Stopwatch.GetElapsedTime(start).TotalSeconds;
            answer.Add(id);
        }
        _text = [.. _text, .. answer];
        return first ?? throw new InvalidOperationException("an answer without a token");
    }

    int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(engine.Model.Description.Vocabulary))];
}

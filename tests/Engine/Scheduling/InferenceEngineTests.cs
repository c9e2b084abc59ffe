using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineTests.Scheduling;

public class InferenceEngineTests
{
    static readonly EngineOptions Small = new() { CacheTokens = 1024, StepTokens = 64 };

    [Fact]
    public async Task Greedy_answers_are_those_of_the_plain_loop()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), Small, null, []);
        Answer answer = await engine.Run(Runs.Greedy(50, 5, 6, 7));
        Assert.Equal(Runs.Expected(50, 5, 6, 7), answer.Ids);
        Assert.Equal(Outcome.Length, answer.Outcome);
    }

    [Fact]
    public async Task A_request_gives_the_same_answer_alone_and_among_neighbours()
    {
        int[] prompt = [.. Enumerable.Range(0, 150).Select(i => i * 7 % 300)];
        await using var alone = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), Small with { StepTokens = 512 }, null, []);
        Answer expected = await alone.Run(Runs.Sampled(60, 42, prompt));

        await using var busy = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), Small with { CacheTokens = 8192 }, null, []);
        Task<Answer>[] neighbours = [.. Enumerable.Range(0, 20).Select(i => busy.Run(Runs.Sampled(5 + (i * 3), (ulong)i, [.. Enumerable.Range(i, 10 + (i * 9))])))];
        Task<Answer>[] same = [.. Enumerable.Range(0, 4).Select(_ => busy.Run(Runs.Sampled(60, 42, prompt)))];
        foreach (Answer answer in await Task.WhenAll(same)) Assert.Equal(expected.Ids, answer.Ids);
        await Task.WhenAll(neighbours);
    }

    [Fact]
    public async Task A_cache_too_small_for_all_gives_everybody_the_same_answer_later()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random);
        // Five blocks: every sequence needs three at its end, so they push each other out.
        await using var engine = new InferenceEngine(decoder, new EngineOptions { CacheTokens = 160, StepTokens = 16, MaxSequences = 8 }, null, []);
        Task<Answer>[] answers = [.. Enumerable.Range(0, 12).Select(i => engine.Run(Runs.Greedy(80, i, i + 1, i + 2)))];
        for (int i = 0; i < answers.Length; i++) Assert.Equal(Runs.Expected(80, i, i + 1, i + 2), (await answers[i]).Ids);
        await Eventually(() => engine.Load is { CacheTokensUsed: 0, Running: 0, Waiting: 0 });
    }

    [Fact]
    public async Task A_long_prompt_does_not_starve_a_running_answer()
    {
        using var gate = new ManualResetEventSlim();
        var decoder = new RecallDecoder(RecallDecoder.Random) { OnStep = _ => gate.Wait() };
        await using var engine = new InferenceEngine(decoder, new EngineOptions { CacheTokens = 2048, StepTokens = 8, MaxSequences = 8 }, null, []);
        Task<Answer> answering = engine.Run(Runs.Greedy(200, 1));
        Task<Answer> late = engine.Run(Runs.Greedy(4, [.. Enumerable.Repeat(3, 400)]));
        gate.Set();
        Assert.Equal(200, (await answering).Ids.Length);
        Assert.Equal(4, (await late).Ids.Length);
        // Every step has room for 7 tokens of the long prompt beside the answer's one, and none goes without the answer.
        Assert.True(decoder.Steps.Count(step => step is { Sequences: 2, Tokens: 8 }) >= 57, string.Join(" ", decoder.Steps));
        Assert.DoesNotContain((1, 8, 0), decoder.Steps);
    }

    [Fact]
    public async Task A_family_whose_prompt_must_stay_whole_gets_it_in_one_step()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, promptInOneStep: true);
        await using var engine = new InferenceEngine(decoder, Small, null, []);
        int[] prompt = [.. Enumerable.Range(0, 200)];
        Assert.Equal(Runs.Expected(5, prompt), (await engine.Run(Runs.Greedy(5, prompt))).Ids);
        Assert.Contains((1, 200, 1), decoder.Steps);
    }

    [Fact]
    public async Task Cancelling_ends_the_answer_and_frees_its_blocks()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random, context: 100_000), new EngineOptions { CacheTokens = 100_000 }, null, []);
        RunningGeneration generation = engine.Submit(Runs.Greedy(90_000, 1));
        await using (IAsyncEnumerator<GeneratedToken> reader = generation.ReadAsync().GetAsyncEnumerator()) await reader.MoveNextAsync();
        generation.Cancel();
        Assert.Equal(Outcome.Cancelled, await generation.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
        await Eventually(() => engine.Load is { CacheTokensUsed: 0, Running: 0 });
    }

    [Fact]
    public async Task A_step_keeps_the_time_it_was_made_however_late_it_is_read()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random) { OnStep = _ => Thread.Sleep(2) }, Small, null, []);
        RunningGeneration running = engine.Submit(Runs.Greedy(20, 5, 6, 7));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await running.Completion;
        TimeSpan ended = watch.Elapsed;
        await Task.Delay(200);
        TimeSpan[] times = [.. (await running.ReadTimedAsync().ToListAsync()).Select(step => step.At)];
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[^1], times[0] + TimeSpan.FromMilliseconds(19 * 2), ended + TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_with_a_time_to_come_back()
    {
        using var gate = new ManualResetEventSlim();
        var decoder = new RecallDecoder(RecallDecoder.Random) { OnStep = _ => gate.Wait() };
        await using var engine = new InferenceEngine(decoder, new EngineOptions { CacheTokens = 64, MaxSequences = 1, QueueLength = 2 }, null, []);
        RunningGeneration[] taken = [engine.Submit(Runs.Greedy(2, 1)), engine.Submit(Runs.Greedy(2, 1))];
        var busy = Assert.Throws<EngineBusyException>(() => engine.Submit(Runs.Greedy(2, 1)));
        Assert.InRange(busy.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Assert.Contains("try again in", busy.Message, StringComparison.Ordinal);
        gate.Set();
        foreach (RunningGeneration generation in taken) Assert.Equal(2, (await generation.Read()).Ids.Length);
        Assert.Equal(2, (await engine.Run(Runs.Greedy(2, 1))).Ids.Length);
    }

    [Fact]
    public async Task A_step_that_fails_ends_its_sequences_with_the_error_and_no_others()
    {
        bool fail = false;
        var decoder = new RecallDecoder(RecallDecoder.Random) { OnStep = _ => { if (fail) throw new InvalidOperationException("the moon is wrong"); } };
        await using var engine = new InferenceEngine(decoder, Small, null, []);
        Assert.Equal(Outcome.Length, (await engine.Run(Runs.Greedy(2, 1))).Outcome);
        fail = true;
        Assert.Equal(Outcome.Error("the model step failed: the moon is wrong"), (await engine.Run(Runs.Greedy(2, 1))).Outcome);
        fail = false;
        Assert.Equal(Runs.Expected(2, 1), (await engine.Run(Runs.Greedy(2, 1))).Ids);
        Assert.Equal(0, engine.Load.Running);
    }

    [Fact]
    public async Task Logits_that_are_not_numbers_end_that_answer_alone()
    {
        var decoder = new RecallDecoder((ids, adapters, logits) =>
        {
            RecallDecoder.Random(ids, adapters, logits);
            if (ids[0] == 9 && ids.Length > 3) logits[17] = float.NaN;
        });
        await using var engine = new InferenceEngine(decoder, Small, null, []);
        Task<Answer> good = engine.Run(Runs.Greedy(10, 8));
        Answer bad = await engine.Run(Runs.Greedy(10, 9));
        Assert.Equal(OutcomeKind.Error, bad.Outcome.Kind);
        Assert.Contains("not finite (NaN or infinity)", bad.Outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(3, bad.Ids.Length);
        Assert.Equal(Runs.Expected(10, 8), (await good).Ids);
    }

    [Fact]
    public async Task Disposing_ends_what_runs_and_what_waits_as_cancelled()
    {
        var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), new EngineOptions { CacheTokens = 1024, MaxSequences = 1 }, null, []);
        RunningGeneration[] generations = [.. Enumerable.Range(0, 5).Select(i => engine.Submit(Runs.Greedy(1000, i)))];
        await engine.DisposeAsync();
        await engine.DisposeAsync();
        foreach (RunningGeneration generation in generations) Assert.Contains(await generation.Completion, (Outcome[])[Outcome.Cancelled, Outcome.Length]);
        Assert.Equal(Outcome.Cancelled, await generations[^1].Completion);
        Assert.Throws<ObjectDisposedException>(() => engine.Submit(Runs.Greedy(1, 1)));
    }

    [Fact]
    public async Task Logits_of_every_position_come_in_pieces_and_are_those_of_the_model()
    {
        const int Vocabulary = 100_000;
        var decoder = new RecallDecoder(RecallDecoder.Random, Vocabulary);
        await using var engine = new InferenceEngine(decoder, Small with { StepTokens = 512 }, null, []);
        int[] ids = [.. Enumerable.Range(0, 170)];
        LogitsResult result = await engine.LogitsAsync(ids, []);
        Assert.Equal((170, Vocabulary), (result.Tokens, result.Vocabulary));
        var expected = new float[Vocabulary];
        for (int i = 0; i < ids.Length; i++)
        {
            RecallDecoder.Random(ids.AsSpan(0, i + 1), Juxta.Engine.Lora.AdapterSet.None, expected);
            Assert.True(expected.AsSpan().SequenceEqual(result.Values.AsSpan(i * Vocabulary, Vocabulary)), $"row {i}");
        }
        Assert.Equal([100, 70], decoder.Steps.Select(step => step.Rows).Where(rows => rows > 1)); // 40 MB at a time
    }

    [Fact]
    public async Task Steps_are_counted_and_those_with_a_full_batch()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), Small with { MaxSequences = 2, StepTokens = 64 }, null, []);
        await engine.Submit(Runs.Greedy(8, 1)).Completion;
        Assert.Equal(new EngineSteps(8, 0), engine.Steps); // one sequence of two, and never 64 tokens
        await engine.Submit(Runs.Greedy(1, [.. Enumerable.Range(0, 64)])).Completion;
        Assert.Equal(new EngineSteps(9, 1), engine.Steps);
    }

    [Fact]
    public async Task Prompt_scores_are_the_log_softmax_of_the_row_before()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), Small, null, []);
        int[] prompt = [.. Enumerable.Range(0, 130)];
        RunningGeneration generation = engine.Submit(Runs.Greedy(0, prompt) with { ScorePrompt = true, LogProbs = 2 });
        Answer answer = await generation.Read();
        Assert.Empty(answer.Ids);
        Assert.Equal(Outcome.Length, answer.Outcome);
        Assert.Equal(prompt, generation.PromptScores.Select(score => score.Id));
        Assert.Null(generation.PromptScores[0].LogProb);
        var row = new float[300];
        for (int i = 1; i < prompt.Length; i++)
        {
            RecallDecoder.Random(prompt.AsSpan(0, i), Juxta.Engine.Lora.AdapterSet.None, row);
            double logSum = Math.Log(row.Sum(x => Math.Exp(x)));
            Assert.Equal(row[i] - logSum, generation.PromptScores[i].LogProb!.Value, 1e-5);
            Assert.Equal(row.OrderDescending().Take(2).Select(x => x - logSum), generation.PromptScores[i].Top.Select(top => (double)top.LogProb), (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    [Fact]
    public async Task An_idle_engine_takes_no_steps()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random);
        await using var engine = new InferenceEngine(decoder, Small, null, []);
        await engine.Run(Runs.Greedy(3, 1));
        int steps = decoder.Steps.Count;
        await Task.Delay(50);
        Assert.Equal(steps, decoder.Steps.Count);
        Assert.Equal(2 + 3, steps); // warm-up, and one step per token
    }

    static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 500 && !condition(); i++) await Task.Delay(10);
        Assert.True(condition());
    }
}

using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;
using Juxta.EngineTests.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Scheduling;

/// <summary>A token costs the collector nothing on the engine's threads: scheduling, the model step, sampling, stops and text.</summary>
public sealed class AllocationTests
{
    // Tables that double (rotation, the stream's queue) do so at powers of two: positions 40 + 240 … 40 + 460 pass none.
    const int Prompt = 40, Answer = 470, From = 240, To = 460;

    public static TheoryData<string> Cases => new("greedy", "greedy, cache in bf16", "greedy, cache in q8_0", "top_p and top_k", "all of the distribution", "min_p", "stop strings", "an adapter", "repetition limit");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Two_hundred_steady_steps_allocate_nothing_on_the_engine_thread(string what)
    {
        using LanguageModel model = LanguageModel.Open(Path.Combine(Fixtures.Repository, "models", "demo"), threads: 2, cache: CacheStorage.Find(what.StartsWith("greedy, cache in ") ? what[17..] : "f32"));
        var metered = new MeteredDecoder(model.Decoder);
        await using var engine = new InferenceEngine(metered, new EngineOptions { CacheTokens = 4096 }, TextVocabulary.Of(model.Tokenizer), []);
        if (what == "an adapter") await engine.LoadAdapterAsync(Path.Combine(model.Folder, "adapters", "cheerful"), "a");
        GenerationRequest request = new()
        {
            PromptIds = [.. Enumerable.Range(0, Prompt).Select(i => 300 + (i * 7))],
            MaxTokens = Answer,
            Seed = 11,
            Sampling = what switch
            {
                "top_p and top_k" => new() { Temperature = 1, TopP = 0.9f, TopK = 50 },
                "all of the distribution" or "repetition limit" => new() { Temperature = 1 },
                "min_p" => new() { Temperature = 1, MinP = 0.02f },
                _ => SamplingOptions.Greedy,
            },
            Stop = new StopOptions
            {
                Strings = what == "stop strings" ? ["never to be seen", "##"] : [],
                RepetitionLimit = what == "repetition limit" ? 100 : 0,
            },
            Adapters = what == "an adapter" ? [new("a", 0.5f)] : [],
        };
        // Special tokens have no text: none may be drawn.
        request = request with { Stop = request.Stop with { MinTokens = Answer, Ids = [.. Enumerable.Range(0, model.Description.Vocabulary).Where(model.Tokenizer!.IsSpecial)] } };
        // The first time words are met and buffers grow to what this answer needs.
        for (int time = 0; time < 2; time++)
        {
            RunningGeneration generation = engine.Submit(request);
            Assert.Equal(Outcome.Length, await generation.Completion);
            Assert.InRange((await generation.Read()).Text.Length, Answer, 100 * Answer);
            int first = metered.Steps - Answer; // that of the prompt, which draws the first token
            if (time == 1) Assert.Equal(0, metered.Between(first + From, first + To));
        }
    }

    [Fact]
    public void Workers_allocate_nothing()
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(Path.Combine(Fixtures.Repository, "models", "demo"), pool);
        using var runner = new DecoderRunner(decoder);
        DecoderRunner.Text text = runner.Begin(capacity: 200);
        runner.Step((text, runner.RandomIds(1, 60)));
        long before = WorkerBytes(pool);
        for (int i = 0; i < 100; i++) runner.Step((text, [i]));
        Assert.Equal(0, WorkerBytes(pool) - before);
    }

    struct Meeting
    {
        public int Arrived;
        public long Bytes;
    }

    /// <summary>What the second of two threads has allocated: each takes one of two chunks, since a chunk ends when both have begun.</summary>
    static unsafe long WorkerBytes(WorkerPool pool)
    {
        Meeting meeting = default;
        pool.Run(2, &Note, &meeting);
        return meeting.Bytes;
    }

    static unsafe void Note(Meeting* meeting, int chunk, int worker)
    {
        Interlocked.Increment(ref meeting->Arrived);
        while (Volatile.Read(ref meeting->Arrived) < 2) Thread.SpinWait(1);
        if (worker == 1) meeting->Bytes = GC.GetAllocatedBytesForCurrentThread();
    }
}

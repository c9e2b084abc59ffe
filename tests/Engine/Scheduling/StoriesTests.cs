using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.EngineTests.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Scheduling;

/// <summary>The engine over a real trained model.</summary>
public class StoriesTests
{
    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    [InlineData("q8_0")]
    public async Task A_story_is_the_same_alone_in_a_crowd_and_in_any_pieces(string cache)
    {
        Assert.SkipWhen(TestModels.Backend is not null, "equal bits in every batch are what the engine's own kernels promise");
        using LanguageModel model = LanguageModel.Open(Fixtures.Require("models", "stories260k"), threads: 2, cache: CacheStorage.Find(cache));
        int[] prompt = model.Tokenizer!.Encode("Once upon a time", addSpecial: true);
        GenerationRequest request = Runs.Sampled(60, 7, prompt) with { LogProbs = 3 };
        Answer expected;
        await using (var alone = new InferenceEngine(model, new EngineOptions { CacheTokens = 512 })) expected = await alone.Run(request);
        Assert.Equal(model.Tokenizer.Decode(expected.Ids, skipSpecial: true), expected.Text);

        // A cache that cannot hold everybody and steps of 16 tokens: sequences are cut, mixed and pushed out.
        await using var crowded = new InferenceEngine(model, new EngineOptions { CacheTokens = 512, StepTokens = 16, MaxSequences = 16 });
        Task<Answer>[] others = [.. Enumerable.Range(0, 12).Select(i => crowded.Run(Runs.Sampled(20 + (5 * i), (ulong)i, [.. prompt, 100 + i])))];
        Task<Answer>[] same = [.. Enumerable.Range(0, 4).Select(_ => crowded.Run(request))];
        await Task.WhenAll(others);
        foreach (Answer answer in await Task.WhenAll(same))
        {
            Assert.Equal(expected.Text, answer.Text);
            Assert.Equal(expected.Steps.Select(step => step.LogProb), answer.Steps.Select(step => step.LogProb)); // to the last bit
        }
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("q8_0")]
    public async Task The_next_turn_over_what_is_kept_has_the_bits_of_a_fresh_one(string cache)
    {
        Assert.SkipWhen(TestModels.Backend is not null, "equal bits over what is kept are what the engine's own kernels promise");
        string folder = Fixtures.Require("models", "stories260k");
        // A model is one engine's: each warms it up on a thread of its own.
        using LanguageModel model = LanguageModel.Open(folder, threads: 2, cache: CacheStorage.Find(cache)), other = LanguageModel.Open(folder, threads: 2, cache: CacheStorage.Find(cache));
        await using var fresh = new InferenceEngine(other, new EngineOptions { CacheTokens = 1024, SharePrefixes = false });
        await using var keeping = new InferenceEngine(model, new EngineOptions { CacheTokens = 1024 });
        foreach (InferenceEngine engine in (InferenceEngine[])[fresh, keeping]) await engine.LoadAdapterAsync(Path.Combine(folder, "adapters", "lora-toy-chat"));
        int[] prompt = [.. model.Tokenizer!.Encode("Once upon a time", addSpecial: true)];
        foreach (IReadOnlyList<AdapterUse> adapters in (IReadOnlyList<AdapterUse>[])[[], [new("lora-toy-chat")], [new("lora-toy-chat", 0.5f)]])
        {
            int[] turn = prompt;
            for (int i = 0; i < 4; i++)
            {
                GenerationRequest request = Runs.Sampled(50, (ulong)i, turn) with { LogProbs = 3, Adapters = adapters, Stop = new StopOptions { IgnoreEos = true } };
                Answer expected = await fresh.Run(request), answer = await keeping.Run(request);
                Assert.Equal(expected.Ids, answer.Ids);
                Assert.Equal(expected.Steps.Select(step => step.LogProb), answer.Steps.Select(step => step.LogProb)); // to the last bit
                turn = [.. turn, .. answer.Ids, .. prompt];
            }
        }
    }

    /// <summary>Rounding by at most 1/254 of 32 channels' largest decides no word of this beginning, though many follow on each other; later one it does.</summary>
    [Fact]
    public async Task Eight_bits_tell_the_story_of_thirty_two()
    {
        string[] texts = await Task.WhenAll(((string[])["f32", "q8_0"]).Select(async cache =>
        {
            using LanguageModel model = LanguageModel.Open(Fixtures.Require("models", "stories260k"), threads: 1, cache: CacheStorage.Find(cache));
            await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512 });
            return (await engine.Run(Runs.Greedy(80, model.Tokenizer!.Encode("Once upon a time", addSpecial: true)))).Text;
        }));
        Assert.InRange(texts[0].Length, 150, 288);
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public async Task A_stop_string_that_spans_tokens_ends_a_story()
    {
        using LanguageModel model = LanguageModel.Open(Fixtures.Require("models", "stories260k"), threads: 1, backend: TestModels.Backend);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512 });
        int[] prompt = model.Tokenizer!.Encode("Once upon a time", addSpecial: true);
        Answer whole = await engine.Run(Runs.Greedy(60, prompt));
        string stop = whole.Text.Substring(30, 11);
        Answer stopped = await engine.Run(Runs.Greedy(60, prompt) with { Stop = new StopOptions { Strings = [stop] } });
        Assert.Equal(Outcome.Stop(stop), stopped.Outcome);
        Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.True(stopped.Ids.Length < whole.Ids.Length);
    }
}

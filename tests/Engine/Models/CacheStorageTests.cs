using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.EngineTests.Scheduling;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>Keys and values rounded as they are written: what changes, and that it is told.</summary>
public sealed class CacheStorageTests
{
    static readonly string Folder = Fixtures.Require("models", "qwen2.5-tied-bf16");

    /// <summary>Of 8 channels a head: of f32 (8 + 32) lines of 128 bytes; of q8_0 a line of scales, 8 lines of 32 bytes and 32 of 36.</summary>
    [Theory]
    [InlineData("f16", 0.5, 1e-3)]
    [InlineData("bf16", 0.5, 1e-2)]
    [InlineData("q8_0", 1536.0 / 5120, 2e-2)]
    public void Rounded_keys_and_values_move_logits_a_little_and_name_the_model_anew(string name, double bytes, double share)
    {
        CacheStorage storage = CacheStorage.Find(name)!;
        using LanguageModel plain = LanguageModel.Open(Folder, threads: 1), rounded = LanguageModel.Open(Folder, threads: 1, weights: WeightStorage.Find("f32"), cache: storage);
        using LanguageModel both = LanguageModel.Open(Folder, threads: 1, weights: WeightStorage.Find("q8_0"), cache: storage);
        Assert.Equal((CacheStorage.Float32, storage, name), (plain.Cache, rounded.Cache, rounded.Description.CacheRoundedTo));
        Assert.Equal(bytes * plain.CacheTokenBytes, rounded.CacheTokenBytes);
        Assert.Equal(($"{plain.WeightsHash}:cache-{name}", $"{plain.WeightsHash}:q8_0:cache-{name}"), (rounded.WeightsHash, both.WeightsHash));
        Assert.Equal((null, null, "q8_0"), (WeightStorage.OfHash(plain.WeightsHash), WeightStorage.OfHash(rounded.WeightsHash), WeightStorage.OfHash(both.WeightsHash)?.Name));
        Assert.Equal((CacheStorage.Float32, storage, storage), (CacheStorage.OfHash(plain.WeightsHash), CacheStorage.OfHash(rounded.WeightsHash), CacheStorage.OfHash(both.WeightsHash)));

        using DecoderRunner before = new(plain.Decoder), after = new(rounded.Decoder);
        int[] ids = before.RandomIds(1, 60);
        Assert.InRange(Distance(before.Logits(ids), after.Logits(ids)), 1e-7, share);
    }

    /// <summary>
    /// A number is off by up to largest / 254 either way, so by largest / (127·√12) in the mean square; the largest of 32 of a normal distribution is about 2.4 times the
    /// usual one, and 3 times is allowed: 0.7 %. Keys and values of each layer add such an error to its sum, independently: √(2 · layers) of it in the logits.
    /// </summary>
    [Theory]
    [InlineData("stories260k")]
    [InlineData("mistral-sliding")]
    [InlineData("qwen3")]
    [InlineData("phi3")]
    [InlineData("gemma2")]
    [InlineData("internlm2")]
    [InlineData("glm4-0414")]
    [InlineData("chatglm-6b-f16")]
    [InlineData("chatglm2-6b-int4")]
    public void Eight_bits_move_logits_as_far_as_their_steps_are_wide(string name)
    {
        using var pool = new WorkerPool(1);
        string folder = Fixtures.Require("models", name);
        using Decoder plain = TestModels.OpenDecoder(folder, pool), rounded = TestModels.OpenDecoder($"{folder}@cache-q8_0", pool);
        using DecoderRunner before = new(plain), after = new(rounded);
        int[] ids = before.RandomIds(1, 60);
        Assert.InRange(Distance(before.Logits(ids), after.Logits(ids)), 1e-5, Math.Sqrt(2 * plain.Shape.Layers) * 3 / (127 * Math.Sqrt(12)));
    }

    [Fact]
    public void The_f32_that_is_asked_for_is_the_f32_that_is_usual()
    {
        using LanguageModel usual = LanguageModel.Open(Folder, threads: 1), asked = LanguageModel.Open(Folder, threads: 1, cache: CacheStorage.Float32);
        Assert.Equal((usual.WeightsHash, null), (asked.WeightsHash, asked.Description.CacheRoundedTo));
        Assert.Equal(CacheStorage.Float32, CacheStorage.OfHash(null));
        Assert.Null(CacheStorage.Find("q4_0"));
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("q8_0")]
    public void A_prefix_of_virtual_tokens_is_rounded_too_and_gives_the_same_bits_in_any_pieces(string name)
    {
        string folder = Fixtures.Require("models", "chatglm2-6b-f16");
        using var pool = new WorkerPool(2);
        using Decoder plain = TestModels.OpenDecoder(folder, pool), rounded = TestModels.OpenDecoder($"{folder}@cache-{name}", pool);
        using LoraAdapter adapter = LoraAdapter.Load(Path.Combine(folder, "adapters", "ptuning-v2"), "p", rounded.Modules, pool, new AdapterOptions());
        var prefix = new AdapterSet([(adapter, 1)]);
        using DecoderRunner before = new(plain), after = new(rounded);
        int[] ids = after.RandomIds(3, 70);
        float[][] whole = after.Logits(ids, prefix);
        foreach (int chunk in (int[])[1, 13, 32]) Assert.Equal(whole, after.Logits(ids, prefix, chunk));
        Assert.NotEqual(before.Logits(ids, prefix)[^1], whole[^1]);
        Assert.NotEqual(after.Logits(ids)[^1], whole[^1]);
    }

    [Theory]
    [InlineData("f16", 1e6f)]
    [InlineData("q8_0", float.PositiveInfinity)]
    public async Task A_text_whose_keys_do_not_fit_ends_with_a_word_and_its_neighbours_go_on(string name, float number)
    {
        const int Wild = 299;
        // Says 0, 1, 2 …, so that no answer holds the id whose key is wild.
        Continuation counting = (ids, _, logits) => { logits.Clear(); logits[ids.Length % Wild] = 20; };
        var decoder = new RecallDecoder(counting) { Format = CacheStorage.Find(name)!.Format, NumberOf = id => id == Wild ? number : id };
        await using var engine = new InferenceEngine(decoder, new EngineOptions { CacheTokens = 1024, StepTokens = 64 }, null, []);
        Task<Answer> neighbour = engine.Run(Runs.Greedy(200, 1, 2, 3));
        Answer wild = await engine.Run(Runs.Greedy(40, 5, 6, Wild));
        Assert.Equal(OutcomeKind.Error, wild.Outcome.Kind);
        Assert.Contains($"the text cannot go on: its keys or values hold a number that {name} cannot (too large, or none at all); keep the cache in bf16 or f32 (--cache)", wild.Outcome.Detail);
        Assert.Empty(wild.Ids);
        Assert.Equal((Outcome.Length, 200), ((await neighbour).Outcome, (await neighbour).Ids.Length));
        Assert.Equal(Outcome.Length, (await engine.Run(Runs.Greedy(40, 5, 6, 7))).Outcome); // over the same blocks
    }

    [Fact]
    public void Another_backend_keeps_keys_and_values_its_own_way()
    {
        var torch = new BackendChoice(BackendChoice.TorchSharp, "cpu", DType.F32);
        var error = Assert.Throws<BackendException>(() => LanguageModel.Open(Folder, threads: 1, backend: torch, cache: CacheStorage.Find("f16")));
        Assert.Contains("--cache f16: is for the engine's own kernels; the backend torchsharp keeps keys and values in the type that --dtype names", error.Message);
    }

    /// <summary>Root mean square of the difference over that of what is expected.</summary>
    static double Distance(float[][] expected, float[][] actual) => Math.Sqrt(
        expected.SelectMany(row => row).Zip(actual.SelectMany(row => row), (a, b) => Math.Pow(a - b, 2)).Sum() / expected.SelectMany(row => row).Sum(a => (double)a * a));
}

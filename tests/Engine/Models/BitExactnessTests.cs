using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>The same tokens give the same bits however the work is cut (design D2).</summary>
public sealed class BitExactnessTests
{
    public static TheoryData<string> Cases => new("llama3.2-tied-bf16", "mistral-sliding", "qwen2.5-tied-bf16", "qwen3", "llama2-f16", "stories260k", "chatglm2-6b-f16", "glm4-0414", "gemma2", "gemma3-text",
        "phi3", "internlm2", "chatglm-6b-f16", "chatglm-6b-int8", "chatglm2-6b-int4",
        "qwen2.5-tied-bf16@q8_0", "qwen2.5-tied-bf16@q4_0", "chatglm2-6b-f16@q4_0", "qwen2.5-tied-bf16@cache-bf16", "chatglm-6b-f16@cache-f16", "mistral-sliding@q8_0@cache-bf16",
        "glm4-0414@cache-q8_0", "chatglm-6b-f16@cache-q8_0", "mistral-sliding@q4_0@cache-q8_0");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_prompt_in_chunks_gives_the_bits_of_the_whole(string name)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(Folder(name), pool);
        using var runner = new DecoderRunner(decoder);
        int[] ids = runner.RandomIds(1, 100);
        float[][] whole = runner.Logits(ids);
        foreach (int chunk in (int[])[1, 2, 3, 7, 12, 13, 31, 32, 33, 64, 99]) AssertSame(whole, runner.Logits(ids, chunk: chunk), $"{name} in chunks of {chunk}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tokens_over_the_cache_give_the_bits_of_a_fresh_pass(string name)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(Folder(name), pool);
        using var runner = new DecoderRunner(decoder);
        int[] prompt = runner.RandomIds(2, 37);
        int[] generated = runner.Greedy(prompt, 12);
        int[] all = [.. prompt, .. generated];
        float[][] fresh = runner.Logits(all);
        for (int i = 0; i < generated.Length; i++) Assert.Equal(generated[i], DecoderRunner.ArgMax(fresh[prompt.Length - 1 + i]));
        AssertSame(fresh, runner.Logits(all, chunk: 1), $"{name} token by token");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_to_sixteen_neighbours_change_no_bit(string name)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(Folder(name), pool);
        using var runner = new DecoderRunner(decoder, blocks: 128);
        int[][] texts = [.. Enumerable.Range(0, 16).Select(i => runner.RandomIds(10 + i, 20 + (3 * i)))];
        float[][][] alone = [.. texts.Select(text => runner.Logits(text))];
        for (int count = 1; count <= texts.Length; count++)
        {
            DecoderRunner.Text[] begun = [.. texts.Take(count).Select(text => runner.Begin(capacity: text.Length))];
            float[][][] prompts = runner.Step([.. begun.Select((text, i) => (text, texts[i][..^1]))]);
            float[][][] last = runner.Step([.. begun.Select((text, i) => (text, texts[i][^1..]))]);
            for (int i = 0; i < count; i++) AssertSame(alone[i], [.. prompts[i], .. last[i]], $"{name} text {i} of {count}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_thread_gives_the_bits_of_two(string name)
    {
        string folder = Folder(name);
        float[][][] results = [.. ((int[])[1, 2, 3]).Select(threads =>
        {
            using var pool = new WorkerPool(threads);
            using Decoder decoder = TestModels.OpenDecoder(folder, pool);
            using var runner = new DecoderRunner(decoder);
            return runner.Logits(runner.RandomIds(3, 80));
        })];
        AssertSame(results[0], results[1], $"{name} with two threads");
        AssertSame(results[0], results[2], $"{name} with three threads");
    }

    [Fact]
    public void An_adapter_at_scale_zero_gives_the_bits_of_the_base()
    {
        string folder = Fixtures.Require("models", "qwen2.5-tied-bf16");
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(folder, pool);
        using var runner = new DecoderRunner(decoder);
        using LoraAdapter adapter = LoraAdapter.Load(Path.Combine(folder, "adapters/lora-all-linear"), "a", decoder.Modules, pool, new AdapterOptions());
        int[] ids = runner.RandomIds(4, 40);
        AssertSame(runner.Logits(ids), runner.Logits(ids, new AdapterSet([(adapter, 0f)])), "scale 0");
        Assert.NotEqual(runner.Logits(ids)[^1], runner.Logits(ids, new AdapterSet([(adapter, 0.5f)]))[^1]);
    }

    static string Folder(string name) => Fixtures.Require("models", name.Split('@')[0]) + name[name.Split('@')[0].Length..];

    static void AssertSame(float[][] expected, float[][] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int token = 0; token < expected.Length; token++)
        {
            for (int i = 0; i < expected[token].Length; i++)
            {
                if (BitConverter.SingleToInt32Bits(expected[token][i]) != BitConverter.SingleToInt32Bits(actual[token][i]))
                    Assert.Fail($"{what}: token {token}, logit {i}: {expected[token][i]:r} against {actual[token][i]:r}");
            }
        }
    }
}

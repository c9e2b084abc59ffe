using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.EngineTests.Models;
using Juxta.EngineTests.Scheduling;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Lora;

/// <summary>P-Tuning v2 prefixes as folders; what they compute is proved where the families are tested.</summary>
public sealed class PrefixCheckpointTests
{
    static string Base => Fixtures.Require("models", "chatglm2-6b-f16");

    static string Prefix(string name) => Path.Combine(Base, "adapters", name);

    [Theory]
    [InlineData("chatglm-6b-f16", "ptuning-v2", "P-Tuning v2, 6 virtual tokens", 6 * 2688)]
    [InlineData("chatglm2-6b-f16", "ptuning-v2-projection", "P-Tuning v2, 5 virtual tokens, projected", (5 * 192) + (64 * 192) + 64 + (192 * 64) + 192)]
    public void The_receipt_says_what_was_loaded(string model, string name, string method, int parameters)
    {
        string folder = Path.Combine(Fixtures.Require("models", model), "adapters", name);
        using LoraAdapter loaded = Load(folder, model);
        Assert.Equal(method, loaded.Receipt.Method);
        Assert.Equal(parameters, loaded.Receipt.Parameters);
        Assert.Equal("THUDM/" + (model == "chatglm-6b-f16" ? "chatglm-6b" : "chatglm2-6b"), loaded.Receipt.TrainedOn);
        ModuleReceipt module = Assert.Single(loaded.Receipt.Modules);
        Assert.Equal(("transformer.prefix_encoder", "prefix"), (module.Path, module.Change));
        Assert.True(module.DeltaNorm > 0);
        Assert.Equal(64, loaded.Receipt.Hash.Length);
    }

    [Fact]
    public void A_pickle_gives_the_prefix_of_its_safetensors_twin()
    {
        using var folder = new TempFolder();
        foreach (string file in (string[])["config.json", "pytorch_model.bin"]) File.Copy(Path.Combine(Prefix("ptuning-v2-projection"), file), Path.Combine(folder.Path, file));
        using LoraAdapter pickled = Load(folder.Path, "chatglm2-6b-f16"), plain = Load(Prefix("ptuning-v2-projection"), "chatglm2-6b-f16");
        for (int layer = 0; layer < 3; layer++)
        {
            for (int token = 0; token < 5; token++)
            {
                Assert.Equal(plain.Prefix!.Key(layer, token), pickled.Prefix!.Key(layer, token));
                Assert.Equal(plain.Prefix!.Value(layer, token), pickled.Prefix!.Value(layer, token));
            }
        }
    }

    [Fact]
    public void A_prefix_of_another_base_is_refused_with_both_sizes()
    {
        var error = Assert.Throws<ModelFormatException>(() => Load(Prefix("ptuning-v2"), "chatglm-6b-f16"));
        Assert.Contains("makes 192 numbers per virtual token, the base takes 2688: a key and a value of 48 in each of 28 layers", error.Message, StringComparison.Ordinal);
        var family = Assert.Throws<ModelFormatException>(() => Load(Prefix("ptuning-v2"), "llama2-f16"));
        Assert.Contains("only the ChatGLM families take one", family.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_that_names_another_length_is_refused()
    {
        using var folder = new TempFolder();
        string config = File.ReadAllText(Path.Combine(Prefix("ptuning-v2"), "config.json"));
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), config.Replace("\"pre_seq_len\": 6", "\"pre_seq_len\": 128", StringComparison.Ordinal));
        File.Copy(Path.Combine(Prefix("ptuning-v2"), "model.safetensors"), Path.Combine(folder.Path, "model.safetensors"));
        var error = Assert.Throws<ModelFormatException>(() => Load(folder.Path, "chatglm2-6b-f16"));
        Assert.Contains("has 6 virtual tokens, but config.json's pre_seq_len is 128", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_opened_as_a_model_is_told_to_be_loaded_as_an_adapter()
    {
        foreach (string model in (string[])["chatglm-6b-f16", "chatglm2-6b-f16"])
        {
            string folder = Path.Combine(Fixtures.Require("models", model), "adapters", "ptuning-v2");
            var error = Assert.Throws<ModelFormatException>(() => LanguageModel.Open(folder));
            Assert.Contains("holds a P-Tuning v2 prefix and no model; open its base model and load this folder as an adapter", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_checkpoint_with_its_own_prefix_gives_what_base_and_prefix_give_and_an_adapter_s_prefix_takes_its_place()
    {
        using var folder = new TempFolder();
        string own = folder.Path;
        string config = File.ReadAllText(Path.Combine(Base, "config.json"));
        File.WriteAllText(Path.Combine(own, "config.json"), config.Replace("\"num_layers\"", "\"pre_seq_len\": 6, \"num_layers\"", StringComparison.Ordinal));
        SafeTensorsMerge.Write(Path.Combine(own, "model.safetensors"), Path.Combine(Base, "model.safetensors"), Path.Combine(Prefix("ptuning-v2"), "model.safetensors"));
        using var pool = new WorkerPool(1);
        using Decoder plain = TestModels.OpenDecoder(Base, pool), whole = TestModels.OpenDecoder(own, pool);
        using DecoderRunner plainRunner = new(plain), wholeRunner = new(whole);
        using LoraAdapter same = Load(Prefix("ptuning-v2"), "chatglm2-6b-f16"), other = Load(Prefix("ptuning-v2-projection"), "chatglm2-6b-f16");
        int[] ids = [200, 202, 7, 8, 9, 10, 11];
        float[][] expected = plainRunner.Logits(ids, new AdapterSet([(same, 1)]));
        Assert.NotEqual(plainRunner.Logits(ids), expected);
        Assert.Equal(expected, wholeRunner.Logits(ids));
        Assert.Equal(plainRunner.Logits(ids, new AdapterSet([(other, 1)])), wholeRunner.Logits(ids, new AdapterSet([(other, 1)])));
    }

    [Fact]
    public async Task A_prefix_is_proved_counts_in_the_cache_and_does_not_go_with_another_one()
    {
        using LanguageModel model = LanguageModel.Open(Base, threads: 1);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 64 });
        LoraAdapter adapter = await engine.LoadAdapterAsync(Prefix("ptuning-v2"), "six");
        Assert.True(adapter.Receipt.ProbeMaxLogitDifference > 0.1);
        await engine.LoadAdapterAsync(Prefix("ptuning-v2-projection"), "five");
        GenerationRequest request = Runs.Greedy(4, [.. Enumerable.Range(1, 59)]);
        Assert.Equal(4, (await engine.Run(request)).Ids.Length);
        RequestException full = Assert.Throws<RequestException>(() => engine.Submit(request with { Adapters = [new AdapterUse("six")] }));
        Assert.Contains("the engine's cache holds 58", full.Message, StringComparison.Ordinal);
        RequestException both = Assert.Throws<RequestException>(() => engine.Submit(Runs.Greedy(1, 1) with { Adapters = [new AdapterUse("six"), new AdapterUse("five")] }));
        Assert.Contains("'six' and 'five' both replace transformer.prefix_encoder", both.Message, StringComparison.Ordinal);
    }

    static LoraAdapter Load(string folder, string model)
    {
        using var pool = new WorkerPool(1);
        using Decoder decoder = TestModels.OpenDecoder(Fixtures.Require("models", model), pool);
        return LoraAdapter.Load(folder, "prefix", decoder.Modules, pool);
    }
}

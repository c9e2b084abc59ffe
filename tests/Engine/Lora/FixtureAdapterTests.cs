using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Lora;

/// <summary>Every LoRA adapter of the fixtures binds to its base; what it computes is proved where the model families are tested.</summary>
public sealed class FixtureAdapterTests
{
    public static TheoryData<string, string> Adapters()
    {
        var data = new TheoryData<string, string>();
        string? models = Fixtures.Root is null ? null : Path.Combine(Fixtures.Root, "models");
        if (models is null || !Directory.Exists(models)) return data;
        foreach (string config in Directory.EnumerateFiles(models, "adapter_config.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string[] parts = Path.GetRelativePath(models, config).Split(Path.DirectorySeparatorChar);
            data.Add(parts[0], parts[2]);
        }
        return data;
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(Adapters))]
    public void Binds_without_anything_unused_or_missing(string model, string adapter)
    {
        ModuleTable modules = FixtureModules.Of(model);
        using LoraAdapter loaded = Load(model, adapter, modules);
        AdapterReceipt receipt = loaded.Receipt;
        Assert.NotEmpty(receipt.Modules);
        Assert.Empty(receipt.UnusedTensors);
        Assert.Empty(receipt.MissingModules);
        Assert.Empty(receipt.Warnings);
        Assert.All(receipt.Modules, module => Assert.True(module.BaseNorm > 0 && double.IsFinite(module.DeltaNorm)));
        Assert.True(receipt.Parameters > 0 && receipt.Bytes > 0);
        Assert.Equal(64, receipt.Hash.Length);
    }

    [Fact]
    public void A_resized_vocabulary_is_told()
    {
        ModuleTable modules = FixtureModules.Of("llama2-f16");
        using LoraAdapter loaded = Load("llama2-f16", "lora-resized-embeddings", modules);
        Assert.Equal(259, loaded.Vocabulary);
        Assert.Equal(259, loaded.Delta(modules.Find("lm_head")!.Index)!.Weight!.Rows);
        Assert.Equal(259 * 64, loaded.Delta(modules.Find("model.embed_tokens")!.Index)!.EmbeddingTable!.Length);
        using LoraAdapter other = Load("llama2-f16", "lora-resized-saved-embedding-layers", modules);
        Assert.Equal(258, other.Vocabulary);
    }

    [Fact]
    public void An_embedding_lora_leaves_the_tied_head_alone()
    {
        ModuleTable modules = FixtureModules.Of("qwen2.5-tied-bf16");
        using LoraAdapter loaded = Load("qwen2.5-tied-bf16", "lora-embed-tokens", modules);
        ModuleDelta embedding = loaded.Delta(modules.Find("model.embed_tokens")!.Index)!;
        Assert.Equal(320 * 4, embedding.EmbeddingA!.Length);
        Assert.Equal(48 * 4, embedding.EmbeddingB!.Length);
        Assert.Equal(2f, embedding.Scale);
        Assert.True(loaded.Delta(modules.Find("lm_head")!.Index) is null or { Weight: null, A: null });
        Assert.Null(embedding.EmbeddingTable); // the file's copy equals the base
    }

    [Fact]
    public void Trained_tokens_reach_the_tied_head()
    {
        ModuleTable modules = FixtureModules.Of("qwen2.5-tied-bf16");
        using LoraAdapter loaded = Load("qwen2.5-tied-bf16", "trainable-tokens", modules);
        ModuleDelta embedding = loaded.Delta(modules.Find("model.embed_tokens")!.Index)!, head = loaded.Delta(modules.Find("lm_head")!.Index)!;
        Assert.Equal([300, 316, 318], embedding.EmbeddingRows!.Keys);
        Assert.Equal([300, 316, 318], head.ReplacedRowIds!);
        var row = new float[48];
        head.ReplacedRows!.ReadRow(1, row);
        Assert.Equal(embedding.EmbeddingRows[316], row);
    }

    [Fact]
    public void Alpha_patterns_set_the_scale_and_the_tensors_the_rank()
    {
        ModuleTable modules = FixtureModules.Of("qwen2.5-tied-bf16");
        using LoraAdapter loaded = Load("qwen2.5-tied-bf16", "lora-rank-alpha-pattern", modules);
        ModuleReceipt Line(string path) => loaded.Receipt.Modules.Single(module => module.Path == path);
        Assert.Equal((8, 5.0), (Line("model.layers.0.self_attn.q_proj").Rank, Line("model.layers.0.self_attn.q_proj").Scale));
        Assert.Equal((8, 2.0), (Line("model.layers.1.self_attn.q_proj").Rank, Line("model.layers.1.self_attn.q_proj").Scale));
        Assert.Equal((2, 2.5), (Line("model.layers.1.mlp.down_proj").Rank, Line("model.layers.1.mlp.down_proj").Scale));
        Assert.Equal((8, 0.625), (Line("model.layers.0.mlp.down_proj").Rank, Line("model.layers.0.mlp.down_proj").Scale));
        Assert.Equal(3, Line("model.layers.0.self_attn.v_proj").Rank);
    }

    [Fact]
    public void Rank_stabilised_lora_divides_by_the_root()
    {
        ModuleTable modules = FixtureModules.Of("qwen2-untied-sharded");
        using LoraAdapter loaded = Load("qwen2-untied-sharded", "rslora-all", modules);
        Assert.All(loaded.Receipt.Modules, module => Assert.Equal(4.0, module.Scale));
    }

    [Fact]
    public void Biases_replace_the_base_biases()
    {
        ModuleTable modules = FixtureModules.Of("qwen2.5-tied-bf16");
        using LoraAdapter loaded = Load("qwen2.5-tied-bf16", "lora-bias-all", modules);
        Assert.Equal(48, loaded.Delta(modules.Find("model.layers.0.self_attn.q_proj")!.Index)!.Bias!.Length);
        ModuleDelta key = loaded.Delta(modules.Find("model.layers.0.self_attn.k_proj")!.Index)!;
        Assert.Equal(16, key.Bias!.Length);
        Assert.Null(key.A);
        Assert.Equal("lora + bias", loaded.Receipt.Modules.Single(module => module.Path == "model.layers.0.self_attn.q_proj").Change);
    }

    [Fact]
    public void An_adapter_of_another_base_is_refused_with_the_widths()
    {
        ModuleTable modules = FixtureModules.Of("qwen3"); // hidden 48, llama2-f16 has 64
        var error = Assert.Throws<ModelFormatException>(() => Load("llama2-f16", "lora-qv-bin", modules));
        Assert.Contains("does not fit this base", error.Message, StringComparison.Ordinal);
        Assert.Contains("it takes 64 inputs, the base has 48", error.Message, StringComparison.Ordinal);
        Assert.Contains("trained on fixtures/llama2-f16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_of_another_family_is_refused_with_names_of_both()
    {
        ModuleTable modules = FixtureModules.Of("llama2-f16");
        var error = Assert.Throws<ModelFormatException>(() => Load("chatglm2-6b-f16", "lora-all", modules));
        Assert.Contains("none of its", error.Message, StringComparison.Ordinal);
        Assert.Contains("transformer.encoder.layers.0.mlp.dense_4h_to_h.lora_A.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("the base lm_head", error.Message, StringComparison.Ordinal);
    }

    static LoraAdapter Load(string model, string adapter, ModuleTable modules)
    {
        using var pool = new WorkerPool(1);
        return LoraAdapter.Load(Fixtures.Require("models", model, "adapters", adapter), adapter, modules, pool);
    }
}

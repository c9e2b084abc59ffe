using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Memory;
using Juxta.Engine.Merging;
using Juxta.Engine.Weights;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Merging;

/// <summary>What a merge writes besides weights, and everything that it refuses; a refused or broken merge leaves nothing behind.</summary>
public sealed class MergeTests : IDisposable
{
    const string Q = "base_model.model.model.layers.0.self_attn.q_proj";

    readonly TempFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    /// <summary>A base to change: a copy of a fixture's own files.</summary>
    string Copy(string model)
    {
        string source = Fixtures.Require("models", model), target = _temporary.File(model);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(source).Where(file => !Path.GetFileName(file).StartsWith("expected", StringComparison.Ordinal)))
            File.WriteAllBytes(Path.Combine(target, Path.GetFileName(file)), File.ReadAllBytes(file));
        return target;
    }

    string Tiny()
    {
        string folder = _temporary.File("tiny");
        TinyModel.Write(folder);
        return folder;
    }

    string Adapter(string config, params (string, int[], float[])[] tensors)
    {
        _temporary.Write("adapter/adapter_config.json", config);
        _temporary.WriteSafeTensors("adapter/adapter_model.safetensors", tensors);
        return _temporary.File("adapter");
    }

    static (string, int[], float[]) Tensor(string name, params int[] shape) => (name, shape, [.. Enumerable.Range(1, shape.Aggregate(1, (a, b) => a * b)).Select(i => MathF.Sin(i))]);

    MergeReport Merge(string model, string adapter, DType? type = null) => AdapterMerge.Run(new MergeRequest(model, adapter, _temporary.File("out")) { Type = type });

    void Refused(string model, string adapter, params string[] says)
    {
        var error = Assert.Throws<ModelFormatException>(() => Merge(model, adapter));
        foreach (string part in says) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path, "*out*"));
    }

    JsonObject Config() => JsonNode.Parse(File.ReadAllText(_temporary.File("out/config.json")))!.AsObject();

    [Fact]
    public void A_merged_folder_is_a_whole_checkpoint_with_its_tokenizer_and_template()
    {
        string model = Tiny();
        MergeReport report = Merge(model, Path.Combine(model, "adapters", "loud"));
        Assert.Equal((6, 15), (report.TensorsMerged, report.TensorsCopied));
        Assert.Equal(["model.safetensors"], report.WeightFiles);
        Assert.Equal(["generation_config.json", "tokenizer.json", "tokenizer_config.json"], report.Copied.Select(file => file.Name).Order());
        Assert.All(report.Copied, file => Assert.Equal("model", file.From));
        Assert.Empty(report.ConfigChanges);
        Assert.Equal(File.ReadAllText(Path.Combine(model, "config.json")), File.ReadAllText(Path.Combine(report.Folder, "config.json")));
        using LanguageModel merged = LanguageModel.Open(report.Folder, threads: 1);
        Assert.NotNull(merged.ChatTemplate);
        Assert.Equal([TinyModel.Eos, TinyModel.TurnEnd], merged.StopIds.Entries.Select(stop => stop.Id));
        Assert.Empty(merged.Warnings);
    }

    [Fact]
    public void Shards_come_with_an_index_that_names_every_tensor()
    {
        string model = Tiny();
        MergeReport report = AdapterMerge.Run(new MergeRequest(model, Path.Combine(model, "adapters", "loud"), _temporary.File("out")) { ShardBytes = 40_000 });
        Assert.True(report.WeightFiles.Count > 2);
        JsonObject index = JsonNode.Parse(File.ReadAllText(Path.Combine(report.Folder, "model.safetensors.index.json")))!.AsObject();
        Assert.Equal(report.Bytes, index["metadata"]!["total_size"]!.GetValue<long>());
        using Checkpoint checkpoint = Checkpoint.Open(report.Folder);
        Assert.Equal(21, checkpoint.Names.Count);
    }

    [Fact]
    public void A_type_is_written_into_weights_and_config()
    {
        string model = Tiny();
        MergeReport report = Merge(model, Path.Combine(model, "adapters", "loud"), DType.BF16);
        Assert.Equal("bfloat16", Config()["torch_dtype"]!.GetValue<string>());
        Assert.Equal(["torch_dtype = \"bfloat16\""], report.ConfigChanges);
        using Checkpoint checkpoint = Checkpoint.Open(report.Folder);
        Assert.All(checkpoint.Tensors, tensor => Assert.Equal(DType.BF16, tensor.Type));
        Assert.True(report.LargestRounding > 0 && report.LargestRoundingIn is not null);
    }

    [Fact]
    public void A_resized_vocabulary_and_an_untied_head_change_the_config()
    {
        string llama = Fixtures.Require("models", "llama2-f16"), qwen = Fixtures.Require("models", "qwen2.5-tied-bf16");
        Merge(llama, Path.Combine(llama, "adapters", "lora-resized-embeddings"));
        Assert.Equal(259, Config()["vocab_size"]!.GetValue<int>());
        Directory.Delete(_temporary.File("out"), recursive: true);
        Merge(qwen, Path.Combine(qwen, "adapters", "lora-embed-tokens"));
        Assert.False(Config()["tie_word_embeddings"]!.GetValue<bool>());
        Directory.Delete(_temporary.File("out"), recursive: true);
        MergeReport stillTied = Merge(qwen, Path.Combine(qwen, "adapters", "trainable-tokens"));
        Assert.Empty(stillTied.ConfigChanges);
    }

    [Fact]
    public void New_biases_are_switched_on_for_their_whole_group()
    {
        string llama = Fixtures.Require("models", "llama2-f16");
        MergeReport report = Merge(llama, Path.Combine(llama, "adapters", "lora-bias-B"));
        Assert.Equal(["attention_bias = true", "mlp_bias = true"], report.ConfigChanges);
        using Checkpoint checkpoint = Checkpoint.Open(report.Folder);
        Assert.True(checkpoint.TryFind("model.layers.0.self_attn.o_proj.bias", out TensorView zeros));
        Assert.All(zeros.ToFloats(), value => Assert.Equal(0, value));
        Assert.True(checkpoint.TryFind("model.layers.0.self_attn.q_proj.bias", out TensorView bias));
        Assert.Contains(bias.ToFloats(), value => value != 0);
    }

    [Fact]
    public void An_adapter_with_a_whole_tokenizer_brings_it()
    {
        string model = Tiny(), adapter = Path.Combine(model, "adapters", "loud");
        foreach (string name in (string[])["tokenizer.json", "tokenizer_config.json"]) File.Copy(Path.Combine(model, name), Path.Combine(adapter, name));
        File.WriteAllText(Path.Combine(adapter, "chat_template.jinja"), "{{ messages }}");
        MergeReport report = Merge(model, adapter);
        Assert.Equal([("chat_template.jinja", "adapter"), ("generation_config.json", "model"), ("tokenizer.json", "adapter"), ("tokenizer_config.json", "adapter")],
            report.Copied.Select(file => (file.Name, file.From)).Order());
    }

    [Fact]
    public void Code_and_templates_are_copied_where_they_are_and_other_files_never()
    {
        string model = Tiny();
        File.WriteAllText(Path.Combine(model, "modeling_tiny.py"), "raise SystemExit");
        File.WriteAllText(Path.Combine(model, "notes.txt"), "private");
        Directory.CreateDirectory(Path.Combine(model, "additional_chat_templates"));
        File.WriteAllText(Path.Combine(model, "additional_chat_templates", "rag.jinja"), "{{ messages }}");
        MergeReport report = Merge(model, Path.Combine(model, "adapters", "loud"));
        Assert.Equal(["additional_chat_templates/rag.jinja", "generation_config.json", "modeling_tiny.py", "tokenizer.json", "tokenizer_config.json"], report.Copied.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(Path.Combine(report.Folder, "notes.txt")));
        Assert.True(File.Exists(Path.Combine(report.Folder, "additional_chat_templates", "rag.jinja")));
    }

    [Fact]
    public void A_link_out_of_the_folder_is_not_followed_and_one_into_the_hub_s_cache_is()
    {
        string model = Tiny(), secret = _temporary.Write("secret.json", "{\"eos_token_id\": 1}");
        File.Delete(Path.Combine(model, "generation_config.json"));
        File.CreateSymbolicLink(Path.Combine(model, "generation_config.json"), secret);
        MergeReport report = Merge(model, Path.Combine(model, "adapters", "loud"));
        Assert.Equal([$"generation_config.json is a link out of the model's folder, to {secret}"], report.LeftOut);
        Assert.False(File.Exists(Path.Combine(report.Folder, "generation_config.json")));

        string cached = _temporary.File("models--a--b/snapshots/0123"), blobs = _temporary.File("models--a--b/blobs");
        Directory.CreateDirectory(cached);
        Directory.CreateDirectory(blobs);
        foreach (string name in (string[])["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
        {
            File.Copy(Path.Combine(model, name), Path.Combine(blobs, name + "-blob"));
            File.CreateSymbolicLink(Path.Combine(cached, name), $"../../blobs/{name}-blob");
        }
        MergeReport fromCache = AdapterMerge.Run(new MergeRequest(cached, Path.Combine(model, "adapters", "loud"), _temporary.File("out2")));
        Assert.Empty(fromCache.LeftOut);
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], fromCache.Copied.Select(file => file.Name));
        Assert.Null(new FileInfo(Path.Combine(fromCache.Folder, "tokenizer.json")).LinkTarget);
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        string model = Tiny();
        Directory.CreateDirectory(_temporary.File("out"));
        var error = Assert.Throws<IOException>(() => Merge(model, Path.Combine(model, "adapters", "loud")));
        Assert.Contains("exists already", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.File("out")));
    }

    [Fact]
    public void A_merge_that_is_stopped_leaves_nothing()
    {
        string model = Tiny();
        using var stop = new CancellationTokenSource();
        var progress = new Stopping(stop);
        Assert.Throws<OperationCanceledException>(() => AdapterMerge.Run(new MergeRequest(model, Path.Combine(model, "adapters", "loud"), _temporary.File("out")), progress, stop.Token));
        Assert.True(progress.Seen > 0);
        Assert.Equal(["tiny"], Directory.EnumerateFileSystemEntries(_temporary.Path).Select(path => Path.GetFileName(path)));
    }

    [Theory]
    [InlineData("quantization_bit", "4", "quantization_bit 4")]
    [InlineData("quantization_config", """{"quant_method":"gptq"}""", "quantization_config gptq")]
    public void A_quantised_base_is_refused_by_name(string key, string value, string says)
    {
        string model = Tiny();
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(model, "config.json")))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(Path.Combine(model, "config.json"), config.ToJsonString());
        Refused(model, Path.Combine(model, "adapters", "loud"), "quantised", says);
    }

    [Theory]
    [InlineData("chatglm2-6b-int4", "quantization_bit 4")]
    [InlineData("chatglm-6b-int8", "quantization_bit 8")]
    public void A_ChatGLM_stored_as_integers_is_refused_by_name(string name, string says)
    {
        Refused(Fixtures.Require("models", name), Path.Combine(Fixtures.Require("models", name.StartsWith("chatglm2", StringComparison.Ordinal) ? "chatglm2-6b-f16" : "chatglm-6b-f16"), "adapters", "lora-all"), "quantised", says);
        string unsaid = Copy(name);
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(unsaid, "config.json")))!.AsObject();
        config.Remove("quantization_bit");
        File.WriteAllText(Path.Combine(unsaid, "config.json"), config.ToJsonString());
        Refused(unsaid, Path.Combine(Fixtures.Require("models", "chatglm2-6b-f16"), "adapters", "lora-all"), "quantised", "has scales beside it");
    }

    [Fact]
    public void A_prefix_is_no_change_of_weights()
    {
        string model = Fixtures.Require("models", "chatglm2-6b-f16");
        Refused(model, Path.Combine(model, "adapters", "ptuning-v2"), "P-Tuning v2 prefix", "cannot be merged");
    }

    [Fact]
    public void A_family_that_always_ties_cannot_take_a_change_of_one_side()
    {
        string adapter = Adapter(
            """{"peft_type":"LORA","r":1,"lora_alpha":1,"target_modules":["embed_tokens"]}""",
            Tensor("base_model.model.model.embed_tokens.lora_embedding_A", 1, 256), Tensor("base_model.model.model.embed_tokens.lora_embedding_B", 48, 1));
        Refused(Fixtures.Require("models", "gemma2"), adapter, "gemma2 always shares them", "model.embed_tokens");
    }

    [Fact]
    public void A_bias_that_the_family_has_not_is_refused()
    {
        string adapter = Adapter("""{"peft_type":"LORA","r":1,"lora_alpha":1,"target_modules":["q_proj"],"lora_bias":true}""", Tensor(Q + ".lora_A.weight", 1, 48), Tensor(Q + ".lora_B.weight", 48, 1), Tensor(Q + ".lora_B.bias", 48));
        Refused(Fixtures.Require("models", "mistral-sliding"), adapter, "a mistral checkpoint has none there", "model.layers.0.self_attn.q_proj");
    }

    [Fact]
    public void Numbers_that_the_type_cannot_hold_are_refused()
    {
        string adapter = Adapter("""{"peft_type":"LORA","r":1,"lora_alpha":1000000,"target_modules":["q_proj"]}""", Tensor(Q + ".lora_A.weight", 1, 64), Tensor(Q + ".lora_B.weight", 64, 1));
        Refused(Fixtures.Require("models", "llama2-f16"), adapter, "model.layers.0.self_attn.q_proj.weight", "larger than F16 can hold", "bf16 or f32");
    }

    [Fact]
    public void Mistakes_are_told_before_anything_is_written()
    {
        string model = Tiny();
        Refused(_temporary.File("nowhere"), Path.Combine(model, "adapters", "loud"), "no such folder");
        Refused(model, _temporary.File("nowhere"), "no such folder");
        Refused(model, Path.Combine(model, "adapters", "silent"), "zero-effect");
        var error = Assert.Throws<RequestException>(() => AdapterMerge.Run(new MergeRequest(model, Path.Combine(model, "adapters", "loud"), _temporary.File("out")) { Scale = 0 }));
        Assert.Equal("scale", error.Parameter);
    }

    [Fact]
    public void A_head_stored_beside_a_tied_embedding_is_left_out()
    {
        string model = Copy("qwen3");
        string weights = Path.Combine(model, "model.safetensors");
        using (Checkpoint checkpoint = Checkpoint.Open(model))
        {
            Assert.True(checkpoint.TryFind("model.embed_tokens.weight", out TensorView table));
            SafeTensorsWriter.Write(weights + ".new", [.. checkpoint.Tensors.Select(tensor => (tensor.Name, tensor.Shape, tensor.ToFloats())), ("lm_head.weight", table.Shape, table.ToFloats())]);
        }
        File.Move(weights + ".new", weights, overwrite: true);
        MergeReport report = Merge(model, Path.Combine(Fixtures.Require("models", "qwen3"), "adapters", "lora-qv"));
        using Checkpoint merged = Checkpoint.Open(report.Folder);
        Assert.False(merged.Contains("lm_head.weight"));
        Assert.Empty(report.ConfigChanges);
    }

    sealed class Stopping(CancellationTokenSource stop) : IProgress<double>
    {
        public double Seen { get; private set; }

        public void Report(double value)
        {
            Seen = value;
            if (value > 0.3) stop.Cancel();
        }
    }
}

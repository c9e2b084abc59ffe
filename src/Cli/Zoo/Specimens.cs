using System.Text;
using System.Text.Json.Nodes;
using Juxta.Engine.Memory;

namespace Juxta.Cli.Zoo;

/// <summary>The zoo: each line breaks one thing, and the doctor must find that and nothing else.</summary>
internal static class Specimens
{
    const string Query = "model.layers.0.self_attn.q_proj", Head = "lm_head.weight";

    static readonly Action<TinyAdapter> Sound = _ => { };

    public static readonly Specimen[] All =
    [
        new("sound", null),
        new("sound-sharded", null) { Model = model => model.Shards = 2 },
        new("sound-adapter", null) { Adapter = Sound },
        new("config-unusable", "config-unusable") { Files = folder => Cut(folder, "config.json") },
        new("config-unusable-value", "config-unusable") { Model = model => model.Config["num_key_value_heads"] = 3 },
        new("config-unusable-eos", "config-unusable") { Model = model => model.Config["eos_token_id"] = "</s>" },
        new("family-unknown", "family-unknown") { Model = model => (model.Config["model_type"], model.Config["architectures"]) = ("frob", new JsonArray("FrobForCausalLM")) },
        new("generation-config-unusable", "generation-config-unusable") { Model = model => model.Generation["temperature"] = "hot" },
        new("weights-missing", "weights-missing") { Files = folder => File.Delete(Weights(folder)) },
        new("shard-missing", "shard-missing") { Model = model => model.Shards = 2, Files = folder => File.Delete(Path.Combine(folder, "model-00002-of-00002.safetensors")) },
        new("weights-truncated", "weights-truncated") { Files = folder => Cut(folder, "model.safetensors") },
        new("weights-truncated-shard", "weights-truncated") { Model = model => model.Shards = 2, Files = folder => Cut(folder, "model-00002-of-00002.safetensors") },
        new("weights-lfs-pointer", "weights-lfs-pointer") { Files = folder => File.WriteAllText(Weights(folder), $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('0', 64)}\nsize 81000\n") },
        new("weights-damaged", "weights-damaged") { Files = folder => Overwrite(Weights(folder), 8, "[[[[") },
        new("tensors-missing", "tensors-missing") { Model = model => model.Tensors.Remove("model.layers.1.mlp.up_proj.weight") },
        new("tensors-misshapen", "tensors-misshapen") { Model = model => model.Config["intermediate_size"] = TinyCheckpoint.Inner - 8 },
        new("tensors-unused", "tensors-unused") { Model = model => model.AddLayer(new Random(1), TinyCheckpoint.Layers) },
        new("vocabulary-differs", "vocabulary-differs") { Model = model => model.Config["vocab_size"] = TinyCheckpoint.Vocabulary + 3 },
        new("token-beyond-embedding", "token-beyond-embedding") { Model = model => TinyCheckpoint.AddToken(model.Tokenizer, "<|tool|>") },
        new("pad-beyond-embedding", "pad-beyond-embedding") { Model = AddPad },
        new("pad-beyond-embedding-adapter", "pad-beyond-embedding") { Adapter = adapter => AddPad(adapter.Tokenizer = new TinyCheckpoint()) },
        new("eos-beyond-embedding", "eos-beyond-embedding") { Model = model => (model.Config["eos_token_id"], model.Generation["eos_token_id"]) = (Ids(TinyCheckpoint.TurnEnd, 151645), Ids(TinyCheckpoint.TurnEnd, 151645)) },
        new("dtype-unexpected", "dtype-unexpected") { Model = model => Change(model, Query + ".weight", tensor => tensor with { Type = DType.I32 }) },
        new("dtype-differs", "dtype-differs") { Model = model => model.Config["torch_dtype"] = "float16" },
        new("weights-not-finite", "weights-not-finite") { Model = model => model.Tensors["model.layers.1.mlp.down_proj.weight"].Values[77] = float.NaN },
        new("weights-all-zero", "weights-all-zero") { Model = model => Array.Clear(model.Tensors[Query + ".weight"].Values) },
        new("tokenizer-missing", "tokenizer-missing") { Files = folder => File.Delete(Path.Combine(folder, "tokenizer.json")) },
        new("tokenizer-unusable", "tokenizer-unusable") { Files = folder => Cut(folder, "tokenizer.json") },
        new("template-missing", "template-missing") { Model = model => model.TokenizerConfig.Remove("chat_template") },
        new("template-unparseable", "template-unparseable") { Model = model => Template(model, TinyCheckpoint.Template.Replace("{% endfor %}", "", StringComparison.Ordinal)) },
        new("template-fails", "template-fails") { Model = model => Template(model, "{% for message in messages %}{% if message.role != 'user' %}{{ raise_exception('users only') }}{% endif %}{% endfor %}") },
        new("template-fails-silently", "template-fails") { Model = model => Template(model, TinyCheckpoint.Template.Replace("message.content", "message['text']", StringComparison.Ordinal)) },
        new("template-turn-open", "template-turn-open") { Model = model => Template(model, "{{ bos_token }}{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:") },
        new("template-differs", "template-differs") { Model = model => TinyGlm.Speak(model, TinyGlm.Template.Replace("<|assistant|>", "<|assistant|>\n", StringComparison.Ordinal)), Files = TinyGlm.WriteRanks },
        new("template-differs-tools", "template-differs") { Model = model => TinyGlm.Speak(model, TinyGlm.Template), Files = TinyGlm.WriteRanks },
        new("double-bos", "double-bos") { Model = model => Template(model, "<s>" + TinyCheckpoint.Template) },
        new("double-bos-encoding", "double-bos") { Model = AddBosToEveryText },
        new("eos-missing", "eos-missing") { Model = model => EndWith(model, null) },
        new("eos-disagrees", "eos-disagrees") { Model = model => model.Generation["eos_token_id"] = TinyCheckpoint.Eos },
        new("eos-disagrees-config", "eos-disagrees") { Model = model => model.Config["eos_token_id"] = TinyCheckpoint.Eos },
        new("turn-end-not-stop", "turn-end-not-stop") { Model = model => EndWith(model, "</s>") },
        new("pad-is-eos", "pad-is-eos") { Model = model => model.TokenizerConfig["pad_token"] = "<|im_end|>" },
        new("logits-not-finite", "logits-not-finite") { Model = model => Change(model, Head, tensor => tensor with { Values = [.. tensor.Values.Select(value => Math.Clamp(value * 1e38f, -3e38f, 3e38f))] }) },
        new("eos-not-reached", "eos-not-reached") { Model = model => model.Tensors[Head].Values[TinyCheckpoint.TurnEnd * TinyCheckpoint.Hidden] = -6 },
        new("adapter-unusable", "adapter-unusable") { Adapter = Sound, AdapterFiles = folder => Cut(folder, "adapter_model.safetensors") },
        new("adapter-unusable-config", "adapter-unusable") { Adapter = Sound, AdapterFiles = folder => File.Delete(Path.Combine(folder, "adapter_config.json")) },
        new("adapter-unsupported", "adapter-unsupported") { Adapter = adapter => adapter.Config["peft_type"] = "IA3" },
        new("adapter-unsupported-embedding", "adapter-unsupported") { Adapter = DoraOnEmbedding },
        new("adapter-not-finite", "adapter-not-finite") { Adapter = adapter => adapter.Tensors[TinyAdapter.A(Query)].Values[3] = float.PositiveInfinity },
        new("adapter-wrong-base", "adapter-wrong-base") { Adapter = adapter => adapter.Add(Query, TinyCheckpoint.Hidden, 64) },
        new("adapter-wrong-base-family", "adapter-wrong-base") { Adapter = Rename },
        new("adapter-does-not-fit", "adapter-does-not-fit") { Adapter = adapter => adapter.Tensors.Remove(TinyAdapter.B(Query)) },
        new("adapter-no-effect", "adapter-no-effect") { Adapter = adapter => ClearB(adapter, "lora_B") },
        new("adapter-partly-idle", "adapter-partly-idle") { Adapter = adapter => ClearB(adapter, "layers.1") },
        new("adapter-tensors-unused", "adapter-tensors-unused") { Adapter = adapter => adapter.Add("model.layers.9.self_attn.q_proj", TinyCheckpoint.Hidden, TinyCheckpoint.Hidden) },
        new("adapter-tensors-missing", "adapter-tensors-missing") { Adapter = adapter => adapter.Config["target_modules"]!.AsArray().Add("down_proj") },
        new("adapter-setting-unknown", "adapter-setting-unknown") { Adapter = adapter => adapter.Config["use_brand_new_trick"] = true },
        new("adapter-eos-not-stop", "adapter-eos-not-stop") { Adapter = adapter => { EndWith(adapter.Tokenizer = new TinyCheckpoint(), "</s>"); adapter.Config["target_modules"]!.AsArray().Add("lm_head"); adapter.Add("lm_head", TinyCheckpoint.Vocabulary, TinyCheckpoint.Hidden); } },
        new("adapter-eos-untrained", "adapter-eos-untrained") { Model = model => Array.Clear(model.Tensors[Head].Values, TinyCheckpoint.Eos * TinyCheckpoint.Hidden, TinyCheckpoint.Hidden), Adapter = adapter => EndWith(adapter.Tokenizer = new TinyCheckpoint(), "</s>") },
    ];

    static string Weights(string folder) => Path.Combine(folder, "model.safetensors");

    static JsonArray Ids(params int[] ids) => [.. ids];

    static void Template(TinyCheckpoint model, string template) => model.TokenizerConfig["chat_template"] = template;

    static void Change(TinyCheckpoint model, string tensor, Func<TinyTensor, TinyTensor> change) => model.Tensors[tensor] = change(model.Tensors[tensor]);

    /// <summary>The token that every file but the template names as the end.</summary>
    static void EndWith(TinyCheckpoint model, string? token)
    {
        model.TokenizerConfig["eos_token"] = token;
        model.Config["eos_token_id"] = token is null ? null : TinyCheckpoint.Eos;
        model.Generation["eos_token_id"] = token is null ? null : TinyCheckpoint.Eos;
    }

    static void AddPad(TinyCheckpoint model)
    {
        TinyCheckpoint.AddToken(model.Tokenizer, "[PAD]");
        model.TokenizerConfig["pad_token"] = "[PAD]";
    }

    static void AddBosToEveryText(TinyCheckpoint model) => model.Tokenizer["post_processor"] = new JsonObject
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray(new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = "<s>", ["type_id"] = 0 } }, new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }),
        ["pair"] = new JsonArray(),
        ["special_tokens"] = new JsonObject { ["<s>"] = new JsonObject { ["id"] = "<s>", ["ids"] = Ids(TinyCheckpoint.Bos), ["tokens"] = new JsonArray("<s>") } },
    };

    static void DoraOnEmbedding(TinyAdapter adapter)
    {
        const string Embedding = "base_model.model.model.embed_tokens.lora_";
        adapter.Config["use_dora"] = true;
        adapter.Tensors[Embedding + "embedding_A"] = adapter.Numbers([TinyAdapter.Rank, TinyCheckpoint.Vocabulary]);
        adapter.Tensors[Embedding + "embedding_B"] = adapter.Numbers([TinyCheckpoint.Hidden, TinyAdapter.Rank]);
        adapter.Tensors[Embedding + "magnitude_vector"] = adapter.Numbers([1, TinyCheckpoint.Hidden]);
    }

    static void Rename(TinyAdapter adapter)
    {
        adapter.Tensors.Clear();
        adapter.Add("transformer.encoder.layers.0.self_attention.query_key_value", TinyCheckpoint.Hidden, TinyCheckpoint.Hidden);
    }

    static void ClearB(TinyAdapter adapter, string where)
    {
        foreach ((string name, TinyTensor tensor) in adapter.Tensors)
            if (name.Contains("lora_B", StringComparison.Ordinal) && name.Contains(where, StringComparison.Ordinal)) Array.Clear(tensor.Values);
    }

    static void Cut(string folder, string name)
    {
        using FileStream file = File.Open(Path.Combine(folder, name), FileMode.Open);
        file.SetLength(file.Length / 2);
    }

    static void Overwrite(string path, long at, string text)
    {
        using FileStream file = File.Open(path, FileMode.Open);
        file.Position = at;
        file.Write(Encoding.ASCII.GetBytes(text));
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Cli.Zoo;

/// <summary>
/// A whole Llama checkpoint of a few kilobytes in memory, to be broken before it is written: seeded bf16 weights, one token per byte, ChatML. Channel 0 of every
/// embedding is large and nothing else writes there, so the head's column 0 sets each token's logit: the model ends every answer at once with &lt;|im_end|&gt;.
/// </summary>
internal sealed class TinyCheckpoint
{
    public const int Hidden = 32, Layers = 2, Inner = 48;
    const int Heads = 4, KvHeads = 2, HeadDim = Hidden / Heads;

    public const string Template =
        "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    public const int Bos = 256, Eos = 257, TurnStart = 258, TurnEnd = 259, Pad = 260, Vocabulary = 261;

    static readonly string[] Specials = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "<pad>"];

    public TinyCheckpoint()
    {
        var random = new Random(5);
        Tensors["model.embed_tokens.weight"] = Numbers(random, [Vocabulary, Hidden], 1, channel0: _ => 4);
        for (int layer = 0; layer < Layers; layer++) AddLayer(random, layer);
        Tensors["model.norm.weight"] = Ones();
        Tensors["lm_head.weight"] = Numbers(random, [Vocabulary, Hidden], 0.3, channel0: row => row == TurnEnd ? 6 : 0);
    }

    public JsonObject Config { get; } = new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"), ["model_type"] = "llama", ["hidden_act"] = "silu", ["hidden_size"] = Hidden, ["intermediate_size"] = Inner,
        ["num_hidden_layers"] = Layers, ["num_attention_heads"] = Heads, ["num_key_value_heads"] = KvHeads, ["max_position_embeddings"] = 2048, ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0, ["tie_word_embeddings"] = false, ["torch_dtype"] = "bfloat16", ["vocab_size"] = Vocabulary, ["bos_token_id"] = Bos, ["eos_token_id"] = TurnEnd,
        ["pad_token_id"] = Pad,
    };

    public JsonObject Generation { get; } = new() { ["eos_token_id"] = TurnEnd, ["pad_token_id"] = Pad };

    public JsonObject TokenizerConfig { get; } = new()
    {
        ["bos_token"] = "<s>", ["eos_token"] = "<|im_end|>", ["pad_token"] = "<pad>", ["chat_template"] = Template, ["tokenizer_class"] = "PreTrainedTokenizerFast",
    };

    public JsonObject Tokenizer { get; } = TokenizerFile();

    /// <summary>In the order of the file.</summary>
    public Dictionary<string, TinyTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Files of weights; more than one come with an index.</summary>
    public int Shards { get; set; } = 1;

    /// <summary>Adds a token to the tokenizer at the next free id, and nothing to the embedding.</summary>
    public static void AddToken(JsonObject tokenizer, string text)
    {
        JsonArray added = tokenizer["added_tokens"]!.AsArray();
        added.Add((JsonNode)Special(Vocabulary - Specials.Length + added.Count, text));
    }

    public void AddLayer(Random random, int layer)
    {
        string path = $"model.layers.{layer}.";
        Tensors[path + "input_layernorm.weight"] = Ones();
        foreach ((string name, int rows) in new[] { ("q", Heads), ("k", KvHeads), ("v", KvHeads) }) Tensors[$"{path}self_attn.{name}_proj.weight"] = Numbers(random, [rows * HeadDim, Hidden], 0.2);
        Tensors[path + "self_attn.o_proj.weight"] = Numbers(random, [Hidden, Hidden], 0.2, quietRow0: true);
        Tensors[path + "post_attention_layernorm.weight"] = Ones();
        Tensors[path + "mlp.gate_proj.weight"] = Numbers(random, [Inner, Hidden], 0.2);
        Tensors[path + "mlp.up_proj.weight"] = Numbers(random, [Inner, Hidden], 0.2);
        Tensors[path + "mlp.down_proj.weight"] = Numbers(random, [Hidden, Inner], 0.2, quietRow0: true);
    }

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        Save(folder, "config.json", Config);
        Save(folder, "generation_config.json", Generation);
        WriteTokenizer(folder);
        if (Shards == 1) WriteTensors(Path.Combine(folder, "model.safetensors"), Tensors);
        else WriteShards(folder);
    }

    public void WriteTokenizer(string folder)
    {
        Save(folder, "tokenizer.json", Tokenizer);
        Save(folder, "tokenizer_config.json", TokenizerConfig);
    }

    public static void WriteTensors(string path, IEnumerable<KeyValuePair<string, TinyTensor>> tensors)
    {
        using FileStream file = File.Create(path);
        SafeTensorsWriter.WriteHeader(file, tensors.Select(tensor => (tensor.Key, tensor.Value.Type, tensor.Value.Shape)), ofTorch: true);
        foreach ((_, TinyTensor tensor) in tensors) file.Write(tensor.Bytes());
    }

    public static void Save(string folder, string name, JsonObject json) => File.WriteAllText(Path.Combine(folder, name), json.ToJsonString(Readable) + "\n");

    static JsonSerializerOptions Readable { get; } = new() { WriteIndented = true };

    void WriteShards(string folder)
    {
        var map = new JsonObject();
        int size = (Tensors.Count + Shards - 1) / Shards, number = 0;
        foreach (KeyValuePair<string, TinyTensor>[] shard in Tensors.Chunk(size))
        {
            string name = $"model-{++number:00000}-of-{Shards:00000}.safetensors";
            foreach ((string tensor, _) in shard) map[tensor] = name;
            WriteTensors(Path.Combine(folder, name), shard);
        }
        Save(folder, "model.safetensors.index.json", new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = Tensors.Values.Sum(tensor => tensor.Bytes().Length) }, ["weight_map"] = map });
    }

    static JsonObject TokenizerFile()
    {
        var vocabulary = new JsonObject();
        for (int value = 0, next = 256; value < 256; value++)
        {
            // GPT-2's letters for bytes: printable Latin-1 stands for itself, the rest from U+0100 on.
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            vocabulary[((char)(printable ? value : next++)).ToString()] = value;
        }
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. Specials.Select((text, i) => (JsonNode)Special(Bos + i, text))]),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        };
    }

    static JsonObject Special(int id, string text) => new()
    {
        ["id"] = id, ["content"] = text, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
    };

    static TinyTensor Ones() => new([Hidden], [.. Enumerable.Repeat(1f, Hidden)]);

    static TinyTensor Numbers(Random random, int[] shape, double deviation, Func<int, float>? channel0 = null, bool quietRow0 = false)
    {
        var values = new float[shape[0] * shape[1]];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        for (int row = 0; row < shape[0] && channel0 is not null; row++) values[row * shape[1]] = channel0(row);
        if (quietRow0) Array.Clear(values, 0, shape[1]);
        return new TinyTensor(shape, values);
    }
}

/// <summary>A tensor to be written as bf16, or as bytes of another type.</summary>
internal sealed record TinyTensor(int[] Shape, float[] Values, DType Type = DType.BF16)
{
    public byte[] Bytes() => Type switch
    {
        DType.BF16 => MemoryMarshal.AsBytes<ushort>([.. Values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))]).ToArray(),
        DType.F32 => MemoryMarshal.AsBytes<float>(Values).ToArray(),
        _ => new byte[SafeTensorsWriter.Bytes(Type, Shape)],
    };
}

using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Juxta.Tests;

/// <summary>
/// A Llama checkpoint with seeded random weights, a byte-level tokenizer and a chat template, made on the spot: 256 byte tokens, a few merges, four
/// special tokens. What it says is nonsense, and the same nonsense every time.
/// </summary>
static class TinyModel
{
    public const int ContextLength = 16384;
    const int Hidden = 32, Layers = 2, Heads = 4, KvHeads = 2, HeadDim = 8, Inner = 64;

    static readonly string[] Merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "l d", "Ġwor ld"];
    static readonly string[] Specials = ["<s>", "</s>", "<|im_start|>", "<|im_end|>"];

    const string Template =
        "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    static int Vocabulary => 256 + Merges.Length + Specials.Length;

    public static int Bos => 256 + Merges.Length;

    public static int Eos => Bos + 1;

    public static int TurnEnd => Bos + 3;

    /// <summary>Writes the checkpoint, and with it <c>adapters/loud</c> (acts) and <c>adapters/silent</c> (all zero).</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), new JsonObject { ["eos_token_id"] = new JsonArray(Eos, TurnEnd) }.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TokenizerFile().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), new JsonObject
        {
            ["bos_token"] = "<s>", ["eos_token"] = "</s>", ["add_bos_token"] = true, ["chat_template"] = Template, ["tokenizer_class"] = "PreTrainedTokenizerFast",
        }.ToJsonString());
        var random = new Random(7);
        SafeTensors.Write(Path.Combine(folder, "model.safetensors"), [.. Weights(random)]);
        WriteAdapter(Path.Combine(folder, "adapters", "loud"), random, 1.5);
        WriteAdapter(Path.Combine(folder, "adapters", "silent"), random, 0);
    }

    static JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"), ["model_type"] = "llama", ["hidden_act"] = "silu", ["hidden_size"] = Hidden,
        ["intermediate_size"] = Inner, ["num_hidden_layers"] = Layers, ["num_attention_heads"] = Heads, ["num_key_value_heads"] = KvHeads,
        ["max_position_embeddings"] = ContextLength, ["rms_norm_eps"] = 1e-5, ["rope_theta"] = 10000.0, ["tie_word_embeddings"] = false,
        ["torch_dtype"] = "float32", ["vocab_size"] = Vocabulary, ["bos_token_id"] = Bos, ["eos_token_id"] = Eos,
    };

    static IEnumerable<(string, int[], float[])> Weights(Random random)
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden], Normal(random, Vocabulary * Hidden, 1));
        yield return ("lm_head.weight", [Vocabulary, Hidden], Normal(random, Vocabulary * Hidden, 3 / Math.Sqrt(Hidden)));
        yield return ("model.norm.weight", [Hidden], Ones());
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [Hidden], Ones());
            yield return (prefix + "post_attention_layernorm.weight", [Hidden], Ones());
            foreach ((string name, int rows, int columns) in Linears())
            {
                yield return ($"{prefix}{name}.weight", [rows, columns], Normal(random, rows * columns, 1.2 / Math.Sqrt(columns)));
            }
        }
    }

    static IEnumerable<(string Name, int Rows, int Columns)> Linears() =>
    [
        ("self_attn.q_proj", Heads * HeadDim, Hidden), ("self_attn.k_proj", KvHeads * HeadDim, Hidden), ("self_attn.v_proj", KvHeads * HeadDim, Hidden),
        ("self_attn.o_proj", Hidden, Heads * HeadDim), ("mlp.gate_proj", Inner, Hidden), ("mlp.up_proj", Inner, Hidden), ("mlp.down_proj", Hidden, Inner),
    ];

    static void WriteAdapter(string folder, Random random, double strength)
    {
        const int rank = 4;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), new JsonObject
        {
            ["peft_type"] = "LORA", ["r"] = rank, ["lora_alpha"] = rank, ["target_modules"] = new JsonArray("q_proj", "v_proj", "down_proj"),
            ["bias"] = "none", ["task_type"] = "CAUSAL_LM", ["base_model_name_or_path"] = "tiny", ["fan_in_fan_out"] = false,
        }.ToJsonString());
        var tensors = new List<(string, int[], float[])>();
        for (int layer = 0; layer < Layers; layer++)
        {
            foreach ((string name, int rows, int columns) in Linears().Where(linear => linear.Name.EndsWith("q_proj", StringComparison.Ordinal) || linear.Name.EndsWith("v_proj", StringComparison.Ordinal) || linear.Name.EndsWith("down_proj", StringComparison.Ordinal)))
            {
                string path = $"base_model.model.model.layers.{layer}.{name}";
                tensors.Add(($"{path}.lora_A.weight", [rank, columns], Normal(random, rank * columns, 1 / Math.Sqrt(columns))));
                tensors.Add(($"{path}.lora_B.weight", [rows, rank], Normal(random, rows * rank, strength)));
            }
        }

        SafeTensors.Write(Path.Combine(folder, "adapter_model.safetensors"), tensors);
    }

    /// <param name="further">Texts that are tokens of their own, behind the others.</param>
    internal static JsonObject TokenizerFile(params IReadOnlyList<string> further)
    {
        var vocabulary = new JsonObject();
        foreach (char symbol in ByteSymbols()) vocabulary[symbol.ToString()] = vocabulary.Count;
        foreach (string merge in Merges) vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        return new JsonObject
        {
            ["version"] = "1.0", ["truncation"] = null, ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. Specials.Concat(further).Select((text, i) => (JsonNode)new JsonObject
            {
                ["id"] = Bos + i, ["content"] = text, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = i < Specials.Length,
            })]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = "<s>", ["type_id"] = 0 } }, new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }),
                ["pair"] = new JsonArray(new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }, new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "B", ["type_id"] = 1 } }),
                ["special_tokens"] = new JsonObject { ["<s>"] = new JsonObject { ["id"] = "<s>", ["ids"] = new JsonArray(Bos), ["tokens"] = new JsonArray("<s>") } },
            },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = null, ["continuing_subword_prefix"] = null, ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false, ["byte_fallback"] = false, ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. Merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }

    /// <summary>GPT-2's stand-ins for the 256 bytes: printable Latin-1 for itself, the others from U+0100 on.</summary>
    static IEnumerable<char> ByteSymbols()
    {
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            yield return (char)(printable ? value : next++);
        }
    }

    static float[] Ones() => [.. Enumerable.Repeat(1f, Hidden)];

    static float[] Normal(Random random, int count, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}

/// <summary>Writes f32 tensors in the safetensors format.</summary>
static class SafeTensors
{
    public static void Write(string file, IReadOnlyList<(string Name, int[] Shape, float[] Values)> tensors)
    {
        var header = new JsonObject();
        long offset = 0;
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = "F32", ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]), ["data_offsets"] = new JsonArray(offset, offset + (4L * values.Length)),
            };
            offset += 4L * values.Length;
        }

        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        Array.Resize(ref json, (json.Length + 7) / 8 * 8);
        json.AsSpan().Replace((byte)0, (byte)' ');
        using FileStream stream = File.Create(file);
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, json.Length);
        stream.Write(number);
        stream.Write(json);
        foreach ((_, _, float[] values) in tensors)
        {
            foreach (float value in values)
            {
                BinaryPrimitives.WriteSingleLittleEndian(number, value);
                stream.Write(number, 0, 4);
            }
        }
    }
}

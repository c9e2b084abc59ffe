using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.EngineTests.Tokenization;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>
/// Folders laid out as the original downloads are: their file names, shards, configuration keys and code files, with small random weights and vocabularies of
/// our own. The code files would stop a program that runs them.
/// </summary>
static class OriginalDownload
{
    const int Hidden = 32, Heads = 4, HeadDim = 8, Groups = 2, Inner = 48, Layers = 2;

    const string Code = "raise SystemExit('code of a checkpoint was run')\n";

    public static readonly string[] All = ["chatglm-6b", "chatglm2-6b", "chatglm3-6b", "glm-4-9b", "glm-4-9b-chat", "qwen2.5-0.5b"];

    public static string Write(TempFolder folder, string name)
    {
        Action<string, object> write = (file, content) =>
        {
            if (content is byte[] bytes) folder.Write($"{name}/{file}", bytes);
            else folder.Write($"{name}/{file}", content as string ?? JsonSerializer.Serialize(content));
        };
        write("README.md", "# A model\n");
        write("LICENSE", "…\n");
        switch (name)
        {
            case "chatglm-6b": ChatGlm6(write); break;
            case "chatglm2-6b": ChatGlm2(write, three: false); break;
            case "chatglm3-6b": ChatGlm2(write, three: true); break;
            case "qwen2.5-0.5b": Qwen(write); break;
            default: Glm4(write, chats: name.EndsWith("chat", StringComparison.Ordinal)); break;
        }
        return folder.File(name);
    }

    static void ChatGlm6(Action<string, object> write)
    {
        var model = OriginalVocabulary.ChatGlm6();
        int vocabulary = model.Pieces.Count, special = vocabulary - 8;
        write("ice_text.model", model.ToBytes());
        WriteCode(write, "quantization.py", "tokenization_chatglm.py");
        write("tokenizer_config.json", new
        {
            name_or_path = "THUDM/chatglm-6b", bos_token = "<sop>", eos_token = "<eop>", end_token = "</s>", gmask_token = "[gMASK]", mask_token = "[MASK]", pad_token = "<pad>", unk_token = "<unk>",
            remove_space = false, do_lower_case = false, tokenizer_class = "ChatGLMTokenizer", num_image_tokens = 0,
            auto_map = new { AutoTokenizer = new[] { "tokenization_chatglm.ChatGLMTokenizer", null } },
        });
        write("config.json", new
        {
            _name_or_path = "THUDM/chatglm-6b", architectures = new[] { "ChatGLMModel" }, auto_map = AutoMap, bos_token_id = special + 4, eos_token_id = special + 5, mask_token_id = special, gmask_token_id = special + 1,
            pad_token_id = 3, hidden_size = Hidden, inner_hidden_size = Inner, layernorm_epsilon = 1e-5, max_sequence_length = 512, model_type = "chatglm", num_attention_heads = Heads, num_layers = Layers,
            position_encoding_2d = true, torch_dtype = "float16", transformers_version = "4.23.1", use_cache = true, vocab_size = vocabulary,
        });
        List<(string, int[])> tensors = [("transformer.word_embeddings.weight", [vocabulary, Hidden])];
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"transformer.layers.{layer}.";
            tensors.AddRange(WithBias(prefix + "input_layernorm", Hidden), WithBias(prefix + "attention.query_key_value", 3 * Hidden, Hidden), WithBias(prefix + "attention.dense", Hidden, Hidden),
                WithBias(prefix + "post_attention_layernorm", Hidden), WithBias(prefix + "mlp.dense_h_to_4h", Inner, Hidden), WithBias(prefix + "mlp.dense_4h_to_h", Hidden, Inner),
                [(prefix + "attention.rotary_emb.inv_freq", [HeadDim / 4])]);
        }
        tensors.AddRange(WithBias("transformer.final_layernorm", Hidden), [("lm_head.weight", [vocabulary, Hidden])]);
        WriteShards(write, tensors, 8, pickled: true);
    }

    static void ChatGlm2(Action<string, object> write, bool three)
    {
        var model = OriginalVocabulary.ChatGlm2();
        write("tokenizer.model", model.ToBytes());
        WriteCode(write, "quantization.py");
        write("tokenization_chatglm.py", Code + (three ? "role_special_tokens = ['<|system|>', '<|user|>', '<|assistant|>', '<|observation|>']\n" : "special_tokens = ['[MASK]', '[gMASK]', '[sMASK]', 'sop', 'eop']\n"));
        write("tokenizer_config.json", new
        {
            name_or_path = three ? "THUDM/chatglm3-6b-base" : "THUDM/chatglm2-6b", remove_space = false, do_lower_case = false, tokenizer_class = "ChatGLMTokenizer",
            auto_map = new { AutoTokenizer = new[] { "tokenization_chatglm.ChatGLMTokenizer", null } },
        });
        write("config.json", GlmConfig(three ? "THUDM/chatglm3-6b" : "THUDM/chatglm2-6b", model.Pieces.Count + 16, new JsonArray(2), 1e-5));
        var tensors = GlmTensors(model.Pieces.Count + 16);
        WriteShards(write, tensors, 7, pickled: true);
        if (three) WriteShards(write, tensors, 7, pickled: false);
    }

    static void Glm4(Action<string, object> write, bool chats)
    {
        string ranks = OriginalVocabulary.Glm4();
        int first = ranks.Count(unit => unit == '\n');
        write("tokenizer.model", ranks);
        WriteCode(write, "tokenization_chatglm.py");
        string[] specials = ["<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>", "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>"];
        var config = new JsonObject
        {
            ["auto_map"] = new JsonObject { ["AutoTokenizer"] = new JsonArray("tokenization_chatglm.ChatGLM4Tokenizer", null) },
            ["added_tokens_decoder"] = new JsonObject(specials.Select((token, index) => KeyValuePair.Create($"{first + index}", (JsonNode?)SmallTokenizer.Added(first + index, token, special: true)))),
            ["additional_special_tokens"] = new JsonArray([.. specials.Select(token => (JsonNode)token)]), ["clean_up_tokenization_spaces"] = false, ["do_lower_case"] = false, ["eos_token"] = "<|endoftext|>",
            ["pad_token"] = "<|endoftext|>", ["model_max_length"] = 1_000_000, ["padding_side"] = "left", ["remove_space"] = false, ["tokenizer_class"] = "ChatGLM4Tokenizer",
        };
        if (chats)
            config["chat_template"] = "[gMASK]<sop>{% for item in messages %}<|{{ item['role'] }}|>{{ item['metadata'] }}\n{{ item['content'] }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
        write("tokenizer_config.json", config);
        write("config.json", GlmConfig("THUDM/glm-4-9b" + (chats ? "-chat" : ""), first + 16, new JsonArray(first, first + 7, first + 9), 1.5625e-07));
        write("generation_config.json", new { eos_token_id = new[] { first, first + 7, first + 9 }, pad_token_id = first, do_sample = true, temperature = 0.8, max_length = 8192, top_p = 0.8 });
        WriteShards(write, GlmTensors(first + 16), 10, pickled: false);
    }

    static void Qwen(Action<string, object> write)
    {
        var tokenizer = SmallTokenizer.ByteLevel();
        tokenizer["added_tokens"]!.AsArray().Insert(0, SmallTokenizer.Added(264, "<|endoftext|>", special: true));
        for (int i = 0; i < 4; i++) tokenizer["added_tokens"]![i]!["id"] = 264 + i;
        var vocabulary = tokenizer["model"]!["vocab"]!;
        write("tokenizer.json", tokenizer);
        write("vocab.json", vocabulary);
        write("merges.txt", "#version: 0.2\n" + string.Concat(tokenizer["model"]!["merges"]!.AsArray().Select(pair => $"{pair![0]} {pair[1]}\n")));
        write("tokenizer_config.json", new
        {
            add_bos_token = false, add_prefix_space = false, bos_token = (string?)null, eos_token = "<|endoftext|>", pad_token = "<|endoftext|>", tokenizer_class = "Qwen2Tokenizer", unk_token = (string?)null,
            chat_template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
        });
        const int size = 272;
        write("config.json", new
        {
            architectures = new[] { "Qwen2ForCausalLM" }, attention_dropout = 0.0, bos_token_id = 264, eos_token_id = 264, hidden_act = "silu", hidden_size = Hidden, initializer_range = 0.02, intermediate_size = Inner,
            max_position_embeddings = 512, max_window_layers = 24, model_type = "qwen2", num_attention_heads = Heads, num_hidden_layers = Layers, num_key_value_heads = Groups, rms_norm_eps = 1e-06, rope_theta = 1000000.0,
            sliding_window = 512, tie_word_embeddings = true, torch_dtype = "bfloat16", transformers_version = "4.40.1", use_cache = true, use_mrope = false, use_sliding_window = false, vocab_size = size,
        });
        write("generation_config.json", new { bos_token_id = 264, do_sample = false, eos_token_id = 264, max_new_tokens = 2048, transformers_version = "4.37.0" });
        List<(string, int[])> tensors = [("model.embed_tokens.weight", [size, Hidden]), ("model.norm.weight", [Hidden])];
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            tensors.AddRange(WithBias(prefix + "self_attn.q_proj", Heads * HeadDim, Hidden), WithBias(prefix + "self_attn.k_proj", Groups * HeadDim, Hidden), WithBias(prefix + "self_attn.v_proj", Groups * HeadDim, Hidden),
            [
                (prefix + "self_attn.o_proj.weight", [Hidden, Heads * HeadDim]), (prefix + "input_layernorm.weight", [Hidden]), (prefix + "post_attention_layernorm.weight", [Hidden]),
                (prefix + "mlp.gate_proj.weight", [Inner, Hidden]), (prefix + "mlp.up_proj.weight", [Inner, Hidden]), (prefix + "mlp.down_proj.weight", [Hidden, Inner]),
            ]);
        }
        write("model.safetensors", SafeTensors(tensors));
    }

    static readonly object AutoMap = new
    {
        AutoConfig = "configuration_chatglm.ChatGLMConfig", AutoModel = "modeling_chatglm.ChatGLMForConditionalGeneration", AutoModelForCausalLM = "modeling_chatglm.ChatGLMForConditionalGeneration",
        AutoModelForSeq2SeqLM = "modeling_chatglm.ChatGLMForConditionalGeneration",
    };

    static void WriteCode(Action<string, object> write, params string[] more)
    {
        foreach (string file in (string[])["configuration_chatglm.py", "modeling_chatglm.py", .. more]) write(file, Code);
    }

    static object GlmConfig(string name, int vocabulary, JsonArray eos, double epsilon) => new
    {
        _name_or_path = name, model_type = "chatglm", architectures = new[] { "ChatGLMModel" }, auto_map = AutoMap, add_bias_linear = false, add_qkv_bias = true, apply_query_key_layer_scaling = true,
        apply_residual_connection_post_layernorm = false, attention_dropout = 0.0, attention_softmax_in_fp32 = true, bias_dropout_fusion = true, ffn_hidden_size = Inner, fp32_residual_connection = false,
        hidden_dropout = 0.0, hidden_size = Hidden, kv_channels = HeadDim, layernorm_epsilon = epsilon, multi_query_attention = true, multi_query_group_num = Groups, num_attention_heads = Heads, num_layers = Layers,
        original_rope = true, padded_vocab_size = vocabulary, post_layer_norm = true, rmsnorm = true, seq_length = 512, use_cache = true, torch_dtype = "float16", transformers_version = "4.30.2", tie_word_embeddings = false,
        eos_token_id = eos.Count == 1 ? eos[0] : eos, pad_token_id = eos.Count == 1 ? 0 : (int)eos[0]!,
    };

    static List<(string, int[])> GlmTensors(int vocabulary)
    {
        List<(string, int[])> tensors = [("transformer.embedding.word_embeddings.weight", [vocabulary, Hidden]), ("transformer.rotary_pos_emb.inv_freq", [HeadDim / 4])];
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"transformer.encoder.layers.{layer}.";
            tensors.AddRange(WithBias(prefix + "self_attention.query_key_value", (Heads + 2 * Groups) * HeadDim, Hidden),
            [
                (prefix + "input_layernorm.weight", [Hidden]), (prefix + "post_attention_layernorm.weight", [Hidden]), (prefix + "self_attention.dense.weight", [Hidden, Heads * HeadDim]),
                (prefix + "mlp.dense_h_to_4h.weight", [2 * Inner, Hidden]), (prefix + "mlp.dense_4h_to_h.weight", [Hidden, Inner]),
            ]);
        }
        tensors.AddRange([("transformer.encoder.final_layernorm.weight", [Hidden]), ("transformer.output_layer.weight", [vocabulary, Hidden])]);
        return tensors;
    }

    static List<(string, int[])> WithBias(string module, params int[] shape) => [(module + ".weight", shape), (module + ".bias", [shape[0]])];

    static void AddRange(this List<(string, int[])> tensors, params IEnumerable<(string, int[])>[] groups)
    {
        foreach (var group in groups) tensors.AddRange(group);
    }

    /// <summary>The tensors spread over files in turn, with the index that names them.</summary>
    static void WriteShards(Action<string, object> write, List<(string Name, int[] Shape)> tensors, int count, bool pickled)
    {
        var (stem, ending) = pickled ? ("pytorch_model", "bin") : ("model", "safetensors");
        var map = new JsonObject();
        foreach (var shard in tensors.Select((tensor, index) => (tensor, Number: index * count / tensors.Count)).GroupBy(pair => pair.Number, pair => pair.tensor))
        {
            string file = $"{stem}-{shard.Key + 1:00000}-of-{count:00000}.{ending}";
            foreach (var (name, _) in shard) map[name] = file;
            write(file, pickled ? Pickle([.. shard]) : SafeTensors([.. shard]));
        }
        write($"{stem}.{ending}.index.json", new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 2 * tensors.Sum(tensor => tensor.Shape.Aggregate(1, (a, b) => a * b)) }, ["weight_map"] = map });
    }

    static byte[] Pickle(List<(string Name, int[] Shape)> tensors)
    {
        var pickle = new PickleWriter().Dictionary();
        foreach (var ((name, shape), index) in tensors.Select((tensor, index) => (tensor, index)))
        {
            int[] strides = [.. shape.Select((_, axis) => shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b))];
            pickle.Text(name).Tensor(shape, strides, shape.Aggregate(1, (a, b) => a * b), $"{index}", "HalfStorage");
        }
        return pickle.EndDictionary().Archive([.. tensors.Select(tensor => Values(tensor.Name, tensor.Shape).SelectMany(value => BitConverter.GetBytes((Half)value)).ToArray())]);
    }

    static byte[] SafeTensors(List<(string Name, int[] Shape)> tensors)
    {
        var header = new JsonObject();
        List<byte> data = [];
        foreach (var (name, shape) in tensors)
        {
            int begin = data.Count;
            foreach (float value in Values(name, shape)) data.AddRange(BitConverter.GetBytes(value));
            header[name] = new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]), ["data_offsets"] = new JsonArray(begin, data.Count) };
        }
        return TempFolder.SafeTensors(System.Text.Encoding.UTF8.GetBytes(header.ToJsonString()), [.. data]);
    }

    /// <summary>The same for the same name and shape.</summary>
    static float[] Values(string name, int[] shape)
    {
        bool norm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
        var random = new Random(name.Sum(unit => unit * 31) + shape[0]);
        return [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)((Half)(random.NextDouble() - 0.5) * (Half)0.6f) + (norm ? 1 : 0))];
    }
}

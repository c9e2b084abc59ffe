using System.Text.Json.Nodes;

namespace Juxta.Tests;

/// <summary>
/// A Llama checkpoint that recites: one text where it is asked by a person, another where a tool has answered. It is a real model with a real template that knows tools; its weights make
/// each token of the texts follow the one before, whatever the sampling. For tests of what is made of answers whose words must be known.
/// </summary>
static class RecitingModel
{
    const int Hidden = 64, Heads = 4, HeadDim = 16, PieceLength = 6;

    /// <summary>Qwen's form of tools, calls and results, shortened. The last character says who has spoken.</summary>
    const string Template =
        """
        {% if tools %}<|im_start|>system
        # Tools{% for tool in tools %}
        {{ tool | tojson }}{% endfor %}
        Answer with <tool_call>{"name": …, "arguments": …}</tool_call><|im_end|>
        {% endif %}{% for message in messages %}<|im_start|>{{ message.role }}
        {{ message.content }}{% for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}<|im_end|>
        {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant{{ '\r' if messages[-1].role == 'tool' else '\n' }}{% endif %}
        """;

    /// <param name="folder">Where the checkpoint goes.</param>
    /// <param name="asked">What it says to a person.</param>
    /// <param name="answered">What it says to a tool's result.</param>
    public static void Write(string folder, string asked, string answered)
    {
        string[] first = Pieces(asked, []), second = Pieces(answered, first), pieces = [.. first, .. second];
        if (pieces.Length + 3 > Hidden) throw new ArgumentException($"{pieces.Length} pieces are more than this model can keep apart");
        Directory.CreateDirectory(folder);
        int firstPiece = TinyModel.TurnEnd + 1, vocabulary = firstPiece + pieces.Length;
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"), ["model_type"] = "llama", ["hidden_act"] = "silu", ["hidden_size"] = Hidden, ["intermediate_size"] = Hidden,
            ["num_hidden_layers"] = 1, ["num_attention_heads"] = Heads, ["num_key_value_heads"] = Heads, ["max_position_embeddings"] = 8192, ["rms_norm_eps"] = 1e-5, ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = false, ["torch_dtype"] = "float32", ["vocab_size"] = vocabulary, ["bos_token_id"] = TinyModel.Bos, ["eos_token_id"] = TinyModel.TurnEnd,
        }.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TinyModel.TokenizerFile(pieces).ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), new JsonObject
        {
            ["bos_token"] = "<s>", ["eos_token"] = "<|im_end|>", ["add_bos_token"] = false, ["chat_template"] = Template.ReplaceLineEndings("\n"), ["tokenizer_class"] = "PreTrainedTokenizerFast",
        }.ToJsonString());

        // Each token that another must follow has a direction of its own; all the others share the last.
        var embedding = new float[vocabulary * Hidden];
        var head = new float[vocabulary * Hidden];
        for (int id = 0; id < vocabulary; id++) embedding[(id * Hidden) + Hidden - 1] = 1;
        int direction = 0;
        Follow(NewLine, first.Length > 0 ? firstPiece : TinyModel.TurnEnd);
        Follow(Return, second.Length > 0 ? firstPiece + first.Length : TinyModel.TurnEnd);
        for (int i = 0; i < pieces.Length; i++) Follow(firstPiece + i, i == first.Length - 1 || i == pieces.Length - 1 ? TinyModel.TurnEnd : firstPiece + i + 1);
        List<(string, int[], float[])> tensors =
        [
            ("model.embed_tokens.weight", [vocabulary, Hidden], embedding), ("lm_head.weight", [vocabulary, Hidden], head), ("model.norm.weight", [Hidden], Ones()),
            ("model.layers.0.input_layernorm.weight", [Hidden], Ones()), ("model.layers.0.post_attention_layernorm.weight", [Hidden], Ones()),
        ];
        foreach (string name in (string[])["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"])
            tensors.Add(($"model.layers.0.{name}.weight", [Hidden, Hidden], new float[Hidden * Hidden]));
        SafeTensors.Write(Path.Combine(folder, "model.safetensors"), tensors);

        void Follow(int token, int next)
        {
            embedding[(token * Hidden) + Hidden - 1] = 0;
            embedding[(token * Hidden) + direction] = 1;
            head[(next * Hidden) + direction++] = 10;
        }
    }

    /// <summary>Ids of the two bytes, by the order of the tokenizer's symbols.</summary>
    const int NewLine = 10, Return = 13;

    /// <summary>The text in pieces that are all different, also from others.</summary>
    static string[] Pieces(string text, IReadOnlyCollection<string> others)
    {
        List<string> pieces = [];
        for (int at = 0; at < text.Length;)
        {
            // A single character is a token of the vocabulary already.
            int length = text.Length - at <= PieceLength + 1 ? text.Length - at : PieceLength;
            while ((pieces.Contains(text.Substring(at, length)) || others.Contains(text.Substring(at, length))) && at + length < text.Length) length++;
            pieces.Add(text.Substring(at, length));
            at += length;
        }
        return [.. pieces];
    }

    static float[] Ones() => [.. Enumerable.Repeat(1f, Hidden)];
}

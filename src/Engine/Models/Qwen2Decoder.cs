using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// Qwen2 and Qwen2.5 (Qwen team 2024): Llama with biases on q, k and v, and a sliding window on the layers from
/// <c>max_window_layers</c> on where <c>use_sliding_window</c> is set.
/// </summary>
internal sealed class Qwen2Decoder : CpuDecoder
{
    public static ModelFamily Family { get; } =
        new("qwen2", ["Qwen2ForCausalLM"], (json, weights) => new Qwen2Decoder(Config.Read(json), weights));

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    internal sealed record Config(
        int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, int NumAttentionHeads, int NumKeyValueHeads, int HeadDim,
        int MaxPositionEmbeddings, float RmsNormEps, int[] Windows, bool TieWordEmbeddings, RopeFrequencies Rope)
    {
        public static Config Read(CheckpointConfig json)
        {
            if (json.StringOr("hidden_act", "silu") is not ("silu" or "swish") and var activation)
                throw json.Error("hidden_act", $"is '{activation}'; this family is built with silu");
            int hidden = json.Int("hidden_size"), heads = json.Int("num_attention_heads");
            int headDim = json.IntOr("head_dim", hidden / heads), positions = json.IntOr("max_position_embeddings", 32768);
            return new Config(
                json.Int("vocab_size"), hidden, json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads,
                json.IntOr("num_key_value_heads", heads), headDim, positions, json.FloatOr("rms_norm_eps", 1e-6f),
                ReadWindows(json),
                json.BoolOr("tie_word_embeddings", false), RopeFrequencies.Read(json, headDim, positions));
        }

        /// <summary>Per layer: its sliding window, or 0. Older configs count layers, newer ones name each layer's kind.</summary>
        static int[] ReadWindows(CheckpointConfig json)
        {
            int window = json.BoolOr("use_sliding_window", false) ? json.IntOr("sliding_window", 4096) : 0;
            int first = json.IntOr("max_window_layers", 28);
            string[] kinds = [.. json.Strings("layer_types")];
            return [.. Enumerable.Range(0, json.Int("num_hidden_layers", max: 4096))
                .Select(i => (i < kinds.Length ? kinds[i] == "sliding_attention" : i >= first) ? window : 0)];
        }
    }

    readonly Embedding _embedTokens;
    readonly DecoderLayer[] _layers;
    readonly RmsNorm _norm;
    readonly LmHead _lmHead;

    Qwen2Decoder(Config c, WeightBinder weights)
        : base(new DecoderShape(c.NumHiddenLayers, c.NumKeyValueHeads, c.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights)
    {
        (_embedTokens, _lmHead) = weights.EmbeddingAndHead("model.embed_tokens", "lm_head", c.VocabSize, c.HiddenSize, c.TieWordEmbeddings);
        var rotary = new RotaryEmbedding(c.Rope, RotaryPairs.HalfSplit);
        _layers = [.. Enumerable.Range(0, c.NumHiddenLayers).Select(i => Layer(c, weights, rotary, i))];
        _norm = weights.RmsNorm("model.norm", c.HiddenSize, c.RmsNormEps);
    }

    static DecoderLayer Layer(Config c, WeightBinder weights, RotaryEmbedding rotary, int index)
    {
        string path = $"model.layers.{index}", attn = $"{path}.self_attn", mlp = $"{path}.mlp";
        int queries = c.NumAttentionHeads * c.HeadDim, keys = c.NumKeyValueHeads * c.HeadDim;
        var attention = new AttentionConfig(c.NumAttentionHeads, c.NumKeyValueHeads, c.HeadDim, 1 / MathF.Sqrt(c.HeadDim), c.Windows[index]);
        return new DecoderLayer(
            weights.RmsNorm($"{path}.input_layernorm", c.HiddenSize, c.RmsNormEps),
            new SelfAttention(
                index, attention, rotary,
                weights.Linear(c.HiddenSize, bias: true, ($"{attn}.q_proj", queries), ($"{attn}.k_proj", keys), ($"{attn}.v_proj", keys)),
                weights.Linear(queries, bias: false, ($"{attn}.o_proj", c.HiddenSize))),
            weights.RmsNorm($"{path}.post_attention_layernorm", c.HiddenSize, c.RmsNormEps),
            new SwiGluMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{mlp}.gate_proj", c.IntermediateSize), ($"{mlp}.up_proj", c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{mlp}.down_proj", c.HiddenSize))));
    }

    public override void Forward(Batch batch, KvCache cache, Matrix logits)
    {
        Step.Begin(batch, cache);
        Matrix hidden = _embedTokens.Forward(Step);
        foreach (DecoderLayer layer in _layers) layer.Forward(Step, hidden);
        Matrix last = Step.SelectLogitRows(hidden);
        _norm.Forward(Step.Pool, Step.LogitRuns, last, last);
        _lmHead.Forward(Step, last, logits);
    }
}

using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// Qwen2 and Qwen2.5 (Qwen team 2024): Llama with biases on q, k and v, and a sliding window on the layers from
/// <c>max_window_layers</c> on where <c>use_sliding_window</c> is set.
/// </summary>
internal sealed class Qwen2Decoder : PreNormDecoder
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
            (int heads, int kvHeads, int headDim) = AttentionHeads.Read(json);
            int positions = json.IntOr("max_position_embeddings", 32768);
            return new Config(
                json.Int("vocab_size"), json.Int("hidden_size"), json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads,
                kvHeads, headDim, positions, json.FloatOr("rms_norm_eps", 1e-6f),
                LayerWindows.Read(json),
                json.BoolOr("tie_word_embeddings", false), RopeFrequencies.Read(json, headDim, positions));
        }
    }

    Qwen2Decoder(Config c, WeightBinder weights)
        : base(
            new DecoderShape(c.NumHiddenLayers, c.NumKeyValueHeads, c.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights,
            weights.EmbeddingAndHead("model.embed_tokens", "lm_head", c.VocabSize, c.HiddenSize, c.TieWordEmbeddings),
            Layers(c, weights),
            weights.RmsNorm("model.norm", c.HiddenSize, c.RmsNormEps))
    {
    }

    static DecoderLayer[] Layers(Config c, WeightBinder weights)
    {
        var rotary = new RotaryEmbedding(c.Rope, RotaryPairs.HalfSplit);
        return [.. Enumerable.Range(0, c.NumHiddenLayers).Select(i => Layer(c, weights, rotary, i))];
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
            new GatedMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{mlp}.gate_proj", c.IntermediateSize), ($"{mlp}.up_proj", c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{mlp}.down_proj", c.HiddenSize))));
    }
}

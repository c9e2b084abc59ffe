using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// GLM-4 in transformers' own format (GLM team 2024): grouped-query attention with biases on q, k and v, half of each head turned in
/// neighbouring pairs, gate and up in one weight. GLM-4-0414 (<c>glm4</c>) also norms what each sub-layer gives.
/// </summary>
internal sealed class GlmDecoder : PreNormDecoder
{
    public static ModelFamily Family { get; } =
        new("glm", ["GlmForCausalLM"], (json, weights) => new GlmDecoder(Config.Read(json, 1.5625e-07f), weights, sandwich: false));

    public static ModelFamily Glm4Family { get; } =
        new("glm4", ["Glm4ForCausalLM"], (json, weights) => new GlmDecoder(Config.Read(json, 1e-5f), weights, sandwich: true));

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    internal sealed record Config(
        int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, AttentionHeads Heads, int MaxPositionEmbeddings, float RmsNormEps,
        bool AttentionBias, bool TieWordEmbeddings, RopeFrequencies Rope)
    {
        public static Config Read(CheckpointConfig json, float eps)
        {
            AttentionHeads heads = AttentionHeads.Read(json, kvHeads: 2, headDim: 128);
            int positions = json.IntOr("max_position_embeddings", 131072);
            return new Config(
                json.Int("vocab_size"), json.Int("hidden_size"), json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads, positions,
                json.FloatOr("rms_norm_eps", eps), json.BoolOr("attention_bias", true), json.BoolOr("tie_word_embeddings", false),
                RopeFrequencies.Read(json, PartialRotary.Dim(json, heads.HeadDim, 0.5), positions));
        }
    }

    GlmDecoder(Config c, WeightBinder weights, bool sandwich)
        : base(
            new DecoderShape(c.NumHiddenLayers, c.Heads.KvHeads, c.Heads.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights,
            weights.EmbeddingAndHead("model.embed_tokens", "lm_head", c.VocabSize, c.HiddenSize, c.TieWordEmbeddings),
            Layers(c, weights, sandwich),
            weights.RmsNorm("model.norm", c.HiddenSize, c.RmsNormEps))
    {
    }

    static DecoderLayer[] Layers(Config c, WeightBinder weights, bool sandwich)
    {
        var rotary = new RotaryEmbedding(c.Rope, RotaryPairs.Interleaved);
        return [.. Enumerable.Range(0, c.NumHiddenLayers).Select(i => Layer(c, weights, rotary, i, sandwich))];
    }

    static DecoderLayer Layer(Config c, WeightBinder weights, RotaryEmbedding rotary, int index, bool sandwich)
    {
        string path = $"model.layers.{index}", attn = $"{path}.self_attn", mlp = $"{path}.mlp";
        (int heads, int kvHeads, int headDim) = c.Heads;
        return new DecoderLayer(
            Norm("input_layernorm"),
            new SelfAttention(
                index, new AttentionConfig(heads, kvHeads, headDim, 1 / MathF.Sqrt(headDim)), rotary,
                weights.Linear(
                    c.HiddenSize, c.AttentionBias, ($"{attn}.q_proj", heads * headDim), ($"{attn}.k_proj", kvHeads * headDim), ($"{attn}.v_proj", kvHeads * headDim)),
                weights.Linear(heads * headDim, bias: false, ($"{attn}.o_proj", c.HiddenSize))),
            Norm("post_attention_layernorm"),
            new GatedMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{mlp}.gate_up_proj", 2 * c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{mlp}.down_proj", c.HiddenSize))),
            sandwich ? Norm("post_self_attn_layernorm") : null,
            sandwich ? Norm("post_mlp_layernorm") : null);

        RmsNorm Norm(string name) => weights.RmsNorm($"{path}.{name}", c.HiddenSize, c.RmsNormEps);
    }
}

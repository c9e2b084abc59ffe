using Juxta.Engine.Layers;
using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Examples;

/// <summary>A made-up family, "example": Llama's layers without biases, untied or tied head.</summary>
internal sealed class ExampleDecoder : PreNormDecoder
{
    public static ModelFamily Family { get; } =
        new("example", ["ExampleForCausalLM"], (json, weights) => new ExampleDecoder(Config.Read(json), weights));

    internal sealed record Config(
        int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, AttentionHeads Heads, int MaxPositionEmbeddings,
        float RmsNormEps, bool TieWordEmbeddings, RopeFrequencies Rope)
    {
        public static Config Read(CheckpointConfig json)
        {
            AttentionHeads heads = AttentionHeads.Read(json);
            int positions = json.IntOr("max_position_embeddings", 2048);
            return new Config(
                json.Int("vocab_size"), json.Int("hidden_size"), json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads,
                positions, json.FloatOr("rms_norm_eps", 1e-6f), json.BoolOr("tie_word_embeddings", false),
                RopeFrequencies.Read(json, heads.HeadDim, positions));
        }
    }

    ExampleDecoder(Config c, WeightBinder weights)
        : base(
            new DecoderShape(c.NumHiddenLayers, c.Heads.KvHeads, c.Heads.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights,
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
        (int heads, int kvHeads, int headDim) = c.Heads;
        return new DecoderLayer(
            weights.RmsNorm($"{path}.input_layernorm", c.HiddenSize, c.RmsNormEps),
            new SelfAttention(
                index, new AttentionConfig(heads, kvHeads, headDim, 1 / MathF.Sqrt(headDim)), rotary,
                weights.Linear(c.HiddenSize, bias: false, ($"{attn}.q_proj", heads * headDim), ($"{attn}.k_proj", kvHeads * headDim), ($"{attn}.v_proj", kvHeads * headDim)),
                weights.Linear(heads * headDim, bias: false, ($"{attn}.o_proj", c.HiddenSize))),
            weights.RmsNorm($"{path}.post_attention_layernorm", c.HiddenSize, c.RmsNormEps),
            new GatedMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{mlp}.gate_proj", c.IntermediateSize), ($"{mlp}.up_proj", c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{mlp}.down_proj", c.HiddenSize))));
    }
}

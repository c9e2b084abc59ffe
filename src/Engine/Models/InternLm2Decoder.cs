using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// InternLM2 (Cai et al. 2024): Llama under other names, with q, k and v in one weight whose rows come by key/value head: its query heads, its key,
/// its value.
/// </summary>
internal sealed class InternLm2Decoder : PreNormDecoder
{
    public static ModelFamily Family { get; } =
        new("internlm2", ["InternLM2ForCausalLM"], (json, weights) => new InternLm2Decoder(Config.Read(json), weights));

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    internal sealed record Config(
        int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, AttentionHeads Heads, int MaxPositionEmbeddings, float RmsNormEps, bool Bias,
        bool TieWordEmbeddings, RopeFrequencies Rope)
    {
        public static Config Read(CheckpointConfig json)
        {
            AttentionHeads heads = AttentionHeads.Read(json);
            int positions = json.IntOr("max_position_embeddings", 2048);
            return new Config(
                json.Int("vocab_size"), json.Int("hidden_size"), json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads, positions,
                json.FloatOr("rms_norm_eps", 1e-6f), json.BoolOr("bias", true), json.BoolOr("tie_word_embeddings", false),
                RopeFrequencies.Read(json, heads.HeadDim, positions));
        }
    }

    InternLm2Decoder(Config c, WeightBinder weights)
        : base(
            new DecoderShape(c.NumHiddenLayers, c.Heads.KvHeads, c.Heads.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights,
            weights.EmbeddingAndHead("model.tok_embeddings", "output", c.VocabSize, c.HiddenSize, c.TieWordEmbeddings),
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
        string path = $"model.layers.{index}", attention = $"{path}.attention", feedForward = $"{path}.feed_forward";
        (int heads, int kvHeads, int headDim) = c.Heads;
        return new DecoderLayer(
            weights.RmsNorm($"{path}.attention_norm", c.HiddenSize, c.RmsNormEps),
            new SelfAttention(
                index, new AttentionConfig(heads, kvHeads, headDim, 1 / MathF.Sqrt(headDim), Grouped: true), rotary,
                weights.Linear(c.HiddenSize, c.Bias, ($"{attention}.wqkv", (heads + (2 * kvHeads)) * headDim)),
                weights.Linear(heads * headDim, c.Bias, ($"{attention}.wo", c.HiddenSize))),
            weights.RmsNorm($"{path}.ffn_norm", c.HiddenSize, c.RmsNormEps),
            new GatedMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{feedForward}.w1", c.IntermediateSize), ($"{feedForward}.w3", c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{feedForward}.w2", c.HiddenSize))));
    }
}

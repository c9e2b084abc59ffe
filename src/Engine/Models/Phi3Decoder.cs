using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// Phi-3 (Abdin et al. 2024): Llama with q, k and v in one weight and gate and up in another, and a sliding window. Long-context checkpoints turn
/// texts beyond <c>original_max_position_embeddings</c> by other frequencies (<c>longrope</c>).
/// </summary>
internal sealed class Phi3Decoder : PreNormDecoder
{
    public static ModelFamily Family { get; } =
        new("phi3", ["Phi3ForCausalLM"], (json, weights) => new Phi3Decoder(Config.Read(json), weights));

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    internal sealed record Config(
        int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, AttentionHeads Heads, int MaxPositionEmbeddings, float RmsNormEps,
        int SlidingWindow, bool TieWordEmbeddings, RopeFrequencies Rope, RopeFrequencies? LongRope, int OriginalMaxPositionEmbeddings)
    {
        public static Config Read(CheckpointConfig json)
        {
            AttentionHeads heads = AttentionHeads.Read(json);
            int positions = json.IntOr("max_position_embeddings", 4096), rotated = PartialRotary.Dim(json, heads.HeadDim, 1);
            (RopeFrequencies Ordinary, RopeFrequencies Longer)? ropes = LongRotary.Read(json, rotated, positions, out int original);
            return new Config(
                json.Int("vocab_size"), json.Int("hidden_size"), json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads, positions,
                json.FloatOr("rms_norm_eps", 1e-5f), json.IntOr("sliding_window", 0), json.BoolOr("tie_word_embeddings", false),
                ropes?.Ordinary ?? RopeFrequencies.Read(json, rotated, positions), ropes?.Longer, original);
        }
    }

    readonly Config _config;

    Phi3Decoder(Config c, WeightBinder weights)
        : base(
            new DecoderShape(c.NumHiddenLayers, c.Heads.KvHeads, c.Heads.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights,
            weights.EmbeddingAndHead("model.embed_tokens", "lm_head", c.VocabSize, c.HiddenSize, c.TieWordEmbeddings),
            Layers(c, weights),
            weights.RmsNorm("model.norm", c.HiddenSize, c.RmsNormEps)) => _config = c;

    public override TextContext ReadContext(ReadOnlySpan<int> ids, AdapterSet adapters)
    {
        TextContext context = base.ReadContext(ids, adapters);
        if (_config.LongRope is null) return context;
        return ids.Length > _config.OriginalMaxPositionEmbeddings ? context with { IsLong = true } : context with { HoldsTo = _config.OriginalMaxPositionEmbeddings };
    }

    static DecoderLayer[] Layers(Config c, WeightBinder weights)
    {
        var ordinary = new RotaryEmbedding(c.Rope, RotaryPairs.HalfSplit);
        IRotary rotary = c.LongRope is null ? ordinary : new LongRotary(ordinary, new RotaryEmbedding(c.LongRope, RotaryPairs.HalfSplit));
        return [.. Enumerable.Range(0, c.NumHiddenLayers).Select(i => Layer(c, weights, rotary, i))];
    }

    static DecoderLayer Layer(Config c, WeightBinder weights, IRotary rotary, int index)
    {
        string path = $"model.layers.{index}", attn = $"{path}.self_attn", mlp = $"{path}.mlp";
        (int heads, int kvHeads, int headDim) = c.Heads;
        return new DecoderLayer(
            weights.RmsNorm($"{path}.input_layernorm", c.HiddenSize, c.RmsNormEps),
            new SelfAttention(
                index, new AttentionConfig(heads, kvHeads, headDim, 1 / MathF.Sqrt(headDim), c.SlidingWindow), rotary,
                weights.Linear(c.HiddenSize, bias: false, ($"{attn}.qkv_proj", (heads + (2 * kvHeads)) * headDim)),
                weights.Linear(heads * headDim, bias: false, ($"{attn}.o_proj", c.HiddenSize))),
            weights.RmsNorm($"{path}.post_attention_layernorm", c.HiddenSize, c.RmsNormEps),
            new GatedMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{mlp}.gate_up_proj", 2 * c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{mlp}.down_proj", c.HiddenSize))));
    }
}

using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// Gemma 2 (Gemma team 2024) and the text model of Gemma 3 (2025): embeddings times √hidden, RMSNorm by 1 + w before and after each sub-layer, GeGLU, a tied head.
/// Gemma 2 caps scores and logits softly and slides a window on even layers; Gemma 3 norms q and k instead and turns its local layers at a base of their own.
/// </summary>
internal sealed class GemmaDecoder : PreNormDecoder
{
    public static ModelFamily Gemma2Family { get; } =
        new("gemma2", ["Gemma2ForCausalLM"], (json, weights) => new GemmaDecoder(Config.ReadGemma2(json), weights));

    public static ModelFamily Gemma3Family { get; } =
        new("gemma3_text", ["Gemma3ForCausalLM"], (json, weights) => new GemmaDecoder(Config.ReadGemma3(json), weights));

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    /// <param name="Local">Per layer: whether it slides a window.</param>
    /// <param name="LocalRope">Frequencies of the local layers.</param>
    internal sealed record Config(
        int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, AttentionHeads Heads, int MaxPositionEmbeddings, float RmsNormEps,
        bool AttentionBias, float QueryPreAttnScalar, float AttnLogitSoftcapping, float FinalLogitSoftcapping, int SlidingWindow, bool[] Local, bool QkNorm,
        RopeFrequencies Rope, RopeFrequencies LocalRope)
    {
        public static Config ReadGemma2(CheckpointConfig json)
        {
            Config c = Read(json, 4096, 10000);
            return c with
            {
                AttnLogitSoftcapping = json.FloatOr("attn_logit_softcapping", json.IsNull("attn_logit_softcapping") ? 0 : 50),
                FinalLogitSoftcapping = json.FloatOr("final_logit_softcapping", json.IsNull("final_logit_softcapping") ? 0 : 30),
                Local = Kinds(json, c.NumHiddenLayers, i => i % 2 == 0),
            };
        }

        public static Config ReadGemma3(CheckpointConfig json)
        {
            Config c = Read(json, 4096, 1_000_000);
            int pattern = json.IntOr("sliding_window_pattern", 6);
            return c with
            {
                QkNorm = true,
                Local = Kinds(json, c.NumHiddenLayers, i => (i + 1) % pattern != 0),
                LocalRope = RopeFrequencies.Plain(c.Heads.HeadDim, json.DoubleOrNull("rope_local_base_freq") ?? 10000),
            };
        }

        static Config Read(CheckpointConfig json, int window, double theta)
        {
            string activation = json.StringOrNull("hidden_activation") ?? json.StringOr("hidden_act", "gelu_pytorch_tanh");
            if (activation != "gelu_pytorch_tanh") throw json.Error("hidden_activation", $"is '{activation}'; this family is built with gelu_pytorch_tanh");
            AttentionHeads heads = AttentionHeads.Read(json, headDim: 256);
            int positions = json.IntOr("max_position_embeddings", 8192);
            RopeFrequencies rope = RopeFrequencies.Read(json, heads.HeadDim, positions, theta);
            return new Config(
                json.Int("vocab_size"), json.Int("hidden_size"), json.Int("intermediate_size"), json.Int("num_hidden_layers", max: 4096), heads, positions,
                json.FloatOr("rms_norm_eps", 1e-6f), json.BoolOr("attention_bias", false), json.FloatOr("query_pre_attn_scalar", 256), 0, 0,
                json.IntOr("sliding_window", window), [], false, rope, rope);
        }

        static bool[] Kinds(CheckpointConfig json, int layers, Func<int, bool> isLocal)
        {
            string[] kinds = [.. json.Strings("layer_types")];
            return [.. Enumerable.Range(0, layers).Select(i => i < kinds.Length ? kinds[i] == "sliding_attention" : isLocal(i))];
        }
    }

    GemmaDecoder(Config c, WeightBinder weights)
        : base(
            new DecoderShape(c.NumHiddenLayers, c.Heads.KvHeads, c.Heads.HeadDim, c.VocabSize, c.MaxPositionEmbeddings), weights,
            weights.EmbeddingAndHead("model.embed_tokens", "lm_head", c.VocabSize, c.HiddenSize, tied: true),
            Layers(c, weights),
            weights.RmsNorm("model.norm", c.HiddenSize, c.RmsNormEps, offset: 1),
            MathF.Sqrt(c.HiddenSize), c.FinalLogitSoftcapping)
    {
    }

    static DecoderLayer[] Layers(Config c, WeightBinder weights)
    {
        RotaryEmbedding global = new(c.Rope, RotaryPairs.HalfSplit), local = new(c.LocalRope, RotaryPairs.HalfSplit);
        return [.. Enumerable.Range(0, c.NumHiddenLayers).Select(i => Layer(c, weights, c.Local[i] ? local : global, i))];
    }

    static DecoderLayer Layer(Config c, WeightBinder weights, RotaryEmbedding rotary, int index)
    {
        string path = $"model.layers.{index}", attn = $"{path}.self_attn", mlp = $"{path}.mlp";
        (int heads, int kvHeads, int headDim) = c.Heads;
        var attention = new AttentionConfig(
            heads, kvHeads, headDim, 1 / MathF.Sqrt(c.QueryPreAttnScalar), c.Local[index] ? c.SlidingWindow : 0, c.AttnLogitSoftcapping);
        return new DecoderLayer(
            Norm("input_layernorm", c.HiddenSize),
            new SelfAttention(
                index, attention, rotary,
                weights.Linear(
                    c.HiddenSize, c.AttentionBias, ($"{attn}.q_proj", heads * headDim), ($"{attn}.k_proj", kvHeads * headDim), ($"{attn}.v_proj", kvHeads * headDim)),
                weights.Linear(heads * headDim, c.AttentionBias, ($"{attn}.o_proj", c.HiddenSize)),
                c.QkNorm ? Norm("self_attn.q_norm", headDim) : null, c.QkNorm ? Norm("self_attn.k_norm", headDim) : null),
            Norm("pre_feedforward_layernorm", c.HiddenSize),
            new GatedMlp(
                c.IntermediateSize,
                weights.Linear(c.HiddenSize, bias: false, ($"{mlp}.gate_proj", c.IntermediateSize), ($"{mlp}.up_proj", c.IntermediateSize)),
                weights.Linear(c.IntermediateSize, bias: false, ($"{mlp}.down_proj", c.HiddenSize)), GateActivation.GeluTanh),
            Norm("post_attention_layernorm", c.HiddenSize),
            Norm("post_feedforward_layernorm", c.HiddenSize));

        RmsNorm Norm(string name, int channels) => weights.RmsNorm($"{path}.{name}", channels, c.RmsNormEps, offset: 1);
    }
}

using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// ChatGLM2-6B, ChatGLM3-6B and GLM-4-9B as their repositories store them (THUDM 2023, 2024; one code line): q, k and v in one weight, gate and up in
/// another, half of each head turned in neighbouring pairs, rope base 10000 · rope_ratio.
/// </summary>
internal sealed class ChatGlm2Decoder : PreNormDecoder
{
    public static ModelFamily Family { get; } = new(
        "chatglm", ["ChatGLMModel", "ChatGLMForConditionalGeneration"], (json, weights) => new ChatGlm2Decoder(Config.Read(json), weights));

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    internal sealed record Config(
        int PaddedVocabSize, int HiddenSize, int FfnHiddenSize, int NumLayers, AttentionHeads Heads, int SeqLength, float LayernormEpsilon, bool AddQkvBias,
        bool AddBiasLinear, bool Grouped, bool TieWordEmbeddings, int PreSeqLen, RopeFrequencies Rope)
    {
        public static Config Read(CheckpointConfig json)
        {
            QuantisationBits.Read(json); // the tensors say how each weight is stored
            if (!json.BoolOr("rmsnorm", true)) throw json.Error("rmsnorm", "is false; only RMSNorm checkpoints are known");
            if (json.BoolOr("apply_residual_connection_post_layernorm", false))
                throw json.Error("apply_residual_connection_post_layernorm", "is true; no known checkpoint is built so, and this family is not either");
            int hidden = json.Int("hidden_size"), heads = json.Int("num_attention_heads"), dim = json.IntOr("kv_channels", hidden / heads);
            bool multiQuery = json.BoolOr("multi_query_attention", false);
            int groups = multiQuery ? json.IntOr("multi_query_group_num", 1) : heads;
            if (heads % groups != 0) throw json.Error("multi_query_group_num", $"is {groups}, which does not divide num_attention_heads = {heads}");
            if (dim % 4 != 0) throw json.Error("kv_channels", $"is {dim}; half of it must turn in pairs, so it must be divisible by 4");
            return new Config(
                json.Int("padded_vocab_size"), hidden, json.Int("ffn_hidden_size"), json.IntOrNull("num_layers", max: 4096) ?? json.Int("num_hidden_layers", max: 4096),
                new AttentionHeads(heads, groups, dim), json.IntOr("seq_length", 2048), json.FloatOr("layernorm_epsilon", 1e-5f), json.BoolOr("add_qkv_bias", false),
                json.BoolOr("add_bias_linear", false), !multiQuery, json.BoolOr("tie_word_embeddings", false), json.IntOr("pre_seq_len", 0, min: 0),
                RopeFrequencies.Plain(dim / 2, 10000 * (json.DoubleOrNull("rope_ratio") ?? 1)));
        }
    }

    ChatGlm2Decoder(Config c, WeightBinder weights)
        : base(
            new DecoderShape(c.NumLayers, c.Heads.KvHeads, c.Heads.HeadDim, c.PaddedVocabSize, c.SeqLength), weights,
            weights.EmbeddingAndHead("transformer.embedding.word_embeddings", "transformer.output_layer", c.PaddedVocabSize, c.HiddenSize, c.TieWordEmbeddings),
            Layers(c, weights),
            weights.RmsNorm("transformer.encoder.final_layernorm", c.HiddenSize, c.LayernormEpsilon))
    {
        weights.PrefixEncoder(new PrefixShape(c.NumLayers, c.Heads.KvHeads * c.Heads.HeadDim), c.PreSeqLen);
    }

    static DecoderLayer[] Layers(Config c, WeightBinder weights)
    {
        var rotary = new RotaryEmbedding(c.Rope, RotaryPairs.Interleaved);
        return [.. Enumerable.Range(0, c.NumLayers).Select(i => Layer(c, weights, rotary, i))];
    }

    static DecoderLayer Layer(Config c, WeightBinder weights, RotaryEmbedding rotary, int index)
    {
        string path = $"transformer.encoder.layers.{index}", attn = $"{path}.self_attention", mlp = $"{path}.mlp";
        (int heads, int groups, int dim) = c.Heads;
        return new DecoderLayer(
            weights.RmsNorm($"{path}.input_layernorm", c.HiddenSize, c.LayernormEpsilon),
            new SelfAttention(
                index, new AttentionConfig(heads, groups, dim, 1 / MathF.Sqrt(dim), Grouped: c.Grouped), rotary,
                weights.Linear(c.HiddenSize, c.AddQkvBias || c.AddBiasLinear, ($"{attn}.query_key_value", (heads + (2 * groups)) * dim)),
                weights.Linear(heads * dim, c.AddBiasLinear, ($"{attn}.dense", c.HiddenSize))),
            weights.RmsNorm($"{path}.post_attention_layernorm", c.HiddenSize, c.LayernormEpsilon),
            new GatedMlp(
                c.FfnHiddenSize,
                weights.Linear(c.HiddenSize, c.AddBiasLinear, ($"{mlp}.dense_h_to_4h", 2 * c.FfnHiddenSize)),
                weights.Linear(c.FfnHiddenSize, c.AddBiasLinear, ($"{mlp}.dense_4h_to_h", c.HiddenSize))));
    }
}

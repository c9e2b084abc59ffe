using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// ChatGLM-6B, first generation (THUDM 2023; GLM: Du et al. 2022). A text is prompt, [gMASK], &lt;sop&gt;, answer. Tokens before &lt;sop&gt; see one another, later
/// ones those before them. A token has two positions, and each turns one half of its heads: in the prompt its index and 0, in the answer the mask token's
/// index and 1, 2, 3 … The residual stream carries the normed input: h = a·x + f(x) with x = LayerNorm(h).
/// </summary>
internal sealed class ChatGlmDecoder : CpuDecoder
{
    public static ModelFamily Family { get; } = new(
        "chatglm", ["ChatGLMModel", "ChatGLMForConditionalGeneration"], (json, weights) => new ChatGlmDecoder(Config.Read(json), weights),
        json => json.Has("inner_hidden_size") || json.Has("position_encoding_2d"));

    /// <summary>√(2·28): every released size computes it from 28 layers, whatever num_layers says.</summary>
    public static readonly float ResidualFactor = MathF.Sqrt(2 * 28);

    /// <summary>The keys of config.json that matter, under their own names.</summary>
    internal sealed record Config(
        int VocabSize, int HiddenSize, int InnerHiddenSize, int NumLayers, int NumAttentionHeads, int MaxSequenceLength, float LayernormEpsilon, int BosTokenId,
        int MaskTokenId, int GmaskTokenId, int PreSeqLen)
    {
        public int HeadDim => HiddenSize / NumAttentionHeads;

        public static Config Read(CheckpointConfig json)
        {
            if (!json.BoolOr("position_encoding_2d", true)) throw json.Error("position_encoding_2d", "is false; only checkpoints with two positions per token are known");
            QuantisationBits.Read(json); // the tensors say how each weight is stored
            int vocabulary = json.Int("vocab_size"), hidden = json.Int("hidden_size"), heads = json.Int("num_attention_heads");
            if (hidden % heads != 0 || hidden / heads % 4 != 0)
                throw json.Error("hidden_size", $"is {hidden}; each of {heads} heads must get a number of channels that is divisible by 4, for its two halves turn in pairs");
            return new Config(
                vocabulary, hidden, json.Int("inner_hidden_size"), json.Int("num_layers", max: 4096), heads, json.IntOr("max_sequence_length", 2048),
                json.FloatOr("layernorm_epsilon", 1e-5f), json.IntOr("bos_token_id", 150004, min: 0, max: vocabulary - 1),
                json.IntOr("mask_token_id", 150000, min: 0, max: vocabulary - 1), json.IntOr("gmask_token_id", 150001, min: 0, max: vocabulary - 1),
                json.IntOr("pre_seq_len", 0, min: 0));
        }
    }

    internal sealed record Layer(LayerNorm InputLayernorm, SelfAttention Attention, LayerNorm PostAttentionLayernorm, GeluMlp Mlp);

    readonly Config _config;
    readonly (Embedding Embedding, LmHead Head) _ends;
    readonly Layer[] _layers;
    readonly LayerNorm _finalLayernorm;

    ChatGlmDecoder(Config c, WeightBinder weights)
        : base(new DecoderShape(c.NumLayers, c.NumAttentionHeads, c.HeadDim, c.VocabSize, c.MaxSequenceLength), weights)
    {
        _config = c;
        weights.PrefixEncoder(new PrefixShape(c.NumLayers, c.HiddenSize), c.PreSeqLen);
        _ends = weights.EmbeddingAndHead("transformer.word_embeddings", "lm_head", c.VocabSize, c.HiddenSize, tied: false);
        var rotary = new TwoDimensionalRotary(new RotaryEmbedding(Frequencies(c), RotaryPairs.HalfSplit));
        _layers = [.. Enumerable.Range(0, c.NumLayers).Select(i => Bind(c, weights, rotary, i))];
        _finalLayernorm = weights.LayerNorm("transformer.final_layernorm", c.HiddenSize, c.LayernormEpsilon);
    }

    /// <summary>The weights were trained with frequencies rounded to f16.</summary>
    static RopeFrequencies Frequencies(Config c)
    {
        RopeFrequencies exact = RopeFrequencies.Plain(c.HeadDim / 2, 10000);
        return exact with { Inverse = [.. exact.Inverse.Select(frequency => (float)(Half)frequency)] };
    }

    static Layer Bind(Config c, WeightBinder weights, IRotary rotary, int index)
    {
        string path = $"transformer.layers.{index}", attn = $"{path}.attention", mlp = $"{path}.mlp";
        int heads = c.NumAttentionHeads;
        return new Layer(
            weights.LayerNorm($"{path}.input_layernorm", c.HiddenSize, c.LayernormEpsilon),
            new SelfAttention(
                index, new AttentionConfig(heads, heads, c.HeadDim, 1 / MathF.Sqrt(c.HeadDim), Grouped: true), rotary,
                weights.Linear(c.HiddenSize, bias: true, ($"{attn}.query_key_value", 3 * c.HiddenSize)),
                weights.Linear(c.HiddenSize, bias: true, ($"{attn}.dense", c.HiddenSize))),
            weights.LayerNorm($"{path}.post_attention_layernorm", c.HiddenSize, c.LayernormEpsilon),
            new GeluMlp(
                weights.Linear(c.HiddenSize, bias: true, ($"{mlp}.dense_h_to_4h", c.InnerHiddenSize)),
                weights.Linear(c.InnerHiddenSize, bias: true, ($"{mlp}.dense_4h_to_h", c.HiddenSize))));
    }

    public (Embedding Embedding, LmHead Head) Ends => _ends;

    /// <summary>The layers, from the embedding up.</summary>
    public IReadOnlyList<Layer> Stack => _layers;

    public LayerNorm FinalLayernorm => _finalLayernorm;

    public override int[] AsPrompt(int[] ids) => [.. ids, _config.GmaskTokenId, _config.BosTokenId];

    public override TextContext ReadContext(ReadOnlySpan<int> ids, AdapterSet adapters)
    {
        int start = ids.IndexOf(_config.BosTokenId);
        if (start < 0) throw Unreadable($"<sop> ({_config.BosTokenId})");
        int mask = ids[..start].IndexOf(_config.GmaskTokenId);
        if (mask < 0) mask = ids[..start].IndexOf(_config.MaskTokenId);
        if (mask < 0) throw Unreadable($"[gMASK] ({_config.GmaskTokenId}) or [MASK] ({_config.MaskTokenId}) before <sop>");
        return base.ReadContext(ids, adapters) with { PrefixLength = start, MaskPosition = mask };

        static RequestException Unreadable(string what) =>
            new($"this model reads a prompt as text, [gMASK], <sop>, answer; the prompt has no {what}. Let the tokenizer add its special tokens, or append them", "prompt");
    }

    protected override void Forward(Batch batch, KvCache cache, Matrix logits)
    {
        Step.Begin(batch, cache);
        Matrix hidden = _ends.Embedding.Forward(Step), x = Step.Rent(hidden.Columns), y = Step.Rent(hidden.Columns);
        foreach (Layer layer in _layers)
        {
            layer.InputLayernorm.Forward(Step.Pool, Step.Runs, hidden, x);
            layer.Attention.Forward(Step, x, y);
            Residual.AddScaled(hidden, x, ResidualFactor, y);
            layer.PostAttentionLayernorm.Forward(Step.Pool, Step.Runs, hidden, x);
            layer.Mlp.Forward(Step, x, y);
            Residual.AddScaled(hidden, x, ResidualFactor, y);
        }
        Matrix last = Step.SelectLogitRows(hidden);
        _finalLayernorm.Forward(Step.Pool, Step.LogitRuns, last, last);
        _ends.Head.Forward(Step, last, logits);
    }

    /// <summary>A token's two positions: which turns the first half of its heads and which the second.</summary>
    public static (int Position, int Place) PositionsOf(int index, TextContext context) =>
        index < context.PrefixLength ? (index, 0) : (context.MaskPosition, index - context.PrefixLength + 1);

    /// <summary>The first half of each head turns by the token's position, the second by its place in the answer.</summary>
    internal sealed class TwoDimensionalRotary(RotaryEmbedding rotary) : IRotary
    {
        /// <summary>What turns each half.</summary>
        public RotaryEmbedding Half => rotary;

        public void Forward(Step step, Matrix heads, int headDim)
        {
            int half = headDim / 2;
            foreach (BatchSequence sequence in step.Batch.Sequences)
            {
                for (int i = 0; i < sequence.TokenCount; i++)
                {
                    (int position, int place) = PositionsOf(sequence.Start + i, sequence.Context);
                    Span<float> row = heads.Row(sequence.FirstToken + i);
                    for (int head = 0; head < row.Length; head += headDim)
                    {
                        rotary.Turn(row.Slice(head, half), half, position);
                        rotary.Turn(row.Slice(head + half, half), half, place);
                    }
                }
            }
        }
    }
}

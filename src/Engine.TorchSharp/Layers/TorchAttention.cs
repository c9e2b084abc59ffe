using Juxta.Engine.Layers;
using Juxta.Engine.Models;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>
/// Grouped-query attention over the key/value cache: fused q, k and v, optional norms of q and k per head, rotation, causal (or prefix) visibility with an
/// optional sliding window, output projection. Scores and softmax are f32.
/// </summary>
internal sealed class TorchAttention(int layer, SelfAttention described, TorchWeights weights, Compute compute)
{
    /// <summary>Scores that are in memory at a time.</summary>
    const long ScoresAtATime = 64 << 20;

    readonly AttentionConfig _config = described.Config;
    readonly TorchLinear _qkvProj = new(described.QkvProj, weights, compute);
    readonly TorchLinear _oProj = new(described.OProj, weights, compute);
    readonly TorchRmsNorm? _qNorm = TorchRmsNorm.Of(described.QNorm, compute);
    readonly TorchRmsNorm? _kNorm = TorchRmsNorm.Of(described.KNorm, compute);
    readonly TorchRotary _rotary = TorchRotary.Of(described.Rotary);

    int PerGroup => _config.Heads / _config.KvHeads;

    /// <param name="x">(tokens, hidden), normed.</param>
    /// <returns>(tokens, hidden).</returns>
    public Tensor Forward(TorchStep step, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = Split(_qkvProj.Forward(step.Runs, x));
        if (_qNorm is not null) q = _qNorm.Forward(step.Runs, q);
        if (_kNorm is not null) k = _kNorm.Forward(step.Runs, k);
        q = _rotary.Forward(step, q) * _config.Scale;
        k = _rotary.Forward(step, k);
        WritePrefixes(step);
        step.Cache.Keys(layer).index_copy_(0, step.Places, k);
        step.Cache.Values(layer).index_copy_(0, step.Places, v);
        return _oProj.Forward(step.Runs, Heads(step, q));
    }

    /// <summary>(tokens, heads, channels) of queries, keys and values.</summary>
    (Tensor Q, Tensor K, Tensor V) Split(Tensor qkv)
    {
        long tokens = qkv.shape[0];
        (int heads, int kvHeads, int dim) = (_config.Heads, _config.KvHeads, _config.HeadDim);
        if (!_config.Grouped)
        {
            Tensor rows = qkv.reshape(tokens, heads + (2 * kvHeads), dim);
            return (rows.narrow(1, 0, heads), rows.narrow(1, heads, kvHeads), rows.narrow(1, heads + kvHeads, kvHeads));
        }
        Tensor groups = qkv.reshape(tokens, kvHeads, PerGroup + 2, dim);
        return (groups.narrow(2, 0, PerGroup).reshape(tokens, heads, dim), groups.select(2, PerGroup), groups.select(2, PerGroup + 1));
    }

    /// <summary>Virtual tokens go into the first places of a text that begins.</summary>
    void WritePrefixes(TorchStep step)
    {
        foreach (BatchSequence sequence in step.Batch.Sequences)
        {
            if (sequence.Start != 0 || sequence.Context.Virtual is not { } prefix) continue;
            Tensor places = compute.Indices([.. Enumerable.Range(0, prefix.Tokens).Select(token => TorchCache.Place(sequence.BlockTable, token))]);
            int width = _config.KvHeads * _config.HeadDim;
            Tensor keys = compute.Rows(prefix.Tokens, width, (token, row) => prefix.Key(layer, token).CopyTo(row));
            Tensor values = compute.Rows(prefix.Tokens, width, (token, row) => prefix.Value(layer, token).CopyTo(row));
            step.Cache.Keys(layer).index_copy_(0, places, keys.reshape(-1, _config.KvHeads, _config.HeadDim));
            step.Cache.Values(layer).index_copy_(0, places, values.reshape(-1, _config.KvHeads, _config.HeadDim));
        }
    }

    /// <param name="q">(tokens, heads, channels), scaled.</param>
    /// <returns>(tokens, heads · channels).</returns>
    Tensor Heads(TorchStep step, Tensor q)
    {
        if (step.Groups is [{ Rows: null } only]) return Attend(step, only, q);
        Tensor heads = empty([q.shape[0], _config.Heads * _config.HeadDim], compute.Type, compute.Device);
        foreach (AttentionGroup group in step.Groups) heads.index_copy_(0, group.Rows!, Attend(step, group, q.index_select(0, group.Rows!)));
        return heads;
    }

    /// <param name="q">(sequences · tokens, heads, channels) of the group.</param>
    Tensor Attend(TorchStep step, AttentionGroup group, Tensor q)
    {
        (int sequences, int tokens, int kvHeads, int dim) = (group.Sequences, group.Tokens, _config.KvHeads, _config.HeadDim);
        Tensor keys = step.Cache.Keys(layer).index_select(0, group.Places).reshape(sequences, group.Keys, kvHeads, dim).permute(0, 2, 3, 1);
        Tensor values = step.Cache.Values(layer).index_select(0, group.Places).reshape(sequences, group.Keys, kvHeads, dim).permute(0, 2, 1, 3);
        Tensor hidden = group.Hidden(step, _config.Window);
        Tensor queries = q.reshape(sequences, tokens, kvHeads, PerGroup, dim).permute(0, 2, 3, 1, 4);
        int atATime = (int)Math.Clamp(ScoresAtATime / ((long)sequences * _config.Heads * group.Keys), 1, tokens);
        var parts = new List<Tensor>();
        for (int first = 0; first < tokens; first += atATime)
        {
            int count = Math.Min(atATime, tokens - first);
            // The query heads of a group become rows of one product with the key head that they share.
            Tensor scores = matmul(queries.narrow(3, first, count).reshape(sequences, kvHeads, PerGroup * count, dim), keys).to(ScalarType.Float32);
            if (_config.SoftCap != 0) scores = (scores / _config.SoftCap).tanh() * _config.SoftCap;
            scores = scores.reshape(sequences, kvHeads, PerGroup, count, group.Keys).masked_fill(hidden.narrow(1, first, count).unsqueeze(1).unsqueeze(1), float.NegativeInfinity);
            Tensor shares = nn.functional.softmax(scores, -1).to(compute.Type).reshape(sequences, kvHeads, PerGroup * count, group.Keys);
            parts.Add(matmul(shares, values).reshape(sequences, kvHeads, PerGroup, count, dim));
        }
        return cat(parts, 3).permute(0, 3, 1, 2, 4).reshape(sequences * tokens, _config.Heads * dim);
    }
}

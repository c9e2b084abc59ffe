using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>
/// Grouped-query attention (Ainslie et al. 2023) over the key/value cache: fused q, k and v, optional norms of q and k per head, rotation, causal (or prefix)
/// visibility with an optional sliding window, output projection.
/// </summary>
internal sealed class SelfAttention(int layer, AttentionConfig config, IRotary rotary, Linear qkvProj, Linear oProj, RmsNorm? qNorm = null, RmsNorm? kNorm = null)
{
    public AttentionConfig Config => config;

    public IRotary Rotary => rotary;

    public Linear QkvProj => qkvProj;

    public Linear OProj => oProj;

    public RmsNorm? QNorm => qNorm;

    public RmsNorm? KNorm => kNorm;

    /// <param name="x">(tokens, hidden), normed.</param>
    /// <param name="y">(tokens, hidden).</param>
    public void Forward(Step step, Matrix x, Matrix y)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        int queryWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;

        Matrix qkv = step.Rent(queryWidth + (2 * kvWidth));
        qkvProj.Forward(step.Pool, step.Workspace, step.Runs, x, qkv);
        (Matrix q, Matrix k, Matrix v) = config.Grouped
            ? Ungroup(step, qkv)
            : (qkv.ColumnRange(0, queryWidth), qkv.ColumnRange(queryWidth, kvWidth), qkv.ColumnRange(queryWidth + kvWidth, kvWidth));
        qNorm?.ForwardHeads(step.Runs, q);
        kNorm?.ForwardHeads(step.Runs, k);
        rotary.Forward(step, q, config.HeadDim);
        rotary.Forward(step, k, config.HeadDim);

        foreach (BatchSequence sequence in step.Batch.Sequences)
        {
            if (sequence.Start == 0) sequence.Context.Virtual?.Write(step.Cache, layer, sequence.BlockTable);
            for (int i = 0; i < sequence.TokenCount; i++)
            {
                int index = sequence.CacheStart + i, token = sequence.FirstToken + i;
                step.Cache.Write(layer, sequence.BlockTable[index / KvCache.BlockTokens], index % KvCache.BlockTokens, k.Row(token), v.Row(token));
            }
        }

        Matrix heads = step.Rent(queryWidth);
        Attention.Run(step.Pool, step.Cache, layer, step.Batch.Runs, q, heads, config.Heads, config.Scale, config.Window, config.SoftCap);
        oProj.Forward(step.Pool, step.Workspace, step.Runs, heads, y);
        step.Workspace.Release(mark);
    }

    /// <summary>Takes rows apart whose columns come by key/value head: its query heads, then its key, then its value.</summary>
    (Matrix Q, Matrix K, Matrix V) Ungroup(Step step, Matrix qkv)
    {
        int dim = config.HeadDim, perGroup = config.Heads / config.KvHeads;
        Matrix q = step.Rent(config.Heads * dim), k = step.Rent(config.KvHeads * dim), v = step.Rent(config.KvHeads * dim);
        for (int row = 0; row < qkv.Rows; row++)
        {
            ReadOnlySpan<float> source = qkv.Row(row);
            for (int group = 0; group < config.KvHeads; group++)
            {
                ReadOnlySpan<float> own = source.Slice(group * (perGroup + 2) * dim, (perGroup + 2) * dim);
                own[..(perGroup * dim)].CopyTo(q.Row(row)[(group * perGroup * dim)..]);
                own.Slice(perGroup * dim, dim).CopyTo(k.Row(row)[(group * dim)..]);
                own[((perGroup + 1) * dim)..].CopyTo(v.Row(row)[(group * dim)..]);
            }
        }
        return (q, k, v);
    }
}

/// <summary>Shape and rules of one attention layer.</summary>
/// <param name="Scale">Multiplies q·k; usually headDim^(−1/2).</param>
/// <param name="Window">Keys each token sees, itself included; 0 = all before it.</param>
/// <param name="SoftCap">c of c·tanh(score / c); 0 = none.</param>
/// <param name="Grouped">The fused projection's rows come by key/value head (InternLM2), not as all queries, all keys, all values.</param>
internal sealed record AttentionConfig(int Heads, int KvHeads, int HeadDim, float Scale, int Window = 0, float SoftCap = 0, bool Grouped = false);

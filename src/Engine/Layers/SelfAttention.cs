using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>
/// Grouped-query attention (Ainslie et al. 2023) over the key/value cache: fused q, k and v, optional norms of q and k per head, rotation, causal (or prefix)
/// visibility with an optional sliding window, output projection.
/// </summary>
internal sealed class SelfAttention(int layer, AttentionConfig config, RotaryEmbedding rotary, Linear qkvProj, Linear oProj, RmsNorm? qNorm = null, RmsNorm? kNorm = null)
{
    /// <param name="x">(tokens, hidden), normed.</param>
    /// <param name="y">(tokens, hidden).</param>
    public void Forward(Step step, Matrix x, Matrix y)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        int queryWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;

        Matrix qkv = step.Rent(queryWidth + (2 * kvWidth));
        qkvProj.Forward(step.Pool, step.Workspace, step.Runs, x, qkv);
        Matrix q = qkv.ColumnRange(0, queryWidth), k = qkv.ColumnRange(queryWidth, kvWidth), v = qkv.ColumnRange(queryWidth + kvWidth, kvWidth);
        qNorm?.ForwardHeads(step.Runs, q);
        kNorm?.ForwardHeads(step.Runs, k);
        rotary.Forward(q, config.HeadDim, step.Positions);
        rotary.Forward(k, config.HeadDim, step.Positions);

        foreach (BatchSequence sequence in step.Batch.Sequences)
        {
            for (int i = 0; i < sequence.TokenCount; i++)
            {
                int index = sequence.Start + i, token = sequence.FirstToken + i;
                step.Cache.Write(layer, sequence.BlockTable[index / KvCache.BlockTokens], index % KvCache.BlockTokens, k.Row(token), v.Row(token));
            }
        }

        Matrix heads = step.Rent(queryWidth);
        Attention.Run(step.Pool, step.Cache, layer, step.Batch.Runs, q, heads, config.Heads, config.Scale, config.Window);
        oProj.Forward(step.Pool, step.Workspace, step.Runs, heads, y);
        step.Workspace.Release(mark);
    }
}

/// <summary>Shape and rules of one attention layer.</summary>
/// <param name="Scale">Multiplies q·k; usually headDim^(−1/2).</param>
/// <param name="Window">Keys each token sees, itself included; 0 = all before it.</param>
internal sealed record AttentionConfig(int Heads, int KvHeads, int HeadDim, float Scale, int Window = 0);

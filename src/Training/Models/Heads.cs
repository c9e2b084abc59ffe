using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>The output of a fused projection as queries, keys and values.</summary>
internal static class Heads
{
    public static (Variable Q, Variable K, Variable V) Split(Tape tape, Variable qkv, AttentionConfig config)
    {
        int queries = config.Heads * config.HeadDim, keys = config.KvHeads * config.HeadDim;
        if (!config.Grouped) return (qkv.Part(0, queries), qkv.Part(queries, keys), qkv.Part(queries + keys, keys));

        // Columns come by key/value head: its query heads, its key, its value (InternLM2).
        Variable q = tape.Variable(qkv.Rows, queries), k = tape.Variable(qkv.Rows, keys), v = tape.Variable(qkv.Rows, keys);
        Move(q.Value, k.Value, v.Value, qkv.Value, config, back: false);
        tape.Note(() => Move(q.Gradient, k.Gradient, v.Gradient, qkv.Gradient, config, back: true));
        return (q, k, v);
    }

    static void Move(Matrix q, Matrix k, Matrix v, Matrix qkv, AttentionConfig config, bool back)
    {
        int dim = config.HeadDim, own = config.Heads / config.KvHeads * dim;
        for (int row = 0; row < qkv.Rows; row++)
        {
            for (int group = 0; group < config.KvHeads; group++)
            {
                Span<float> whole = qkv.Row(row).Slice(group * (own + (2 * dim)), own + (2 * dim));
                Part(whole[..own], q.Row(row).Slice(group * own, own));
                Part(whole.Slice(own, dim), k.Row(row).Slice(group * dim, dim));
                Part(whole[(own + dim)..], v.Row(row).Slice(group * dim, dim));
            }
        }

        void Part(Span<float> whole, Span<float> part)
        {
            if (!back) whole.CopyTo(part);
            else Elementwise.Add(part, whole);
        }
    }
}

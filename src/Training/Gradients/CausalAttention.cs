using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;
using Juxta.Training.Samples;

namespace Juxta.Training.Gradients;

/// <summary>
/// Scaled dot-product attention within each text of a batch (Vaswani et al. 2017): p = softmax(cap(scale·q·K)), o = Σ p·v. Back, recomputing p from the kept
/// logarithm of its sum (Dao et al. 2022): ds = p∘(do·v − do·o), dq = scale·Σ ds·k, dk = scale·Σ ds·q, dv = Σ p·do. One work item is one text and one
/// key/value head with its query heads, so no sum is shared between threads.
/// </summary>
internal static unsafe class CausalAttention
{
    /// <param name="q">(tokens, heads · headDim)</param>
    /// <param name="k">(tokens, kvHeads · headDim)</param>
    /// <param name="v">(tokens, kvHeads · headDim)</param>
    /// <returns>(tokens, heads · headDim)</returns>
    public static Variable Of(Tape tape, IReadOnlyList<SampleSegment> segments, AttentionConfig config, Variable q, Variable k, Variable v)
    {
        Variable o = tape.Variable(q.Rows, q.Columns);
        Matrix logSums = tape.Rent(q.Rows, config.Heads);
        int items = segments.Count * config.KvHeads;
        Work.Each(tape.Pool, items, item => Forward(segments[item / config.KvHeads], item % config.KvHeads, config, q.Value, k.Value, v.Value, o.Value, logSums));
        tape.Note(() =>
        {
            var gradients = (Q: q.Gradient, K: k.Gradient, V: v.Gradient, O: o.Gradient);
            Work.Each(tape.Pool, items, item => Back(
                segments[item / config.KvHeads], item % config.KvHeads, config, q.Value, k.Value, v.Value, o.Value, logSums, gradients.Q, gradients.K, gradients.V, gradients.O));
        });
        return o;
    }

    static void Forward(SampleSegment text, int kvHead, AttentionConfig config, Matrix q, Matrix k, Matrix v, Matrix o, Matrix logSums)
    {
        int dim = config.HeadDim, group = config.Heads / config.KvHeads;
        float[] scores = new float[text.Length];
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            for (int i = 0; i < text.Length; i++)
            {
                (int from, int to) = Visible(text, i, config.Window);
                float* query = q.RowPointer(text.Start + i) + (head * dim);
                for (int j = from; j < to; j++) scores[j] = Score(config, Dot(query, k.RowPointer(text.Start + j) + (kvHead * dim), dim));
                float logSum = Softmax.LogSumExp(scores.AsSpan(from, to - from));
                logSums.Row(text.Start + i)[head] = logSum;
                var output = new Span<float>(o.RowPointer(text.Start + i) + (head * dim), dim);
                output.Clear();
                for (int j = from; j < to; j++)
                    Elementwise.AddScaled(Values(v, text.Start + j, kvHead, dim), LaneMath.Exp(scores[j] - logSum), output);
            }
        }
    }

    static void Back(
        SampleSegment text, int kvHead, AttentionConfig config, Matrix q, Matrix k, Matrix v, Matrix o, Matrix logSums, Matrix dq, Matrix dk, Matrix dv, Matrix d)
    {
        int dim = config.HeadDim, group = config.Heads / config.KvHeads;
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            for (int i = 0; i < text.Length; i++)
            {
                int row = text.Start + i;
                (int from, int to) = Visible(text, i, config.Window);
                float* query = q.RowPointer(row) + (head * dim), gradient = d.RowPointer(row) + (head * dim);
                float mean = Dot(gradient, o.RowPointer(row) + (head * dim), dim), logSum = logSums.Row(row)[head];
                var toQuery = new Span<float>(dq.RowPointer(row) + (head * dim), dim);
                var fromOutput = new ReadOnlySpan<float>(gradient, dim);
                for (int j = from; j < to; j++)
                {
                    int other = text.Start + j;
                    float* key = k.RowPointer(other) + (kvHead * dim);
                    float score = Score(config, Dot(query, key, dim)), p = LaneMath.Exp(score - logSum);
                    Elementwise.AddScaled(fromOutput, p, Values(dv, other, kvHead, dim));
                    float ds = p * (Dot(gradient, v.RowPointer(other) + (kvHead * dim), dim) - mean) * config.Scale;
                    // cap·tanh(s / cap) has the slope 1 − tanh².
                    if (config.SoftCap != 0) ds *= 1 - (score / config.SoftCap * (score / config.SoftCap));
                    Elementwise.AddScaled(new ReadOnlySpan<float>(key, dim), ds, toQuery);
                    Elementwise.AddScaled(new ReadOnlySpan<float>(query, dim), ds, Values(dk, other, kvHead, dim));
                }
            }
        }
    }

    static float Score(AttentionConfig config, float product)
    {
        float score = product * config.Scale;
        return config.SoftCap == 0 ? score : config.SoftCap * MathF.Tanh(score / config.SoftCap);
    }

    /// <summary>Which tokens of a text its token i sees.</summary>
    static (int From, int To) Visible(SampleSegment text, int i, int window) =>
        (window > 0 ? Math.Max(0, i + 1 - window) : 0, Math.Max(i + 1, Math.Min(text.PrefixLength, text.Length)));

    static Span<float> Values(Matrix matrix, int row, int kvHead, int dim) => new(matrix.RowPointer(row) + (kvHead * dim), dim);

    static float Dot(float* a, float* b, int length) => SimdWidth.Bits switch
    {
        512 => Dot<Lanes512>(a, b, length),
        256 => Dot<Lanes256>(a, b, length),
        _ => Dot<LanesScalar>(a, b, length),
    };

    static float Dot<T>(float* a, float* b, int length) where T : struct, ILanes<T>
    {
        T sum = T.Create(0f);
        int i = 0;
        for (; i + 16 <= length; i += 16) sum = T.FusedMultiplyAdd(T.Load(a + i), T.Load(b + i), sum);
        float total = sum.Sum();
        for (; i < length; i++) total = MathF.FusedMultiplyAdd(a[i], b[i], total);
        return total;
    }
}

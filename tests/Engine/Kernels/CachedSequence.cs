using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

/// <summary><see cref="Attention.Run"/> at some width.</summary>
delegate void Attend(
    WorkerPool pool, KvCache cache, int layer, ReadOnlySpan<TokenRun> runs, Matrix queries, Matrix output, int heads, float scale, int window, float softCap);

/// <summary>A sequence whose cache blocks lie in disorder among slots full of NaN.</summary>
sealed unsafe class CachedSequence : IDisposable
{
    readonly int _heads, _kvHeads, _headDim, _tokens, _window, _prefix;
    readonly float _cap;
    readonly float[] _keys, _values;

    /// <param name="format">What the cache's numbers are; null = f32.</param>
    /// <param name="round">What one token's key or value of one head goes through before it is written; null = nothing.</param>
    public CachedSequence(
        int heads, int kvHeads, int headDim, int tokens, int window, int prefix, float cap, CacheFormat? format = null, Func<float[], float[]>? round = null)
    {
        (_heads, _kvHeads, _headDim, _tokens, _window, _prefix, _cap) = (heads, kvHeads, headDim, tokens, window, prefix, cap);
        int blocks = (tokens + 31) / 32;
        Blocks = [.. Enumerable.Range(0, blocks).Select(block => ((blocks - block) * 2) - 1)];
        Cache = new KvCache(2, kvHeads, headDim, 2 * blocks, format ?? CacheFormat.Float32);
        float[] garbage = [.. Enumerable.Repeat(float.NaN, kvHeads * headDim)];
        for (int block = 0; block < Cache.Blocks; block++)
            for (int slot = 0; slot < 32; slot++) Cache.Write(1, block, slot, garbage, garbage);

        _keys = [.. KernelData.Floats(tokens * kvHeads * headDim, 1).Chunk(headDim).SelectMany(round ?? (channels => channels))];
        _values = [.. KernelData.Floats(tokens * kvHeads * headDim, 2).Chunk(headDim).SelectMany(round ?? (channels => channels))];
        int width = kvHeads * headDim;
        for (int t = 0; t < tokens; t++) Cache.Write(1, Blocks[t / 32], t % 32, _keys.AsSpan(t * width, width), _values.AsSpan(t * width, width));
        Queries = OwnedMatrix.Of(KernelData.Floats(tokens * heads * headDim, 3), tokens, heads * headDim);
    }

    public KvCache Cache { get; }

    public int[] Blocks { get; }

    public OwnedMatrix Queries { get; }

    public float Scale => 1 / MathF.Sqrt(_headDim);

    public float[] Attend(Attend run, int start, int count, int threads = 2)
    {
        using var pool = new WorkerPool(threads);
        using var output = new OwnedMatrix(count, _heads * _headDim, (_heads * _headDim) + 3);
        run(pool, Cache, 1, [new TokenRun(0, count, start, Blocks, _prefix)], Queries.Matrix.RowRange(start, count), output.Matrix, _heads, Scale, _window, _cap);
        return output.ToArray();
    }

    /// <summary>
    /// The formula in double precision and the bound: scores are sums, each within 1e-6·Σ|q·k| of exact; an error e of a score is a relative error e of
    /// its share, above and below the fraction.
    /// </summary>
    public (double[] Output, double[] Bound) Reference()
    {
        var output = new double[_tokens * _heads * _headDim];
        var bound = new double[output.Length];
        for (int t = 0; t < _tokens; t++)
        {
            int from = TokenRun.VisibleFrom(t, _window), to = TokenRun.VisibleTo(t, _prefix);
            for (int h = 0; h < _heads; h++)
            {
                ReadOnlySpan<float> query = Queries.Matrix.Row(t).Slice(h * _headDim, _headDim);
                int kvHead = h / (_heads / _kvHeads);
                var weights = new double[to];
                double scoreError = 0;
                for (int key = from; key < to; key++)
                {
                    double score = 0, magnitude = 0;
                    for (int d = 0; d < _headDim; d++)
                    {
                        double product = (double)query[d] * _keys[(((key * _kvHeads) + kvHead) * _headDim) + d] * Scale;
                        score += product;
                        magnitude += Math.Abs(product);
                    }
                    scoreError = Math.Max(scoreError, 1e-6 * magnitude);
                    weights[key] = _cap > 0 ? _cap * Math.Tanh(score / _cap) : score;
                }
                double largest = weights[from..to].Max(), total = 0;
                for (int key = from; key < to; key++) total += weights[key] = Math.Exp(weights[key] - largest);
                for (int d = 0; d < _headDim; d++)
                {
                    double sum = 0, magnitude = 0;
                    for (int key = from; key < to; key++)
                    {
                        double product = weights[key] * _values[(((key * _kvHeads) + kvHead) * _headDim) + d];
                        sum += product;
                        magnitude += Math.Abs(product);
                    }
                    output[(((t * _heads) + h) * _headDim) + d] = sum / total;
                    bound[(((t * _heads) + h) * _headDim) + d] = ((2 * scoreError) + 1e-6) * magnitude / total;
                }
            }
        }
        return (output, bound);
    }

    public void Dispose()
    {
        Cache.Dispose();
        Queries.Dispose();
    }
}

using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

public sealed unsafe class AttentionTests
{
    [Theory]
    [InlineData(7, 1, 64, 100, 0, 0, 0)]
    [InlineData(14, 2, 64, 70, 0, 0, 0)]
    [InlineData(4, 4, 8, 33, 0, 0, 0)]
    [InlineData(4, 2, 16, 90, 40, 0, 0)]
    [InlineData(4, 2, 24, 90, 5, 0, 0)]
    [InlineData(2, 2, 80, 65, 0, 30, 0)]
    [InlineData(32, 2, 128, 40, 0, 0, 50)]
    public void Agrees_with_plain_softmax_in_double_precision(int heads, int kvHeads, int headDim, int tokens, int window, int prefix, float cap)
    {
        using var test = new Sequence(heads, kvHeads, headDim, tokens, window, prefix, cap);
        float[] actual = test.Attend(Attention.Run, 0, tokens);
        (double[] expected, double[] bound) = test.Reference();
        for (int i = 0; i < actual.Length; i++) Assert.InRange(Math.Abs(actual[i] - expected[i]), 0, bound[i]);
    }

    [Theory]
    [InlineData(7, 1, 64, 100, 0, 0, 0)]
    [InlineData(4, 2, 24, 90, 33, 0, 0)]
    [InlineData(3, 3, 16, 70, 0, 50, 5)]
    public void Every_width_gives_the_same_bits(int heads, int kvHeads, int headDim, int tokens, int window, int prefix, float cap)
    {
        using var test = new Sequence(heads, kvHeads, headDim, tokens, window, prefix, cap);
        float[] expected = test.Attend(Attention.Run<PanelScalar, LanesScalar>, 0, tokens);
        KernelData.AssertSameBits(expected, test.Attend(Attention.Run<Panel256, Lanes256>, 0, tokens), "256");
        KernelData.AssertSameBits(expected, test.Attend(Attention.Run<Panel512, Lanes512>, 0, tokens), "512");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 0)]
    [InlineData(0, 64)]
    public void Chunks_threads_and_single_tokens_give_the_bits_of_the_whole(int window, int prefix)
    {
        const int Tokens = 100;
        using var test = new Sequence(6, 2, 32, Tokens, window, prefix, 0);
        float[] whole = test.Attend(Attention.Run, 0, Tokens);
        int width = whole.Length / Tokens;
        foreach (int chunk in (int[])[1, 7, 16, 33])
        {
            for (int start = 0; start < Tokens; start += chunk)
            {
                int count = Math.Min(chunk, Tokens - start);
                float[] part = test.Attend(Attention.Run, start, count, threads: 1 + (start % 2));
                KernelData.AssertSameBits(whole.AsSpan(start * width, count * width), part, $"chunk of {chunk} at {start}");
            }
        }
    }

    [Fact]
    public void Sequences_of_one_batch_do_not_disturb_each_other()
    {
        using var a = new Sequence(4, 2, 16, 50, 0, 0, 0);
        float[] alone = a.Attend(Attention.Run, 0, 50);
        using var queries = new OwnedMatrix(50 + 3, 64);
        using var output = new OwnedMatrix(50 + 3, 64);
        for (int t = 0; t < 50; t++) a.Queries.Matrix.Row(t).CopyTo(queries.Matrix.Row(3 + t));
        using var pool = new WorkerPool(2);
        TokenRun[] runs = [new(0, 1, 49, a.Blocks, 0), new(1, 2, 10, a.Blocks, 0), new(3, 50, 0, a.Blocks, 0)];
        Attention.Run(pool, a.Cache, 1, runs, queries.Matrix, output.Matrix, 4, a.Scale);
        KernelData.AssertSameBits(alone, output.ToArray().AsSpan(3 * 64), "third of three");
    }

    delegate void Attend(
        WorkerPool pool, KvCache cache, int layer, ReadOnlySpan<TokenRun> runs, Matrix queries, Matrix output, int heads, float scale, int window, float softCap);

    /// <summary>A sequence whose cache blocks lie in disorder among slots full of NaN.</summary>
    sealed class Sequence : IDisposable
    {
        readonly int _heads, _kvHeads, _headDim, _tokens, _window, _prefix;
        readonly float _cap;
        readonly float[] _keys, _values;

        public Sequence(int heads, int kvHeads, int headDim, int tokens, int window, int prefix, float cap)
        {
            (_heads, _kvHeads, _headDim, _tokens, _window, _prefix, _cap) = (heads, kvHeads, headDim, tokens, window, prefix, cap);
            int blocks = (tokens + 31) / 32;
            Blocks = [.. Enumerable.Range(0, blocks).Select(block => ((blocks - block) * 2) - 1)];
            Cache = new KvCache(2, kvHeads, headDim, 2 * blocks);
            float[] garbage = [.. Enumerable.Repeat(float.NaN, kvHeads * headDim)];
            for (int block = 0; block < Cache.Blocks; block++)
                for (int slot = 0; slot < 32; slot++) Cache.Write(1, block, slot, garbage, garbage);

            _keys = KernelData.Floats(tokens * kvHeads * headDim, 1);
            _values = KernelData.Floats(tokens * kvHeads * headDim, 2);
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
}

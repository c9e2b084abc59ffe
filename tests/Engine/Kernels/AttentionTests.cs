using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;

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
        using var test = new CachedSequence(heads, kvHeads, headDim, tokens, window, prefix, cap);
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
        using var test = new CachedSequence(heads, kvHeads, headDim, tokens, window, prefix, cap);
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
        using var test = new CachedSequence(6, 2, 32, Tokens, window, prefix, 0);
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
        using var a = new CachedSequence(4, 2, 16, 50, 0, 0, 0);
        float[] alone = a.Attend(Attention.Run, 0, 50);
        using var queries = new OwnedMatrix(50 + 3, 64);
        using var output = new OwnedMatrix(50 + 3, 64);
        for (int t = 0; t < 50; t++) a.Queries.Matrix.Row(t).CopyTo(queries.Matrix.Row(3 + t));
        using var pool = new WorkerPool(2);
        TokenRun[] runs = [new(0, 1, 49, a.Blocks, 0), new(1, 2, 10, a.Blocks, 0), new(3, 50, 0, a.Blocks, 0)];
        Attention.Run(pool, a.Cache, 1, runs, queries.Matrix, output.Matrix, 4, a.Scale);
        KernelData.AssertSameBits(alone, output.ToArray().AsSpan(3 * 64), "third of three");
    }
}

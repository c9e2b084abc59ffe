using System.Runtime.InteropServices;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

public sealed class MatMulTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F16, DType.BF16];

    [Theory, MemberData(nameof(Types))]
    public void Every_width_gives_the_bits_of_the_ordered_fused_sum(DType type)
    {
        using var pool = new WorkerPool(2);
        foreach (int columns in KernelData.Lengths)
        {
            int rows = columns > 500 ? 70 : 45, tokens = columns > 500 ? 13 : 5;
            Check(pool, type, rows, columns, tokens);
            Check(pool, type, rows: 16, columns, tokens);
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Any_number_of_tokens_gives_the_same_bits(DType type)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        foreach (int tokens in (int[])[.. Enumerable.Range(1, 16), 64, 100]) Check(tokens % 2 == 0 ? one : two, type, rows: 97, columns: 130, tokens);
        foreach (int tokens in (int[])[.. Enumerable.Range(1, 16), 64]) Check(two, type, rows: 1 + (tokens % 16), columns: 131, tokens);
        Check(two, type, rows: 33, columns: 2100, tokens: 200);
    }

    [Theory, InlineData(8), InlineData(4)]
    public void Quantised_weights_give_the_bits_of_what_they_stand_for_at_every_width(int bits)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        foreach (int columns in KernelData.Lengths)
        {
            int rows = columns > 500 ? 70 : 45, tokens = columns > 500 ? 13 : 5;
            CheckQuantised(two, bits, rows, columns, tokens);
        }
        foreach (int tokens in (int[])[.. Enumerable.Range(1, 16), 64, 100]) CheckQuantised(tokens % 2 == 0 ? one : two, bits, rows: 97, columns: 130, tokens);
        CheckQuantised(two, bits, rows: 33, columns: 2100, tokens: 200);
    }

    [Theory, InlineData(8), InlineData(4)]
    public void Sums_of_quantised_weights_stay_within_the_bound_of_exact_arithmetic(int bits)
    {
        using var pool = new WorkerPool(2);
        const int Rows = 64, Columns = 4096, Tokens = 3;
        using var weight = new OwnedQuantised(bits, Rows, Columns, seed: 5);
        using PackedMatrix packed = PackedMatrix.Pack(pool, weight.View);
        float[] x = KernelData.Floats(Tokens * Columns, 6);
        AssertWithinBound(weight.Values, x, Run(MatMul.Multiply, pool, packed, x, Tokens), Rows, Columns, Tokens);
    }

    [Fact]
    public void A_scaled_sum_is_complete_before_it_is_added()
    {
        using var pool = new WorkerPool(2);
        foreach ((int rows, int columns, int tokens) in ((int, int, int)[])[(64, 8, 1), (40, 8, 3), (896, 16, 30), (896, 130, 2)])
        {
            float[] weights = KernelData.Floats(rows * columns, 1), x = KernelData.Floats(tokens * columns, 2), start = KernelData.Floats(tokens * rows, 3);
            using PackedMatrix packed = PackedMatrix.FromRows(weights, rows, columns);
            float[] expected = Ordered(weights, x, rows, columns, tokens);
            for (int i = 0; i < expected.Length; i++) expected[i] = MathF.FusedMultiplyAdd(0.7f, expected[i], start[i]);

            Multiplier add = (p, w, xs, ys) => MatMul.MultiplyAdd<Panel512>(p, w, xs, 0.7f, ys);
            KernelData.AssertSameBits(expected, Run(add, pool, packed, x, tokens, start), "512");
            add = (p, w, xs, ys) => MatMul.MultiplyAdd<Panel256>(p, w, xs, 0.7f, ys);
            KernelData.AssertSameBits(expected, Run(add, pool, packed, x, tokens, start), "256");
            add = (p, w, xs, ys) => MatMul.MultiplyAdd<PanelScalar>(p, w, xs, 0.7f, ys);
            KernelData.AssertSameBits(expected, Run(add, pool, packed, x, tokens, start), "scalar");
        }
    }

    [Fact]
    public void Products_run_together_give_the_bits_of_each_alone()
    {
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var pool = new WorkerPool(threads);
            var owned = new List<IDisposable>();
            var products = new List<WeightProduct>();
            var checks = new List<Action>();
            for (int i = 0; i < 150; i++) // more than fit into one job
            {
                int rows = 1 + (37 * i % 130), columns = 1 + (53 * i % 200), tokens = i % 17;
                float[] weights = KernelData.Floats(rows * columns, i), x = KernelData.Floats(tokens * columns, i + 1), start = KernelData.Floats(tokens * rows, i + 2);
                PackedMatrix packed = KernelData.Pack(pool, $"{WeightFormats.All[i % 3 == 0 ? 0 : 4 + (i % 3)]}", weights, rows, columns);
                var input = OwnedMatrix.Of(x, tokens, columns, columns + 3, offset: 1);
                var output = OwnedMatrix.Of(start, tokens, rows, rows + 1, offset: 0);
                owned.AddRange([packed, input, output]);
                bool add = i % 2 == 0;
                products.Add(add ? new(packed, input.Matrix, output.Matrix, 0.3f) : new(packed, input.Matrix, output.Matrix));
                Multiplier alone = add ? (p, w, xs, ys) => MatMul.MultiplyAdd(p, w, xs, 0.3f, ys) : MatMul.Multiply;
                float[] expected = Run(alone, pool, packed, x, tokens, start);
                checks.Add(() => KernelData.AssertSameBits(expected, output.ToArray(), $"{rows}x{columns}, {tokens} tokens, {threads} threads"));
            }
            MatMul.MultiplyAll(pool, CollectionsMarshal.AsSpan(products));
            foreach (Action check in checks) check();
            foreach (IDisposable one in owned) one.Dispose();
        }
    }

    [Fact]
    public void Sums_stay_within_the_bound_of_exact_arithmetic()
    {
        using var pool = new WorkerPool(2);
        const int Rows = 64, Columns = 4096, Tokens = 3;
        float[] weights = KernelData.Floats(Rows * Columns, 5), x = KernelData.Floats(Tokens * Columns, 6);
        using PackedMatrix packed = PackedMatrix.FromRows(weights, Rows, Columns);
        float[] actual = Run(MatMul.Multiply, pool, packed, x, Tokens);
        AssertWithinBound(weights, x, actual, Rows, Columns, Tokens);
    }

    static void AssertWithinBound(float[] weights, float[] x, float[] actual, int rows, int columns, int tokens)
    {
        for (int t = 0; t < tokens; t++)
        {
            for (int r = 0; r < rows; r++)
            {
                double sum = 0, magnitude = 0;
                for (int k = 0; k < columns; k++)
                {
                    double product = (double)x[(t * columns) + k] * weights[(r * columns) + k];
                    sum += product;
                    magnitude += Math.Abs(product);
                }
                Assert.InRange(Math.Abs(actual[(t * rows) + r] - sum), 0, 1e-6 * magnitude);
            }
        }
    }

    [Fact]
    public void NaN_and_infinity_stay_in_the_rows_they_came_from()
    {
        using var pool = new WorkerPool(2);
        const int Rows = 40, Columns = 20, Tokens = 3;
        float[] weights = KernelData.Floats(Rows * Columns, 7), x = KernelData.Floats(Tokens * Columns, 8);
        weights[(5 * Columns) + 3] = float.NaN;
        x[Columns + 2] = float.PositiveInfinity;
        using PackedMatrix packed = PackedMatrix.FromRows(weights, Rows, Columns);
        float[] y = Run(MatMul.Multiply, pool, packed, x, Tokens);
        for (int t = 0; t < Tokens; t++)
            for (int r = 0; r < Rows; r++) Assert.Equal(r != 5 && t != 1, float.IsFinite(y[(t * Rows) + r]));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var pool = new WorkerPool(1);
        using PackedMatrix packed = PackedMatrix.FromRows(new float[6], 2, 3);
        using var x = new OwnedMatrix(1, 4);
        using var y = new OwnedMatrix(1, 2);
        var error = Assert.Throws<ArgumentException>(() => MatMul.Multiply(pool, packed, x.Matrix, y.Matrix));
        Assert.Contains("x (1, 4) times a weight of (2, 3)", error.Message);
    }

    delegate void Multiplier(WorkerPool pool, PackedMatrix weight, Matrix x, Matrix y);

    static void Check(WorkerPool pool, DType type, int rows, int columns, int tokens)
    {
        using var tensor = new OwnedTensor(type, KernelData.Floats(rows * columns, 11), rows, columns);
        using PackedMatrix packed = PackedMatrix.Pack(pool, tensor.View);
        Check(pool, packed, tensor.Values, tokens);
    }

    static void CheckQuantised(WorkerPool pool, int bits, int rows, int columns, int tokens)
    {
        using var weight = new OwnedQuantised(bits, rows, columns, seed: 11);
        using PackedMatrix packed = PackedMatrix.Pack(pool, weight.View);
        Check(pool, packed, weight.Values, tokens);
    }

    static void Check(WorkerPool pool, PackedMatrix packed, float[] weights, int tokens)
    {
        (int rows, int columns) = (packed.Rows, packed.Columns);
        float[] x = KernelData.Floats(tokens * columns, 12);
        float[] expected = Ordered(weights, x, rows, columns, tokens);
        string what = $"{packed.Format} {rows}x{columns}, {tokens} tokens";
        KernelData.AssertSameBits(expected, Run(MatMul.Multiply<PanelScalar>, pool, packed, x, tokens), $"{what}, scalar");
        KernelData.AssertSameBits(expected, Run(MatMul.Multiply<Panel256>, pool, packed, x, tokens), $"{what}, 256");
        KernelData.AssertSameBits(expected, Run(MatMul.Multiply<Panel512>, pool, packed, x, tokens), $"{what}, 512");
        KernelData.AssertSameBits(expected, Run(MatMul.Multiply, pool, packed, x, tokens), $"{what}, chosen");
    }

    static float[] Run(Multiplier multiply, WorkerPool pool, PackedMatrix weight, float[] x, int tokens, float[]? start = null)
    {
        using var input = OwnedMatrix.Of(x, tokens, weight.Columns, weight.Columns + 3, offset: 1);
        using var output = OwnedMatrix.Of(start ?? new float[tokens * weight.Rows], tokens, weight.Rows, weight.Rows + 5, offset: 3);
        multiply(pool, weight, input.Matrix, output.Matrix);
        return output.ToArray();
    }

    static float[] Ordered(float[] weights, float[] x, int rows, int columns, int tokens)
    {
        var y = new float[tokens * rows];
        for (int t = 0; t < tokens; t++)
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < columns; k++)
                    y[(t * rows) + r] = MathF.FusedMultiplyAdd(x[(t * columns) + k], weights[(r * columns) + k], y[(t * rows) + r]);
        return y;
    }
}

using System.Runtime.Intrinsics.X86;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

public sealed unsafe class BlockFormatTests
{
    public static TheoryData<string> Formats => ["q8_0", "q4_0"];

    [Theory, MemberData(nameof(Formats))]
    public void Weights_are_rounded_as_the_plain_definition_says(string format)
    {
        using var pool = new WorkerPool(2);
        foreach (int columns in KernelData.Lengths)
        {
            foreach (int rows in (int[])[1, 16, 31, 33, 100])
            {
                float[] weights = KernelData.Floats(rows * columns, 3);
                using PackedMatrix packed = KernelData.Pack(pool, format, weights, rows, columns);
                Assert.Equal((rows, columns, format), (packed.Rows, packed.Columns, packed.Format.ToString()));
                Assert.Equal((rows + 31) / 32 * 32L * PlainBlocks.Blocks(columns) * (format == "q8_0" ? 34 : 18), packed.Bytes);
                AssertRows(PlainBlocks.Of(format, weights, rows, columns).Values(), packed);
            }
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void Ties_zeros_signs_and_tiny_blocks_are_rounded_as_the_plain_definition_says(string format)
    {
        using var pool = new WorkerPool(1);
        float[][] blocks =
        [
            new float[32],
            [.. Enumerable.Range(0, 32).Select(i => -0f)],
            [127, .. Enumerable.Range(0, 31).Select(i => i - 15.5f)],
            [-127, .. Enumerable.Range(0, 31).Select(i => i - 15.5f)],
            [8, -8, .. Enumerable.Range(0, 30).Select(i => (i / 2f) - 7.5f)],
            [-8, 8, .. Enumerable.Range(0, 30).Select(i => (i / 2f) - 7.5f)],
            [.. Enumerable.Range(0, 32).Select(i => i * 1e-9f)],
            [.. Enumerable.Range(0, 32).Select(i => i * 1e-40f)],
            [60_000, .. Enumerable.Range(0, 31).Select(i => i * 2000f)],
            [127, BitConverter.UInt32BitsToSingle(0x3EFFFFFF), -BitConverter.UInt32BitsToSingle(0x3EFFFFFF), 0.5f, -0.5f, 126.5f, -126.5f, .. new float[25]],
        ];
        float[] weights = [.. blocks.SelectMany(block => block)];
        using PackedMatrix packed = KernelData.Pack(pool, format, weights, blocks.Length, 32);
        AssertRows(PlainBlocks.Of(format, weights, blocks.Length, 32).Values(), packed);
    }

    [Fact]
    public void Activations_are_rounded_to_the_same_bytes_by_vectors_and_by_the_definition()
    {
        Assert.SkipUnless(Avx2.IsSupported, "this machine has no AVX2");
        byte* vector = stackalloc byte[TokenBlocks.Bytes], scalar = stackalloc byte[TokenBlocks.Bytes];
        for (int seed = 0; seed < 300; seed++)
        {
            float[] x = KernelData.Floats(32, seed);
            for (int i = 0; i < 32; i++) x[i] *= seed switch { 0 => 0, 1 => 1e-40f, 2 => 1e-37f, 3 => 1e38f, 4 => i % 2 == 0 ? 0.5f : 1, _ => 1 };
            if (seed == 5) x[7] = float.NaN;
            if (seed == 6) x[31] = float.NegativeInfinity;
            if (seed is > 6 and < 20) for (int i = 0; i < 32; i++) x[i] = i == seed ? 127 : i - 15.5f;
            fixed (float* source = x)
            {
                Assert.Equal(TokenBlocks.RoundScalar(source, scalar), TokenBlocks.Round256(source, vector));
                Assert.Equal(new Span<byte>(scalar, TokenBlocks.Start).ToArray(), new Span<byte>(vector, TokenBlocks.Start).ToArray());
                if (seed is 5 or 6)
                {
                    Assert.True(float.IsNaN(*(float*)(scalar + TokenBlocks.Scale)));
                    continue;
                }
                PlainBlocks plain = PlainBlocks.Tokens(x, 1, 32);
                Assert.Equal(plain.Integers, new Span<sbyte>(scalar, 32).ToArray().Select(q => (int)q).ToArray());
                Assert.Equal(plain.Scales[0], *(float*)(scalar + TokenBlocks.Scale));
            }
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void Every_width_gives_the_bits_of_the_plain_definition(string format)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        foreach (int columns in KernelData.Lengths)
        {
            int rows = columns > 500 ? 70 : 45, tokens = columns > 500 ? 13 : 5;
            Check(two, format, KernelData.Floats(rows * columns, 11), KernelData.Floats(tokens * columns, 12), rows, columns, tokens);
        }
        foreach (int tokens in (int[])[.. Enumerable.Range(1, 16), 64, 100])
            Check(tokens % 2 == 0 ? one : two, format, KernelData.Floats(97 * 130, 11), KernelData.Floats(tokens * 130, 12), 97, 130, tokens);
        Check(two, format, KernelData.Floats(33 * 2100, 11), KernelData.Floats(200 * 2100, 12), 33, 2100, 200);
    }

    /// <summary>Where sums of 16 bits are fullest.</summary>
    [Theory, MemberData(nameof(Formats))]
    public void The_largest_integers_of_every_sign_overflow_nothing(string format)
    {
        using var pool = new WorkerPool(2);
        const int Rows = 32, Columns = 64, Tokens = 12;
        var random = new Random(4);
        float[] Extremes(int count, Func<int, float> value) => [.. Enumerable.Range(0, count).Select(value)];
        Func<int, float>[] patterns = [_ => 1, _ => -1, i => i % 2 == 0 ? 1 : -1, i => i % 4 < 2 ? -1 : 1, i => i % 4 < 2 ? 0 : 1, i => i % 4 < 2 ? 0 : -1, _ => random.Next(2) == 0 ? 1 : -1, i => i % 32 < 16 ? -1 : 1];
        foreach (Func<int, float> w in patterns)
            foreach (Func<int, float> x in patterns) Check(pool, format, Extremes(Rows * Columns, w), Extremes(Tokens * Columns, x), Rows, Columns, Tokens);
    }

    [Fact]
    public void With_and_without_a_dot_product_of_bytes_the_bits_are_the_same()
    {
        Assert.SkipUnless(Avx2.IsSupported, "this machine has no AVX2");
        using var pool = new WorkerPool(1);
        const int Rows = 16, Columns = 1000;
        float[] weights = KernelData.Floats(Rows * Columns, 1), x = KernelData.Floats(12 * Columns, 2);
        using PackedMatrix packed = KernelData.Pack(pool, "q8_0", weights, Rows, Columns);
        foreach (int tokens in (int[])[1, 2, 4, 8, 12])
        {
            using var tile = new AlignedBuffer((long)Block.Count(Columns) * tokens * TokenBlocks.Bytes);
            fixed (float* source = x)
                for (int t = 0; t < tokens; t++)
                    TokenBlocks.Round<Q8Blocks>(source + (t * Columns), Columns, tile.Pointer + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes);
            float[] dot = new float[tokens * 16], sign = new float[tokens * 16], expected = PlainBlocks.Q8(weights, Rows, Columns).Multiply(PlainBlocks.Tokens(x[..(tokens * Columns)], tokens, Columns));
            fixed (float* y = sign) BlockProduct256<Q8SignLines256>.Multiply(packed.Panels, Block.Count(Columns), tile.Pointer, tokens, y, 16);
            fixed (float* y = dot) Q8DotProduct.Multiply(packed.Panels, Block.Count(Columns), tile.Pointer, tokens, y, 16);
            KernelData.AssertSameBits(expected, sign, $"signs, {tokens} tokens");
            KernelData.AssertSameBits(expected, dot, $"dot products, {tokens} tokens");
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void Sums_stay_within_the_bound_of_exact_arithmetic(string format)
    {
        using var pool = new WorkerPool(2);
        const int Rows = 64, Columns = 4096, Tokens = 3;
        float[] x = KernelData.Floats(Tokens * Columns, 6), weights = KernelData.Floats(Rows * Columns, 5);
        using PackedMatrix packed = KernelData.Pack(pool, format, weights, Rows, Columns);
        float[] y = Run(MatMul.Multiply, pool, packed, x, Tokens), kept = PlainBlocks.Of(format, weights, Rows, Columns).Values();
        PlainBlocks rounded = PlainBlocks.Tokens(x, Tokens, Columns);
        for (int t = 0; t < Tokens; t++)
        {
            for (int r = 0; r < Rows; r++)
            {
                double ofRounded = 0, magnitude = 0, exact = 0, rounding = 0;
                for (int k = 0; k < Columns; k++)
                {
                    double w = kept[(r * Columns) + k], product = w * rounded.Integers[(t * Columns) + k] * rounded.Scale(t, k);
                    ofRounded += product;
                    magnitude += Math.Abs(product);
                    exact += w * x[(t * Columns) + k];
                    rounding += Math.Abs(w) * rounded.Scale(t, k) / 2;
                }
                // Of the rounded factors: the roundings of an f32 sum. Of the activations as they came: half a step each.
                Assert.InRange(Math.Abs(y[(t * Rows) + r] - ofRounded), 0, 1e-6 * magnitude);
                Assert.InRange(Math.Abs(y[(t * Rows) + r] - exact), 0, (1.0001 * rounding) + (1e-6 * magnitude));
            }
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_token_that_is_not_finite_stays_alone(string format)
    {
        using var pool = new WorkerPool(2);
        const int Rows = 40, Columns = 70, Tokens = 5;
        float[] x = KernelData.Floats(Tokens * Columns, 8);
        x[Columns + 69] = float.PositiveInfinity;
        x[3 * Columns] = float.NaN;
        using PackedMatrix packed = KernelData.Pack(pool, format, KernelData.Floats(Rows * Columns, 7), Rows, Columns);
        foreach ((_, Multiplier multiply) in Widths)
        {
            float[] y = Run(multiply, pool, packed, x, Tokens);
            for (int i = 0; i < y.Length; i++) Assert.Equal(i / Rows is 1 or 3, float.IsNaN(y[i]));
        }
    }

    [Theory]
    [InlineData("q8_0", float.NaN)]
    [InlineData("q8_0", float.PositiveInfinity)]
    [InlineData("q8_0", 1e8f)]
    [InlineData("q4_0", float.NegativeInfinity)]
    [InlineData("q4_0", 1e8f)]
    [InlineData("f16", 1e5f)]
    [InlineData("bf16", float.MaxValue)]
    public void A_matrix_with_a_number_beyond_the_format_is_kept_as_stored(string format, float value)
    {
        using var pool = new WorkerPool(2);
        float[] values = KernelData.Floats(40 * 40, 1);
        values[777] = value;
        using PackedMatrix packed = KernelData.Pack(pool, format, values, 40, 40);
        Assert.Equal(DType.F32, packed.Format.Type);
        AssertRows(values, packed);
    }

    [Fact]
    public void Other_float_types_round_to_the_nearest()
    {
        using var pool = new WorkerPool(2);
        foreach (int rows in (int[])[32, 45])
        {
            float[] values = KernelData.Floats(rows * 70, 1);
            (values[5], values[6]) = (BitConverter.UInt32BitsToSingle(0x3F80_8000), BitConverter.UInt32BitsToSingle(0x3F81_8000)); // ties of bf16
            using PackedMatrix halves = KernelData.Pack(pool, "f16", values, rows, 70), brains = KernelData.Pack(pool, "bf16", values, rows, 70);
            AssertRows([.. values.Select(v => (float)(Half)v)], halves);
            AssertRows([.. values.Select(ToBFloat)], brains);
            using var stored = new OwnedTensor(DType.BF16, values, rows, 70);
            using PackedMatrix widened = PackedMatrix.Pack(pool, WeightFormats.Float32, stored.View);
            Assert.Equal(DType.F32, widened.Format.Type);
            AssertRows(stored.Values, widened);
        }
    }

    /// <summary>Of the two neighbours the nearer, of equally near ones that with an even last bit.</summary>
    static float ToBFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000;
        float below = BitConverter.UInt32BitsToSingle(bits), above = BitConverter.UInt32BitsToSingle(bits + 0x1_0000);
        double down = Math.Abs((double)value - below), up = Math.Abs((double)above - value);
        return down < up || (down == up && (bits & 0x1_0000) == 0) ? below : above;
    }

    delegate void Multiplier(WorkerPool pool, PackedMatrix weight, Matrix x, Matrix y);

    static void Check(WorkerPool pool, string format, float[] weights, float[] x, int rows, int columns, int tokens)
    {
        using PackedMatrix packed = KernelData.Pack(pool, format, weights, rows, columns);
        float[] expected = PlainBlocks.Of(format, weights, rows, columns).Multiply(PlainBlocks.Tokens(x, tokens, columns));
        string what = $"{format} {rows}x{columns}, {tokens} tokens";
        foreach ((string width, Multiplier multiply) in Widths) KernelData.AssertSameBits(expected, Run(multiply, pool, packed, x, tokens), $"{what}, {width}");
        KernelData.AssertSameBits(expected, Run(MatMul.Multiply, pool, packed, x, tokens), $"{what}, chosen");
    }

    /// <summary>512 bits are two halves on machines that have no more.</summary>
    static IEnumerable<(string Width, Multiplier Multiply)> Widths
    {
        get
        {
            yield return ("scalar", MatMul.Multiply<PanelScalar>);
            if (Avx2.IsSupported) yield return ("256", MatMul.Multiply<Panel256>);
            if (Avx2.IsSupported) yield return ("512", MatMul.Multiply<Panel512>);
        }
    }

    static float[] Run(Multiplier multiply, WorkerPool pool, PackedMatrix weight, float[] x, int tokens)
    {
        using var input = OwnedMatrix.Of(x, tokens, weight.Columns, weight.Columns + 3, offset: 1);
        using var output = new OwnedMatrix(tokens, weight.Rows, weight.Rows + 5, offset: 3);
        multiply(pool, weight, input.Matrix, output.Matrix);
        return output.ToArray();
    }

    static void AssertRows(float[] expected, PackedMatrix packed)
    {
        var row = new float[packed.Columns];
        for (int r = 0; r < packed.Rows; r++)
        {
            packed.ReadRow(r, row);
            KernelData.AssertSameBits(expected.AsSpan(r * packed.Columns, packed.Columns), row, $"row {r}");
        }
    }
}

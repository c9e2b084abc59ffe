using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

public sealed class PackedMatrixTests
{
    [Theory]
    [InlineData(DType.F32, 128)]
    [InlineData(DType.F16, 64)]
    [InlineData(DType.BF16, 64)]
    public void Every_element_comes_back(DType type, int lineBytes)
    {
        using var pool = new WorkerPool(2);
        foreach (int columns in KernelData.Lengths)
        {
            foreach (int rows in (int[])[1, 16, 17, 31, 32, 33, 100])
            {
                using var tensor = new OwnedTensor(type, KernelData.Floats(rows * columns, 3), rows, columns);
                using PackedMatrix packed = PackedMatrix.Pack(pool, tensor.View);
                Assert.Equal((rows, columns, type), (packed.Rows, packed.Columns, packed.Format.Type));
                long lines = rows <= 16 ? (columns + 1) / 2 : (rows + 31) / 32 * (long)columns; // two columns a line where 16 rows fill half of one
                Assert.Equal(AlignedBuffer.RoundUp(lines * lineBytes), packed.Bytes);
                AssertRows(tensor.Values, packed);
            }
        }
    }

    [Theory]
    [InlineData(8, 32)]
    [InlineData(4, 16)]
    public void Every_integer_comes_back_times_its_row_s_scale(int bits, int lineBytes)
    {
        using var pool = new WorkerPool(2);
        foreach (int columns in KernelData.Lengths)
        {
            foreach (int rows in (int[])[1, 31, 32, 33, 100])
            {
                using var weight = new OwnedQuantised(bits, rows, columns, seed: 3);
                using PackedMatrix packed = PackedMatrix.Pack(pool, weight.View);
                Assert.Equal((rows, columns, $"int{bits}"), (packed.Rows, packed.Columns, packed.Format.ToString()));
                // The integers as they are, 32 scales a panel, and whole cache lines.
                Assert.InRange(packed.Bytes - ((rows + 31) / 32 * ((long)columns * lineBytes)), 0, (rows + 31) / 32 * (128 + 63));
                AssertRows(weight.Values, packed);
                var row = new float[columns];
                for (int r = 0; r < rows; r++)
                {
                    weight.View.ReadRow(r, row);
                    KernelData.AssertSameBits(weight.Values.AsSpan(r * columns, columns), row, $"row {r} of the file");
                }
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public unsafe void What_a_quantised_line_stores_it_gives_back(int bits)
    {
        byte* line = stackalloc byte[32];
        int least = bits == 8 ? -128 : -8;
        for (int shift = 0; shift < -2 * least; shift++)
        {
            int Value(int row) => least + ((shift + (row * 37)) % (-2 * least));
            for (int row = 0; row < 32; row++)
            {
                if (bits == 8) Int8Weights.Encode(line, row, Value(row));
                else Int4Weights.Encode(line, row, Value(row));
            }
            for (int row = 0; row < 32; row++) Assert.Equal(Value(row), bits == 8 ? Int8Weights.Decode(line, row) : Int4Weights.Decode(line, row));
        }
    }

    [Fact]
    public void Parts_are_stacked_without_gaps()
    {
        using var pool = new WorkerPool(2);
        using var q = new OwnedTensor(DType.BF16, KernelData.Floats(70 * 40, 1), 70, 40);
        using var k = new OwnedTensor(DType.BF16, KernelData.Floats(5 * 40, 2), 5, 40);
        using var v = new OwnedTensor(DType.BF16, KernelData.Floats(33 * 40, 3), 33, 40, offset: 3);
        using PackedMatrix packed = PackedMatrix.Pack(pool, q.View, k.View, v.View);
        Assert.Equal(DType.BF16, packed.Format.Type);
        AssertRows([.. q.Values, .. k.Values, .. v.Values], packed);
    }

    [Fact]
    public void Mixed_types_widen_to_f32()
    {
        using var pool = new WorkerPool(2);
        using var a = new OwnedTensor(DType.BF16, KernelData.Floats(32 * 40, 1), 32, 40);
        using var b = new OwnedTensor(DType.F16, KernelData.Floats(40 * 40, 2), 40, 40);
        using var c = new OwnedTensor(DType.F32, KernelData.Floats(40 * 40, 3), 40, 40);
        using PackedMatrix packed = PackedMatrix.Pack(pool, a.View, b.View, c.View);
        Assert.Equal(DType.F32, packed.Format.Type);
        AssertRows([.. a.Values, .. b.Values, .. c.Values], packed);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Half_precision_that_is_not_finite_widens_to_f32(float value)
    {
        using var pool = new WorkerPool(2);
        float[] values = KernelData.Floats(40 * 40, 1);
        values[777] = value;
        using var tensor = new OwnedTensor(DType.F16, values, 40, 40);
        using PackedMatrix packed = PackedMatrix.Pack(pool, tensor.View);
        Assert.Equal(DType.F32, packed.Format.Type);
        AssertRows(tensor.Values, packed);
    }

    [Fact]
    public void Every_finite_half_and_every_bfloat_is_exact()
    {
        using var pool = new WorkerPool(1);
        foreach (DType type in (DType[])[DType.F16, DType.BF16])
        {
            float[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => type == DType.F16
                ? (float)BitConverter.UInt16BitsToHalf((ushort)bits)
                : BitConverter.UInt32BitsToSingle((uint)bits << 16)).Where(float.IsFinite)];
            int columns = all.Length / 32;
            using var tensor = new OwnedTensor(type, all, 32, columns);
            using PackedMatrix packed = PackedMatrix.Pack(pool, tensor.View);
            Assert.Equal(type, packed.Format.Type);
            AssertRows(all, packed);

            // Through the vectors: each column alone, times one.
            using var x = new OwnedMatrix(1, columns);
            using var y = new OwnedMatrix(1, 32);
            for (int k = 0; k < columns; k += 97)
            {
                x.Matrix.Row(0).Clear();
                x.Matrix.Row(0)[k] = 1;
                MatMul.Multiply(pool, packed, x.Matrix, y.Matrix);
                for (int r = 0; r < 32; r++) Assert.Equal(all[(r * columns) + k], y.Matrix.Row(0)[r]);
            }
        }
    }

    [Fact]
    public void Floats_pack_by_rows_and_by_columns()
    {
        float[] rows = KernelData.Floats(45 * 7, 1);
        var columns = new float[rows.Length];
        for (int r = 0; r < 45; r++)
            for (int k = 0; k < 7; k++) columns[(k * 45) + r] = rows[(r * 7) + k];
        using PackedMatrix byRows = PackedMatrix.FromRows(rows, 45, 7), byColumns = PackedMatrix.FromColumns(columns, 45, 7);
        AssertRows(rows, byRows);
        AssertRows(rows, byColumns);
    }

    [Fact]
    public void What_cannot_be_packed_is_named()
    {
        using var pool = new WorkerPool(1);
        using var a = new OwnedTensor(DType.F32, new float[8], 2, 4);
        using var b = new OwnedTensor(DType.F32, new float[6], 2, 3);
        var columns = Assert.Throws<ModelFormatException>(() => PackedMatrix.Pack(pool, a.View, b.View));
        Assert.Contains("test.F32 F32 [2, 3]", columns.Message);
        Assert.Contains("same number of columns", columns.Message);
        var type = Assert.Throws<ModelFormatException>(() => PackIntegers(pool));
        Assert.Contains("elements of type I8 are not supported", type.Message);
    }

    static unsafe void PackIntegers(WorkerPool pool)
    {
        byte data = 0;
        using PackedMatrix packed = PackedMatrix.Pack(pool, new TensorView("w", DType.I8, [1, 1], &data));
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

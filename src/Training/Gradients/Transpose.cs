using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>Matrices and their transposes, packed for products.</summary>
internal static unsafe class Transpose
{
    /// <summary>Rows and columns of a square that is transposed at a time: both sides stay in the first-level cache.</summary>
    const int Square = 32;

    /// <summary>Packs a matrix, or its transpose, as a weight of f32.</summary>
    public static PackedMatrix Pack(WorkerPool pool, Matrix matrix, bool transposed)
    {
        if (!transposed && matrix.Stride == matrix.Columns) return Pack(pool, matrix.Data, matrix.Rows, matrix.Columns);
        int rows = transposed ? matrix.Columns : matrix.Rows, columns = transposed ? matrix.Rows : matrix.Columns;
        using var copy = new AlignedBuffer((long)rows * columns * sizeof(float));
        var target = new Matrix((float*)copy.Pointer, rows, columns);
        if (transposed) Write(pool, matrix, target);
        else for (int row = 0; row < rows; row++) matrix.Row(row).CopyTo(target.Row(row));
        return Pack(pool, target.Data, rows, columns);
    }

    /// <summary>The transpose of a packed weight, its numbers in the same type.</summary>
    public static PackedMatrix OfPacked(WorkerPool pool, PackedMatrix packed)
    {
        using var rows = new AlignedBuffer((long)packed.Rows * packed.Columns * sizeof(float));
        var widened = new Matrix((float*)rows.Pointer, packed.Rows, packed.Columns);
        Work.EachRow(pool, packed.Rows, row => packed.ReadRow(row, widened.Row(row)));
        if (packed.Format.Type is not { } type || type is not (DType.BF16 or DType.F16)) return Pack(pool, widened, transposed: true);

        // Two bytes an element; the widened numbers came from this type, so nothing is rounded.
        using var narrow = new AlignedBuffer((long)packed.Rows * packed.Columns * sizeof(ushort));
        ushort* target = (ushort*)narrow.Pointer;
        int columns = packed.Rows;
        Work.EachRow(pool, packed.Columns, k =>
        {
            for (int row = 0; row < columns; row++)
            {
                float value = widened.RowPointer(row)[k];
                target[((long)k * columns) + row] = type == DType.BF16 ? (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16) : BitConverter.HalfToUInt16Bits((Half)value);
            }
        });
        return PackedMatrix.Pack(pool, new TensorView("transpose", type, [packed.Columns, packed.Rows], narrow.Pointer));
    }

    /// <summary>target = sourceᵀ.</summary>
    public static void Write(WorkerPool pool, Matrix source, Matrix target)
    {
        Work.Each(pool, (target.Rows + Square - 1) / Square, chunk =>
        {
            int first = chunk * Square, end = Math.Min(first + Square, target.Rows);
            for (int column = 0; column < target.Columns; column += Square)
            {
                int last = Math.Min(column + Square, target.Columns);
                for (int row = first; row < end; row++)
                {
                    float* to = target.RowPointer(row);
                    for (int i = column; i < last; i++) to[i] = source.RowPointer(i)[row];
                }
            }
        });
    }

    static PackedMatrix Pack(WorkerPool pool, float* rowMajor, int rows, int columns) =>
        PackedMatrix.Pack(pool, new TensorView("weight", DType.F32, [rows, columns], (byte*)rowMajor));
}

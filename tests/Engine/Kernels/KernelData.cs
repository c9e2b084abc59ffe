using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Kernels;

/// <summary>Inputs for kernel tests: signed, with outliers twenty times as large, from a fixed seed.</summary>
static unsafe class KernelData
{
    public static readonly int[] Lengths = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000, 4096];

    public static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
            if (random.Next(50) == 0) values[i] *= 20;
        }
        return values;
    }

    /// <summary>Weights, row after row, in the format of that name.</summary>
    public static PackedMatrix Pack(WorkerPool pool, string format, float[] weights, int rows, int columns)
    {
        using var tensor = new OwnedTensor(DType.F32, weights, rows, columns);
        return PackedMatrix.Pack(pool, Array.Find(WeightFormats.All, known => known.ToString() == format)!, tensor.View);
    }

    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (float.IsNaN(expected[i]) && float.IsNaN(actual[i])) continue;
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected the bits of {expected[i]:R}");
        }
    }
}

/// <summary>A matrix that owns its memory.</summary>
sealed unsafe class OwnedMatrix : IDisposable
{
    readonly AlignedBuffer _buffer;

    public OwnedMatrix(int rows, int columns, int stride = 0, int offset = 0)
    {
        stride = Math.Max(stride, columns);
        _buffer = new AlignedBuffer(((long)rows * stride + offset) * sizeof(float));
        Matrix = new Matrix((float*)_buffer.Pointer + offset, rows, columns, stride);
    }

    public Matrix Matrix { get; }

    public static OwnedMatrix Of(float[] values, int rows, int columns, int stride = 0, int offset = 0)
    {
        var matrix = new OwnedMatrix(rows, columns, stride, offset);
        for (int row = 0; row < rows; row++) values.AsSpan(row * columns, columns).CopyTo(matrix.Matrix.Row(row));
        return matrix;
    }

    public float[] ToArray()
    {
        var values = new float[Matrix.Rows * Matrix.Columns];
        for (int row = 0; row < Matrix.Rows; row++) Matrix.Row(row).CopyTo(values.AsSpan(row * Matrix.Columns));
        return values;
    }

    public void Dispose() => _buffer.Dispose();
}

/// <summary>A tensor as a checkpoint would hold it, at an odd address.</summary>
sealed unsafe class OwnedTensor : IDisposable
{
    readonly AlignedBuffer _buffer;

    public OwnedTensor(DType type, float[] values, int rows, int columns, int offset = 1)
    {
        _buffer = new AlignedBuffer(((long)values.Length * type.Size()) + offset);
        byte* data = _buffer.Pointer + offset;
        Values = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            byte* element = data + ((long)i * type.Size());
            if (type == DType.F32)
            {
                System.Runtime.CompilerServices.Unsafe.WriteUnaligned(element, Values[i] = values[i]);
            }
            else if (type == DType.F16)
            {
                System.Runtime.CompilerServices.Unsafe.WriteUnaligned(element, (Half)values[i]);
                Values[i] = (float)(Half)values[i];
            }
            else
            {
                ushort upper = (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16);
                System.Runtime.CompilerServices.Unsafe.WriteUnaligned(element, upper);
                Values[i] = BitConverter.UInt32BitsToSingle((uint)upper << 16);
            }
        }
        View = new TensorView($"test.{type}", type, [rows, columns], data);
    }

    public TensorView View { get; }

    /// <summary>What the tensor holds after rounding to its type.</summary>
    public float[] Values { get; }

    public void Dispose() => _buffer.Dispose();
}

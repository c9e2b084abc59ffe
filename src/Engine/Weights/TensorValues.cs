using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>Elements of a file's tensor, widened to f32.</summary>
internal static unsafe class TensorValues
{
    /// <summary>Whether the element type can be widened.</summary>
    public static bool IsFloat(this DType type) => type is DType.F32 or DType.F16 or DType.BF16 or DType.F64;

    /// <summary>All elements, row-major.</summary>
    public static float[] ToFloats(this TensorView tensor)
    {
        var values = new float[tensor.Elements];
        Read(tensor, 0, values);
        return values;
    }

    /// <summary>One row of a matrix.</summary>
    public static void ReadRow(this TensorView tensor, int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)tensor.Rows, nameof(row));
        Read(tensor, (long)row * tensor.Columns, destination[..tensor.Columns]);
    }

    /// <summary>Elements from <paramref name="start"/> on, whatever the shape.</summary>
    public static void ReadFlat(this TensorView tensor, long start, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + destination.Length, tensor.Elements, nameof(start));
        Read(tensor, start, destination);
    }

    /// <summary>Whether no element is infinite or NaN.</summary>
    public static bool IsFinite(this TensorView tensor)
    {
        Span<float> chunk = stackalloc float[1024];
        for (long start = 0; start < tensor.Elements; start += chunk.Length)
        {
            Span<float> values = chunk[..(int)Math.Min(chunk.Length, tensor.Elements - start)];
            Read(tensor, start, values);
            foreach (float value in values)
                if (!float.IsFinite(value)) return false;
        }
        return true;
    }

    static void Read(TensorView tensor, long start, Span<float> destination)
    {
        int count = destination.Length;
        switch (tensor.Type)
        {
            case DType.F32:
                new ReadOnlySpan<float>((float*)tensor.Data + start, count).CopyTo(destination);
                break;
            case DType.F16:
                Half* halves = (Half*)tensor.Data + start;
                for (int i = 0; i < count; i++) destination[i] = (float)halves[i];
                break;
            case DType.BF16:
                ushort* brains = (ushort*)tensor.Data + start;
                for (int i = 0; i < count; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
                break;
            case DType.F64:
                double* doubles = (double*)tensor.Data + start;
                for (int i = 0; i < count; i++) destination[i] = (float)doubles[i];
                break;
            default:
                throw new ModelFormatException($"{tensor}: integers where weights are expected");
        }
    }
}

using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>A weight of (Rows, Columns) = (outputs, inputs) in panels of 32 rows (design D2).</summary>
internal sealed class PackedMatrix : IDisposable
{
    public int Rows => throw new NotImplementedException();

    public int Columns => throw new NotImplementedException();

    public long Bytes => throw new NotImplementedException();

    /// <summary>Stacks the tensors' rows, in order, into one matrix; keeps bf16, f16 and f32 as they are (mixed types widen to f32).</summary>
    public static PackedMatrix Pack(WorkerPool pool, params ReadOnlySpan<TensorView> parts) => throw new NotImplementedException();

    /// <summary>Widens row <paramref name="row"/> to f32.</summary>
    public void ReadRow(int row, Span<float> destination) => throw new NotImplementedException();

    public void Dispose() { }
}

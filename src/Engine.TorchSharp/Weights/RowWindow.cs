using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Weights;

/// <summary>Reads a weight's rows back from its device in f32: many at a time, since whoever measures an adapter asks for all of them in order.</summary>
/// <param name="weight">(rows, columns).</param>
internal sealed class RowWindow(Tensor weight)
{
    const int RowsAtATime = 256;

    [ThreadStatic]
    static (RowWindow Of, int First, float[] Values)? s_last;

    /// <param name="destination">(columns).</param>
    public void Read(int row, Span<float> destination)
    {
        int columns = (int)weight.shape[1];
        if (s_last is not { } last || last.Of != this || row < last.First || row >= last.First + (last.Values.Length / columns)) s_last = last = (this, row, Fetch(row));
        last.Values.AsSpan((row - last.First) * columns, columns).CopyTo(destination);
    }

    float[] Fetch(int first)
    {
        using var scope = NewDisposeScope();
        long count = Math.Min(RowsAtATime, weight.shape[0] - first);
        Tensor rows = weight.narrow(0, first, count).to(ScalarType.Float32).cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(rows.bytes).ToArray();
    }
}

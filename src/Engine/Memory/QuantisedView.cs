namespace Juxta.Engine.Memory;

/// <summary>
/// A weight of (Rows, Columns) that a checkpoint stores as integers with one scale a row: w = q · scale. It owns nothing, like <see cref="TensorView"/>.
/// </summary>
/// <param name="Values">int8: (Rows, Columns). int4: (Rows, half as many bytes, rounded up), column 2j in byte j's upper half and 2j + 1 in its lower, two's complement.</param>
/// <param name="Scales">(Rows), f16 or f32.</param>
/// <param name="Bits">8 or 4.</param>
/// <param name="Columns">Weights of a row.</param>
internal readonly unsafe record struct QuantisedView(TensorView Values, TensorView Scales, int Bits, int Columns)
{
    public int Rows => Values.Rows;

    public long Bytes => Values.Bytes + Scales.Bytes;

    public float Scale(int row) => Scales.Type switch
    {
        DType.F16 => (float)((Half*)Scales.Data)[row],
        DType.BF16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)Scales.Data)[row] << 16),
        _ => ((float*)Scales.Data)[row],
    };

    /// <summary>The integers of a row, as they lie in the file.</summary>
    public byte* Row(int row) => Values.Data + ((long)row * Values.Columns);

    /// <summary>Widens a row to f32.</summary>
    public void ReadRow(int row, Span<float> destination)
    {
        byte* source = Row(row);
        float scale = Scale(row);
        for (int k = 0; k < Columns; k++)
        {
            int value = Bits == 8 ? (sbyte)source[k] : (sbyte)(k % 2 == 0 ? source[k / 2] : source[k / 2] << 4) >> 4;
            destination[k] = value * scale;
        }
    }

    public override string ToString() => $"{Values.Name} int{Bits} [{Rows}, {Columns}]";
}

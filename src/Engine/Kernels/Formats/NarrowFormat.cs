using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>
/// A matrix of at most 16 rows, such as A of a low-rank change: a line's low half holds a column, its high half the next, where a whole panel would carry 16 rows
/// of zeros along.
/// </summary>
internal sealed unsafe class NarrowFormat<TFormat> : WeightFormat where TFormat : struct, IWeightFormat<TFormat>
{
    public override DType? Type => TFormat.Type;

    public override bool ReadsFloats => true;

    public override long TokenBytes(int columns) => (long)columns * sizeof(float);

    public override long PanelBytes(int columns) => AlignedBuffer.RoundUp((columns + 1L) / 2 * TFormat.LineBytes);

    public override void ReadRow(byte* panel, int row, Span<float> destination)
    {
        for (int k = 0; k < destination.Length; k++) destination[k] = TFormat.Decode(Line(panel, k), Slot(row, k));
    }

    public override bool PackPanel(float** rows, int count, int columns, byte* panel)
    {
        bool kept = true;
        for (int k = 0; k < columns; k++)
            for (int r = 0; r < count; r++) kept &= TFormat.Encode(Line(panel, k), Slot(r, k), rows[r][k]);
        return kept;
    }

    public override delegate*<MatMul.Job*, int, int, void> PackTile() => &MatMul.PackTile;

    public override delegate*<MatMul.Job*, int, int, void> Chunk<TPanel>() => &MatMul.Chunk<NarrowProduct<TPanel, TFormat>>;

    public override string ToString() => $"{TFormat.Name}, at most {NarrowRows} rows";

    static byte* Line(byte* panel, int column) => panel + ((long)(column / 2) * TFormat.LineBytes);

    static int Slot(int row, int column) => row + (column % 2 * NarrowRows);
}

/// <summary>Weights and activations are numbers, rows at most 16.</summary>
internal readonly unsafe struct NarrowProduct<TPanel, TFormat> : ITileProduct where TPanel : struct, IPanelKernel where TFormat : struct, IWeightFormat<TFormat>
{
    public static void Multiply(byte* panel, int columns, byte* x, int tokens, float* y, nint stride) =>
        TPanel.MultiplyNarrow<TFormat>(panel, columns, (float*)x, tokens, y, stride);
}

using System.Runtime.CompilerServices;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>
/// A weight of (Rows, Columns) = (outputs, inputs) in panels of 32 rows (design D2): within a panel one line of 32 weights per column, columns in
/// order, so a product reads memory once, forwards. Quantised formats put the rows' scales before the columns they are for; block formats lay out a panel
/// their own way. Missing rows of the last panel are zero. Immutable.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    readonly AlignedBuffer _panels;

    PackedMatrix(int rows, int columns, WeightFormat format, AlignedBuffer? panels = null)
    {
        Rows = rows;
        Columns = columns;
        Format = format;
        PanelBytes = format.PanelBytes(columns);
        _panels = panels ?? WeightMemory.Allocate((long)PanelCount * PanelBytes);
    }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>How the weights are kept.</summary>
    public WeightFormat Format { get; }

    public long Bytes => _panels.Bytes;

    public int PanelCount => (int)(((long)Rows + Panel.Rows - 1) / Panel.Rows);

    public long PanelBytes { get; }

    /// <summary>Panel after panel; valid while this matrix is not disposed.</summary>
    public byte* Panels => _panels.Pointer;

    /// <summary>
    /// Stacks the tensors' rows, in order and without gaps, into one matrix. Keeps bf16, f16 and f32 as they are; mixed types, f64 and f16 with
    /// infinities or NaN widen to f32.
    /// </summary>
    /// <exception cref="ModelFormatException">A tensor of another element type, or tensors of different numbers of columns.</exception>
    public static PackedMatrix Pack(WorkerPool pool, params ReadOnlySpan<TensorView> parts) => Packing.Pack(pool, parts, wanted: null);

    /// <summary>The same, rounded to <paramref name="format"/>; a matrix with a number it cannot hold (infinite, NaN, too large for f16) is kept as it is stored.</summary>
    public static PackedMatrix Pack(WorkerPool pool, WeightFormat format, params ReadOnlySpan<TensorView> parts) => Packing.Pack(pool, parts, format);

    /// <summary>Packs integers with a scale a row as they are.</summary>
    public static PackedMatrix Pack(WorkerPool pool, QuantisedView weight) => Packing.Pack(pool, weight);

    /// <summary>Packs f32 weights, (rows, columns) row after row.</summary>
    public static PackedMatrix FromRows(ReadOnlySpan<float> rowMajor, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rowMajor.Length, checked(rows * columns));
        PackedMatrix matrix = Allocate(rows, columns, WeightFormats.Float32);
        fixed (float* source = rowMajor)
        {
            float* panels = (float*)matrix.Panels;
            for (int row = 0; row < rows; row++)
                for (int k = 0; k < columns; k++) panels[Element(row, k, columns)] = source[((long)row * columns) + k];
        }
        return matrix;
    }

    /// <summary>Packs the transpose of f32 weights: <paramref name="columnMajor"/> is (columns, rows), column after column.</summary>
    public static PackedMatrix FromColumns(ReadOnlySpan<float> columnMajor, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(columnMajor.Length, checked(rows * columns));
        PackedMatrix matrix = Allocate(rows, columns, WeightFormats.Float32);
        float* panels = (float*)matrix.Panels;
        for (int k = 0; k < columns; k++)
            for (int row = 0; row < rows; row++) panels[Element(row, k, columns)] = columnMajor[(k * rows) + row];
        return matrix;
    }

    /// <summary>Panels that were packed before.</summary>
    public static PackedMatrix Of(int rows, int columns, WeightFormat format, AlignedBuffer panels) => new(rows, columns, format, panels);

    /// <summary>Zeros, for <see cref="Packing"/> to fill.</summary>
    internal static PackedMatrix Allocate(int rows, int columns, WeightFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        return new PackedMatrix(rows, columns, format);
    }

    /// <summary>Widens row <paramref name="row"/> to f32.</summary>
    public void ReadRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Columns, nameof(destination));
        Format.ReadRow(Panels + (row / Panel.Rows * PanelBytes), row % Panel.Rows, destination[..Columns]);
        GC.KeepAlive(this);
    }

    public void Dispose() => _panels.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long Element(int row, int column, int columns) => (((long)(row / Panel.Rows) * columns) + column) * Panel.Rows + (row % Panel.Rows);
}

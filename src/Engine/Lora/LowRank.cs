using System.Numerics;
using System.Runtime.InteropServices;

namespace Juxta.Engine.Lora;

/// <summary>
/// A low-rank change of a weight of (Rows, Columns): ΔW = s·R·C. For a linear layer R is B and C is A; for an embedding R is Aᵀ and C is Bᵀ.
/// </summary>
/// <param name="RowFactor">R, (Rows, Rank) row-major.</param>
/// <param name="ColumnFactor">C, (Rank, Columns) row-major.</param>
/// <param name="Scale">s.</param>
internal sealed record LowRank(float[] RowFactor, float[] ColumnFactor, int Rank, float Scale)
{
    public int Rows => RowFactor.Length / Rank;

    public int Columns => ColumnFactor.Length / Rank;

    /// <summary>True when ΔW is zero because a factor is.</summary>
    public bool IsZero => Scale == 0 || !RowFactor.AsSpan().ContainsAnyExcept(0f) || !ColumnFactor.AsSpan().ContainsAnyExcept(0f);

    /// <summary>‖ΔW‖_F without forming ΔW: ‖RC‖² = tr((RᵀR)(CCᵀ)), two Gram matrices of Rank × Rank.</summary>
    public double Norm()
    {
        double[] rows = new double[Rank * Rank], columns = new double[Rank * Rank];
        float[] rowsTransposed = Transpose(RowFactor, Rows, Rank);
        Parallel.For(0, Rank, i =>
        {
            for (int j = 0; j < Rank; j++)
            {
                rows[(i * Rank) + j] = Dot(rowsTransposed.AsSpan(i * Rows, Rows), rowsTransposed.AsSpan(j * Rows, Rows));
                columns[(i * Rank) + j] = Dot(ColumnFactor.AsSpan(i * Columns, Columns), ColumnFactor.AsSpan(j * Columns, Columns));
            }
        });
        double square = 0;
        for (int i = 0; i < rows.Length; i++) square += rows[i] * columns[i];
        return Scale * Math.Sqrt(Math.Max(0, square));
    }

    /// <summary>Adds row <paramref name="row"/> of ΔW, times <paramref name="times"/>, to <paramref name="destination"/>.</summary>
    public void AddRow(int row, Span<float> destination, float times = 1)
    {
        for (int r = 0; r < Rank; r++)
        {
            float factor = times * Scale * RowFactor[(row * Rank) + r];
            if (factor != 0) AddScaled(ColumnFactor.AsSpan(r * Columns, Columns), factor, destination);
        }
    }

    public static float[] Transpose(float[] values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) transposed[(c * rows) + r] = values[(r * columns) + c];
        return transposed;
    }

    /// <summary>Sums in double, so that norms do not drift with length.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var low = Vector<double>.Zero;
        var high = Vector<double>.Zero;
        ReadOnlySpan<Vector<float>> lefts = MemoryMarshal.Cast<float, Vector<float>>(left), rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        for (int i = 0; i < lefts.Length; i++)
        {
            Vector.Widen(lefts[i], out Vector<double> leftLow, out Vector<double> leftHigh);
            Vector.Widen(rights[i], out Vector<double> rightLow, out Vector<double> rightHigh);
            low += leftLow * rightLow;
            high += leftHigh * rightHigh;
        }
        double sum = Vector.Sum(low + high);
        for (int i = lefts.Length * Vector<float>.Count; i < left.Length; i++) sum += (double)left[i] * right[i];
        return sum;
    }

    static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> destination)
    {
        ReadOnlySpan<Vector<float>> sources = MemoryMarshal.Cast<float, Vector<float>>(source);
        Span<Vector<float>> destinations = MemoryMarshal.Cast<float, Vector<float>>(destination);
        var factors = new Vector<float>(factor);
        for (int i = 0; i < sources.Length; i++) destinations[i] += sources[i] * factors;
        for (int i = sources.Length * Vector<float>.Count; i < source.Length; i++) destination[i] += source[i] * factor;
    }
}

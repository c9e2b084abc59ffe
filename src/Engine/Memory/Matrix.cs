using System.Diagnostics;

namespace Juxta.Engine.Memory;

/// <summary>A view of (Rows, Columns) floats, row after row, <see cref="Stride"/> floats apart. It owns nothing.</summary>
internal readonly unsafe struct Matrix(float* data, int rows, int columns, int stride)
{
    public Matrix(float* data, int rows, int columns) : this(data, rows, columns, columns) { }

    public float* Data { get; } = data;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>Distance between the starts of two rows, in floats.</summary>
    public int Stride { get; } = stride;

    public float* RowPointer(int row)
    {
        Debug.Assert((uint)row < (uint)Rows, "row outside the matrix");
        return Data + ((long)row * Stride);
    }

    public Span<float> Row(int row) => new(RowPointer(row), Columns);

    /// <summary>Rows <paramref name="first"/> … <paramref name="first"/> + <paramref name="count"/> − 1.</summary>
    public Matrix RowRange(int first, int count)
    {
        Debug.Assert(first >= 0 && count >= 0 && first + count <= Rows, "rows outside the matrix");
        return new Matrix(Data + ((long)first * Stride), count, Columns, Stride);
    }

    /// <summary>Columns <paramref name="first"/> … <paramref name="first"/> + <paramref name="count"/> − 1 of every row.</summary>
    public Matrix ColumnRange(int first, int count)
    {
        Debug.Assert(first >= 0 && count >= 0 && first + count <= Columns, "columns outside the matrix");
        return new Matrix(Data + first, Rows, count, Stride);
    }
}

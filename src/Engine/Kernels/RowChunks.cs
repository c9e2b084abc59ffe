using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>How elementwise work on a matrix is cut for the pool: whole rows, eight at a time.</summary>
internal static class RowChunks
{
    const int Rows = 8;

    /// <summary>Too little to wake the pool for.</summary>
    public static bool Inline(Matrix matrix) => (long)matrix.Rows * matrix.Columns < 1 << 14;

    public static int Count(Matrix matrix) => (matrix.Rows + Rows - 1) / Rows;

    public static int First(int chunk) => chunk * Rows;

    public static int End(int chunk, Matrix matrix) => Math.Min((chunk + 1) * Rows, matrix.Rows);
}

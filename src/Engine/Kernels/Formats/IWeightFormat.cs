using System.Runtime.Intrinsics;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>
/// How 32 weights of one column of a panel, its <em>line</em>, lie in memory and become f32. The scalar pair is the definition; the vector
/// forms give the same bits.
/// </summary>
/// <remarks>
/// Rows 0 … 15 of a panel are its low half, rows 16 … 31 its high half. A quantised format keeps integers in its lines and, before each block of columns, a line
/// with the scales of the 32 rows: a weight is integer times scale, rounded once. Adding a format: one struct, one line in <see cref="WeightFormats"/>.
/// </remarks>
internal unsafe interface IWeightFormat<TSelf> where TSelf : struct, IWeightFormat<TSelf>
{
    /// <summary>What people call it.</summary>
    static abstract string Name { get; }

    /// <summary>Bytes of 32 weights.</summary>
    static abstract int LineBytes { get; }

    /// <summary>Bytes of the line of scales before each block, as <see cref="ScaleLine"/> knows them; 0 = the lines hold the weights themselves.</summary>
    static abstract int ScaleBytes { get; }

    /// <summary>Columns that share their scales: a power of two, and <see cref="ScaleLine.WholePanel"/> where a row has one scale.</summary>
    static abstract int BlockColumns { get; }

    /// <summary>The file type whose elements this format keeps; null where no file type is.</summary>
    static abstract DType? Type { get; }

    /// <summary>Number of row <paramref name="row"/> (0 … 31), not yet scaled.</summary>
    static abstract float Decode(byte* line, int row);

    /// <summary>Stores <paramref name="value"/> as row <paramref name="row"/>, rounded to nearest, ties to even; integers must be exact.</summary>
    /// <returns>False where the format cannot hold it.</returns>
    static abstract bool Encode(byte* line, int row, float value);

    /// <summary>Rows 0 … 15.</summary>
    static abstract Vector512<float> Low512(byte* line);

    /// <summary>Rows 16 … 31.</summary>
    static abstract Vector512<float> High512(byte* line);

    /// <summary>Rows 0 … 7 of a line, or 8 … 15 with <paramref name="half"/> = 1.</summary>
    static abstract Vector256<float> Low256(byte* line, int half);

    /// <summary>Rows 16 … 23 of a line, or 24 … 31 with <paramref name="half"/> = 1.</summary>
    static abstract Vector256<float> High256(byte* line, int half);

    /// <summary>Packs columns 0 … <paramref name="columns"/> − 1 of 32 rows as the format's files store them into the lines of one block.</summary>
    static abstract void PackPanel(byte** rows, int columns, byte* lines);
}

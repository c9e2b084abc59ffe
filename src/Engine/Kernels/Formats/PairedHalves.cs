using System.Runtime.CompilerServices;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>The line of the 16-bit formats: word i holds row i in its lower and row i + 16 in its upper half.</summary>
internal static class PairedHalves
{
    /// <summary>Which 16-bit element of a line holds row <paramref name="row"/> (0 … 31).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Index(int row) => ((row & 15) << 1) | (row >> 4);
}

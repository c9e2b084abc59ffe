using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary><see cref="Q8Blocks"/> with AVX2 alone: |w| times x with the sign of w, whose pairs fit 16 bits (2 · 128 · 127 &lt; 2¹⁵).</summary>
internal readonly unsafe struct Q8SignLines256 : ILines256
{
    public static int BlockBytes => Q8Blocks.Bytes;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start(byte* x) => default;

    /// <summary>|w|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> First(Vector256<byte> weights) => Avx2.Abs(Second(weights).AsSByte());

    /// <summary>w with its sign; it is kept as w + 128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Second(Vector256<byte> weights) => weights ^ Vector256.Create((byte)128);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        Vector256<byte> first0, Vector256<byte> second0, Vector256<byte> first1, Vector256<byte> second1, byte* x, int g, ref Vector256<int> sums0, ref Vector256<int> sums1)
    {
        Vector256<sbyte> four = Vector256.Create(((int*)x)[g]).AsSByte();
        sums0 += Products(first0, second0, four);
        sums1 += Products(first1, second1, four);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Total(Vector256<int> sums) => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Products(Vector256<byte> magnitude, Vector256<byte> w, Vector256<sbyte> x) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign(x, w.AsSByte())), Vector256.Create((short)1));
}

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
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> first, Vector256<byte> second, byte* x, int g)
    {
        Vector256<sbyte> signed = Avx2.Sign(Vector256.Create(((int*)x)[g]).AsSByte(), second.AsSByte());
        return sums + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(first, signed), Vector256.Create((short)1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Total(Vector256<int> sums) => sums;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary><see cref="Q4Blocks"/> with 256 bits, as <see cref="Q4Product512"/>: weights without sign, added in 16-bit pairs over the whole block.</summary>
internal readonly unsafe struct Q4Lines256 : ILines256
{
    const byte Lower = 15;

    public static int BlockBytes => Q4Blocks.Bytes;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start(byte* x) => Vector256.Create(*(int*)(x + TokenBlocks.Start));

    /// <summary>Columns 4g … 4g + 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> First(Vector256<byte> weights) => weights & Vector256.Create(Lower);

    /// <summary>Columns 16 higher.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Second(Vector256<byte> weights) => Vector256.ShiftRightLogical(weights.AsUInt16(), 4).AsByte() & Vector256.Create(Lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        Vector256<byte> first0, Vector256<byte> second0, Vector256<byte> first1, Vector256<byte> second1, byte* x, int g, ref Vector256<int> sums0, ref Vector256<int> sums1)
    {
        AddProducts(first0, first1, x, g, ref sums0, ref sums1);
        AddProducts(second0, second1, x, g + Count, ref sums0, ref sums1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Total(Vector256<int> sums) => Avx2.MultiplyAddAdjacent(sums.AsInt16(), Vector256.Create((short)1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddProducts(Vector256<byte> w0, Vector256<byte> w1, byte* x, int g, ref Vector256<int> sums0, ref Vector256<int> sums1)
    {
        Vector256<sbyte> four = Vector256.Create(((int*)x)[g]).AsSByte();
        sums0 = (sums0.AsInt16() + Avx2.MultiplyAddAdjacent(w0, four)).AsInt32();
        sums1 = (sums1.AsInt16() + Avx2.MultiplyAddAdjacent(w1, four)).AsInt32();
    }
}

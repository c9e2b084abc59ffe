using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>What <see cref="Q4Product512"/> does, with 256 bits; tiles take eight rows at a time, which fits 16 registers.</summary>
internal static unsafe class Q4Product256
{
    const int Lines = 4;

    const byte Lower = 15;

    public static void Multiply(byte* blocks, int count, byte* x, int tokens, float* y, nint stride)
    {
        if (tokens == 1)
        {
            Multiply1(blocks, count, x, y);
            return;
        }
        for (int t = 0; t < tokens; t += 4)
            for (int half = 0; half < 2; half++)
                Multiply4(blocks, count, x + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes, y + (t * stride) + (8 * half), stride, half);
    }

    static void Multiply1(byte* blocks, int count, byte* x, float* y)
    {
        Vector256<float> y0 = default, y1 = default;
        for (int b = 0; b < count; b++, blocks += Q4Blocks.Bytes, x += TokenBlocks.Bytes)
        {
            Vector256<short> a0 = Start(x, 0), a1 = a0;
            byte* line = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++, line += 64)
            {
                Sse.Prefetch0(line + 4096);
                Vector256<byte> both0 = Vector256.Load(line), both1 = Vector256.Load(line + 32);
                a0 = a0 + Products(Low(both0), x, 0, g) + Products(High(both0), x, 0, g + Lines);
                a1 = a1 + Products(Low(both1), x, 0, g) + Products(High(both1), x, 0, g + Lines);
            }
            y0 = Scaled(a0, Block.Scales256(blocks, 0), x, 0, y0);
            y1 = Scaled(a1, Block.Scales256(blocks, 1), x, 0, y1);
        }
        y0.Store(y);
        y1.Store(y + 8);
    }

    /// <param name="half">0: rows 0 … 7; 1: rows 8 … 15.</param>
    static void Multiply4(byte* blocks, int count, byte* x, nint step, float* y, nint stride, int half)
    {
        Vector256<float> y0 = default, y1 = default, y2 = default, y3 = default;
        for (int b = 0; b < count; b++, blocks += Q4Blocks.Bytes, x += step)
        {
            Vector256<short> a0 = Start(x, 0), a1 = Start(x, 1), a2 = Start(x, 2), a3 = Start(x, 3);
            byte* line = blocks + Block.ScaleBytes + (32 * half);
            for (int g = 0; g < Lines; g++, line += 64)
            {
                Sse.Prefetch0(line + 4096);
                Vector256<byte> both = Vector256.Load(line), low = Low(both), high = High(both);
                a0 = a0 + Products(low, x, 0, g) + Products(high, x, 0, g + Lines);
                a1 = a1 + Products(low, x, 1, g) + Products(high, x, 1, g + Lines);
                a2 = a2 + Products(low, x, 2, g) + Products(high, x, 2, g + Lines);
                a3 = a3 + Products(low, x, 3, g) + Products(high, x, 3, g + Lines);
            }
            Vector256<float> scales = Block.Scales256(blocks, half);
            y0 = Scaled(a0, scales, x, 0, y0);
            y1 = Scaled(a1, scales, x, 1, y1);
            y2 = Scaled(a2, scales, x, 2, y2);
            y3 = Scaled(a3, scales, x, 3, y3);
        }
        y0.Store(y);
        y1.Store(y + stride);
        y2.Store(y + (2 * stride));
        y3.Store(y + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<byte> Low(Vector256<byte> both) => both & Vector256.Create(Lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<byte> High(Vector256<byte> both) => Vector256.ShiftRightLogical(both.AsUInt16(), 4).AsByte() & Vector256.Create(Lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Start(byte* x, int token) => Vector256.Create(*(int*)(x + (token * TokenBlocks.Bytes) + TokenBlocks.Start)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Products(Vector256<byte> weights, byte* x, int token, int g) =>
        Avx2.MultiplyAddAdjacent(weights, Vector256.Create(((int*)(x + (token * TokenBlocks.Bytes)))[g]).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<short> pairs, Vector256<float> scales, byte* x, int token, Vector256<float> y)
    {
        Vector256<int> sum = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1));
        return Vector256.FusedMultiplyAdd(
            Avx.ConvertToVector256Single(sum), scales * Vector256.Create(*(float*)(x + (token * TokenBlocks.Bytes) + TokenBlocks.Scale)), y);
    }
}

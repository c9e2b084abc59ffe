using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// 16 rows of <see cref="Q4Blocks"/> times tokens, a row a 32-bit lane of 512 bits. Products of weights without sign (0 … 15) with activations are added in 16-bit
/// pairs: eight of at most 2 · 15 · 127, and −8 · Σx, stay below 2¹⁵ whatever their order.
/// </summary>
internal static unsafe class Q4Product512
{
    const int Lines = 4;

    const byte Lower = 15;

    public static void Multiply(byte* blocks, int count, byte* x, int tokens, float* y, nint stride)
    {
        nint step = tokens * TokenBlocks.Bytes;
        switch (tokens)
        {
            case 1:
                Multiply1(blocks, count, x, step, y);
                break;
            case 2:
                Multiply2(blocks, count, x, step, y, stride);
                break;
            case 4:
                Multiply4(blocks, count, x, step, y, stride);
                break;
            case 8:
                Multiply8(blocks, count, x, step, y, stride);
                break;
            default:
                Multiply8(blocks, count, x, step, y, stride);
                Multiply4(blocks, count, x + (8 * TokenBlocks.Bytes), step, y + (8 * stride), stride);
                break;
        }
    }

    static void Multiply1(byte* blocks, int count, byte* x, nint step, float* y)
    {
        Vector512<float> y0 = default;
        for (int b = 0; b < count; b++, blocks += Q4Blocks.Bytes, x += step)
        {
            Vector512<short> a0 = Start(x, 0);
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector512<byte> both = Vector512.Load(line), low = Low(both), high = High(both);
                a0 = a0 + Products(low, x, 0, g) + Products(high, x, 0, g + Lines);
            }
            Vector512<float> scales = Block.Scales512(blocks);
            y0 = Scaled(a0, scales, x, 0, y0);
        }
        y0.Store(y);
    }

    static void Multiply2(byte* blocks, int count, byte* x, nint step, float* y, nint stride)
    {
        Vector512<float> y0 = default, y1 = default;
        for (int b = 0; b < count; b++, blocks += Q4Blocks.Bytes, x += step)
        {
            Vector512<short> a0 = Start(x, 0), a1 = Start(x, 1);
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector512<byte> both = Vector512.Load(line), low = Low(both), high = High(both);
                a0 = a0 + Products(low, x, 0, g) + Products(high, x, 0, g + Lines);
                a1 = a1 + Products(low, x, 1, g) + Products(high, x, 1, g + Lines);
            }
            Vector512<float> scales = Block.Scales512(blocks);
            y0 = Scaled(a0, scales, x, 0, y0);
            y1 = Scaled(a1, scales, x, 1, y1);
        }
        y0.Store(y);
        y1.Store(y + stride);
    }

    static void Multiply4(byte* blocks, int count, byte* x, nint step, float* y, nint stride)
    {
        Vector512<float> y0 = default, y1 = default, y2 = default, y3 = default;
        for (int b = 0; b < count; b++, blocks += Q4Blocks.Bytes, x += step)
        {
            Vector512<short> a0 = Start(x, 0), a1 = Start(x, 1), a2 = Start(x, 2), a3 = Start(x, 3);
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector512<byte> both = Vector512.Load(line), low = Low(both), high = High(both);
                a0 = a0 + Products(low, x, 0, g) + Products(high, x, 0, g + Lines);
                a1 = a1 + Products(low, x, 1, g) + Products(high, x, 1, g + Lines);
                a2 = a2 + Products(low, x, 2, g) + Products(high, x, 2, g + Lines);
                a3 = a3 + Products(low, x, 3, g) + Products(high, x, 3, g + Lines);
            }
            Vector512<float> scales = Block.Scales512(blocks);
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

    static void Multiply8(byte* blocks, int count, byte* x, nint step, float* y, nint stride)
    {
        Vector512<float> y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default;
        for (int b = 0; b < count; b++, blocks += Q4Blocks.Bytes, x += step)
        {
            Vector512<short> a0 = Start(x, 0), a1 = Start(x, 1), a2 = Start(x, 2), a3 = Start(x, 3);
            Vector512<short> a4 = Start(x, 4), a5 = Start(x, 5), a6 = Start(x, 6), a7 = Start(x, 7);
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector512<byte> both = Vector512.Load(line), low = Low(both), high = High(both);
                a0 = a0 + Products(low, x, 0, g) + Products(high, x, 0, g + Lines);
                a1 = a1 + Products(low, x, 1, g) + Products(high, x, 1, g + Lines);
                a2 = a2 + Products(low, x, 2, g) + Products(high, x, 2, g + Lines);
                a3 = a3 + Products(low, x, 3, g) + Products(high, x, 3, g + Lines);
                a4 = a4 + Products(low, x, 4, g) + Products(high, x, 4, g + Lines);
                a5 = a5 + Products(low, x, 5, g) + Products(high, x, 5, g + Lines);
                a6 = a6 + Products(low, x, 6, g) + Products(high, x, 6, g + Lines);
                a7 = a7 + Products(low, x, 7, g) + Products(high, x, 7, g + Lines);
            }
            Vector512<float> scales = Block.Scales512(blocks);
            y0 = Scaled(a0, scales, x, 0, y0);
            y1 = Scaled(a1, scales, x, 1, y1);
            y2 = Scaled(a2, scales, x, 2, y2);
            y3 = Scaled(a3, scales, x, 3, y3);
            y4 = Scaled(a4, scales, x, 4, y4);
            y5 = Scaled(a5, scales, x, 5, y5);
            y6 = Scaled(a6, scales, x, 6, y6);
            y7 = Scaled(a7, scales, x, 7, y7);
        }
        y0.Store(y);
        y1.Store(y + stride);
        y2.Store(y + (2 * stride));
        y3.Store(y + (3 * stride));
        y4.Store(y + (4 * stride));
        y5.Store(y + (5 * stride));
        y6.Store(y + (6 * stride));
        y7.Store(y + (7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<byte> Low(Vector512<byte> both) => both & Vector512.Create(Lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<byte> High(Vector512<byte> both) => Vector512.ShiftRightLogical(both.AsUInt16(), 4).AsByte() & Vector512.Create(Lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<short> Start(byte* x, int token) => Vector512.Create(*(int*)(x + (token * TokenBlocks.Bytes) + TokenBlocks.Start)).AsInt16();

    /// <summary>Weights of four columns times activations 4g … 4g + 3 of a token, added in pairs. In halves where only AVX2 is there: for tests.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<short> Products(Vector512<byte> weights, byte* x, int token, int g)
    {
        int four = ((int*)(x + (token * TokenBlocks.Bytes)))[g];
        if (Avx512BW.IsSupported) return Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(four).AsSByte());
        Vector256<sbyte> half = Vector256.Create(four).AsSByte();
        return Vector512.Create(Avx2.MultiplyAddAdjacent(weights.GetLower(), half), Avx2.MultiplyAddAdjacent(weights.GetUpper(), half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Sums(Vector512<short> pairs)
    {
        if (Avx512BW.IsSupported) return Avx512BW.MultiplyAddAdjacent(pairs, Vector512.Create((short)1));
        Vector256<short> one = Vector256.Create((short)1);
        return Vector512.Create(Avx2.MultiplyAddAdjacent(pairs.GetLower(), one), Avx2.MultiplyAddAdjacent(pairs.GetUpper(), one));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Scaled(Vector512<short> pairs, Vector512<float> scales, byte* x, int token, Vector512<float> y) =>
        Vector512.FusedMultiplyAdd(
            Vector512.ConvertToSingle(Sums(pairs)), scales * Vector512.Create(*(float*)(x + (token * TokenBlocks.Bytes) + TokenBlocks.Scale)), y);
}

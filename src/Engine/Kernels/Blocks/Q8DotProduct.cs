using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// 16 rows of <see cref="Q8Blocks"/> times tokens where the processor has a dot product of bytes (vpdpbusd): eight sums at a time, as many as its sixteen
/// registers take.
/// </summary>
internal static unsafe class Q8DotProduct
{
    const int Lines = 8;

    public static bool IsSupported => AvxVnni.IsSupported;

    public static void Multiply(byte* blocks, int count, byte* x, int tokens, float* y, nint stride)
    {
        if (tokens == 1)
        {
            Multiply1(blocks, count, x, y);
            return;
        }
        if (tokens == 2)
        {
            Multiply2(blocks, count, x, y, stride);
            return;
        }
        for (int t = 0; t < tokens; t += 4) Multiply4(blocks, count, x + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes, y + (t * stride), stride);
    }

    static void Multiply1(byte* blocks, int count, byte* x, float* y)
    {
        Vector256<float> y0 = default, y1 = default;
        for (int b = 0; b < count; b++, blocks += Q8Blocks.Bytes, x += TokenBlocks.Bytes)
        {
            Vector256<int> a0 = Start(x), a1 = a0;
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector256<sbyte> four = Four(x, g);
                a0 = Add(a0, Vector256.Load(line), four);
                a1 = Add(a1, Vector256.Load(line + 32), four);
            }
            float scale = *(float*)(x + TokenBlocks.Scale);
            y0 = Scaled(a0, Block.Scales256(blocks, 0), scale, y0);
            y1 = Scaled(a1, Block.Scales256(blocks, 1), scale, y1);
        }
        y0.Store(y);
        y1.Store(y + 8);
    }

    static void Multiply2(byte* blocks, int count, byte* x, float* y, nint stride)
    {
        Vector256<float> y00 = default, y01 = default, y10 = default, y11 = default;
        for (int b = 0; b < count; b++, blocks += Q8Blocks.Bytes, x += 2 * TokenBlocks.Bytes)
        {
            byte* x1 = x + TokenBlocks.Bytes;
            Vector256<int> a00 = Start(x), a01 = a00, a10 = Start(x1), a11 = a10;
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector256<byte> w0 = Vector256.Load(line), w1 = Vector256.Load(line + 32);
                Vector256<sbyte> four = Four(x, g);
                a00 = Add(a00, w0, four);
                a01 = Add(a01, w1, four);
                four = Four(x1, g);
                a10 = Add(a10, w0, four);
                a11 = Add(a11, w1, four);
            }
            Vector256<float> s0 = Block.Scales256(blocks, 0), s1 = Block.Scales256(blocks, 1);
            float scale = *(float*)(x + TokenBlocks.Scale);
            y00 = Scaled(a00, s0, scale, y00);
            y01 = Scaled(a01, s1, scale, y01);
            scale = *(float*)(x1 + TokenBlocks.Scale);
            y10 = Scaled(a10, s0, scale, y10);
            y11 = Scaled(a11, s1, scale, y11);
        }
        y00.Store(y);
        y01.Store(y + 8);
        y10.Store(y + stride);
        y11.Store(y + stride + 8);
    }

    /// <param name="step">Bytes from block to block of the tile.</param>
    static void Multiply4(byte* blocks, int count, byte* x, nint step, float* y, nint stride)
    {
        Vector256<float> y00 = default, y01 = default, y10 = default, y11 = default, y20 = default, y21 = default, y30 = default, y31 = default;
        for (int b = 0; b < count; b++, blocks += Q8Blocks.Bytes, x += step)
        {
            byte* x1 = x + TokenBlocks.Bytes, x2 = x1 + TokenBlocks.Bytes, x3 = x2 + TokenBlocks.Bytes;
            Vector256<int> a00 = Start(x), a01 = a00, a10 = Start(x1), a11 = a10;
            Vector256<int> a20 = Start(x2), a21 = a20, a30 = Start(x3), a31 = a30;
            byte* lines = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++)
            {
                byte* line = lines + (64 * g);
                Sse.Prefetch0(line + 4096);
                Vector256<byte> w0 = Vector256.Load(line), w1 = Vector256.Load(line + 32);
                Vector256<sbyte> four = Four(x, g);
                a00 = Add(a00, w0, four);
                a01 = Add(a01, w1, four);
                four = Four(x1, g);
                a10 = Add(a10, w0, four);
                a11 = Add(a11, w1, four);
                four = Four(x2, g);
                a20 = Add(a20, w0, four);
                a21 = Add(a21, w1, four);
                four = Four(x3, g);
                a30 = Add(a30, w0, four);
                a31 = Add(a31, w1, four);
            }
            Vector256<float> s0 = Block.Scales256(blocks, 0), s1 = Block.Scales256(blocks, 1);
            float scale = *(float*)(x + TokenBlocks.Scale);
            y00 = Scaled(a00, s0, scale, y00);
            y01 = Scaled(a01, s1, scale, y01);
            scale = *(float*)(x1 + TokenBlocks.Scale);
            y10 = Scaled(a10, s0, scale, y10);
            y11 = Scaled(a11, s1, scale, y11);
            scale = *(float*)(x2 + TokenBlocks.Scale);
            y20 = Scaled(a20, s0, scale, y20);
            y21 = Scaled(a21, s1, scale, y21);
            scale = *(float*)(x3 + TokenBlocks.Scale);
            y30 = Scaled(a30, s0, scale, y30);
            y31 = Scaled(a31, s1, scale, y31);
        }
        y00.Store(y);
        y01.Store(y + 8);
        y10.Store(y + stride);
        y11.Store(y + stride + 8);
        y20.Store(y + (2 * stride));
        y21.Store(y + (2 * stride) + 8);
        y30.Store(y + (3 * stride));
        y31.Store(y + (3 * stride) + 8);
    }

    /// <summary>−128 · Σx: weights come as integer + 128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Start(byte* x) => Vector256.Create(*(int*)(x + TokenBlocks.Start));

    /// <summary>sum + Σ w·x over the four bytes of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Add(Vector256<int> sum, Vector256<byte> w, Vector256<sbyte> x)
    {
        if (AvxVnni.IsSupported) return AvxVnni.MultiplyWideningAndAdd(sum, w, x);
        // The same integers, for tests on other machines: halves of a byte at a time, whose pairs fit 16 bits.
        Vector256<byte> lower = Vector256.Create((byte)15);
        Vector256<short> low = Avx2.MultiplyAddAdjacent(w & lower, x), high = Avx2.MultiplyAddAdjacent(Vector256.ShiftRightLogical(w.AsUInt16(), 4).AsByte() & lower, x);
        return sum + Avx2.MultiplyAddAdjacent(low, Vector256.Create((short)1)) + Avx2.MultiplyAddAdjacent(high, Vector256.Create((short)16));
    }

    /// <summary>Activations 4g … 4g + 3, for all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<sbyte> Four(byte* x, int g) => Vector256.Create(((int*)x)[g]).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sum, Vector256<float> scales, float scale, Vector256<float> y) =>
        Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(sum), scales * Vector256.Create(scale), y);
}

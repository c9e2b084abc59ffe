using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// 16 rows of <see cref="Q8Blocks"/> times tokens with AVX2 alone: |w| times x with the sign of w, whose pairs fit 16 bits (2 · 128 · 127 &lt; 2¹⁵). Tiles take eight
/// rows at a time, which fits 16 registers.
/// </summary>
internal static unsafe class Q8SignProduct
{
    const int Lines = 8;

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
        for (int b = 0; b < count; b++, blocks += Q8Blocks.Bytes, x += TokenBlocks.Bytes)
        {
            Vector256<int> a0 = default, a1 = default;
            byte* line = blocks + Block.ScaleBytes;
            for (int g = 0; g < Lines; g++, line += 64)
            {
                Sse.Prefetch0(line + 4096);
                Vector256<sbyte> w0 = Signed(line), w1 = Signed(line + 32);
                a0 += Products(Avx2.Abs(w0), w0, x, 0, g);
                a1 += Products(Avx2.Abs(w1), w1, x, 0, g);
            }
            y0 = Scaled(a0, Block.Scales256(blocks, 0), x, 0, y0);
            y1 = Scaled(a1, Block.Scales256(blocks, 1), x, 0, y1);
        }
        y0.Store(y);
        y1.Store(y + 8);
    }

    /// <param name="step">Bytes from block to block of the tile.</param>
    static void Multiply4(byte* blocks, int count, byte* x, nint step, float* y, nint stride, int half)
    {
        Vector256<float> y0 = default, y1 = default, y2 = default, y3 = default;
        for (int b = 0; b < count; b++, blocks += Q8Blocks.Bytes, x += step)
        {
            Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
            byte* line = blocks + Block.ScaleBytes + (32 * half);
            for (int g = 0; g < Lines; g++, line += 64)
            {
                Sse.Prefetch0(line + 4096);
                Vector256<sbyte> w = Signed(line);
                Vector256<byte> magnitude = Avx2.Abs(w);
                a0 += Products(magnitude, w, x, 0, g);
                a1 += Products(magnitude, w, x, 1, g);
                a2 += Products(magnitude, w, x, 2, g);
                a3 += Products(magnitude, w, x, 3, g);
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
    static Vector256<sbyte> Signed(byte* line) => (Vector256.Load(line) ^ Vector256.Create((byte)128)).AsSByte();

    /// <summary>Weights of four columns times activations 4g … 4g + 3 of a token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Products(Vector256<byte> magnitude, Vector256<sbyte> w, byte* x, int token, int g)
    {
        Vector256<sbyte> four = Vector256.Create(((int*)(x + (token * TokenBlocks.Bytes)))[g]).AsSByte();
        return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign(four, w)), Vector256.Create((short)1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sum, Vector256<float> scales, byte* x, int token, Vector256<float> y) =>
        Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(sum), scales * Vector256.Create(*(float*)(x + (token * TokenBlocks.Bytes) + TokenBlocks.Scale)), y);
}

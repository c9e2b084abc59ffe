using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>16 rows of blocks times tokens with AVX2: one or two tokens take whole lines; larger tiles take four tokens and eight rows at a time, which fits 16 registers.</summary>
internal static unsafe class BlockProduct256<TLines> where TLines : struct, ILines256
{
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
        for (int t = 0; t < tokens; t += 4)
            for (int half = 0; half < 2; half++)
                Multiply4(blocks, count, x + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes, y + (t * stride) + (8 * half), stride, half);
    }

    static void Multiply1(byte* blocks, int count, byte* x, float* y)
    {
        Vector256<float> y0 = default, y1 = default;
        for (int b = 0; b < count; b++, blocks += TLines.BlockBytes, x += TokenBlocks.Bytes)
        {
            Vector256<int> a0 = TLines.Start(x), a1 = a0;
            byte* line = blocks + Block.ScaleBytes;
            for (int g = 0; g < TLines.Count; g++, line += 64)
            {
                Sse.Prefetch0(line + 4096);
                Vector256<byte> w0 = Vector256.Load(line), w1 = Vector256.Load(line + 32);
                a0 = TLines.Add(a0, TLines.First(w0), TLines.Second(w0), x, g);
                a1 = TLines.Add(a1, TLines.First(w1), TLines.Second(w1), x, g);
            }
            y0 = Scaled(a0, Block.Scales256(blocks, 0), x, y0);
            y1 = Scaled(a1, Block.Scales256(blocks, 1), x, y1);
        }
        y0.Store(y);
        y1.Store(y + 8);
    }

    static void Multiply2(byte* blocks, int count, byte* x, float* y, nint stride)
    {
        Vector256<float> y00 = default, y01 = default, y10 = default, y11 = default;
        for (int b = 0; b < count; b++, blocks += TLines.BlockBytes, x += 2 * TokenBlocks.Bytes)
        {
            byte* x1 = x + TokenBlocks.Bytes;
            Vector256<int> a00 = TLines.Start(x), a01 = a00, a10 = TLines.Start(x1), a11 = a10;
            byte* line = blocks + Block.ScaleBytes;
            for (int g = 0; g < TLines.Count; g++, line += 64)
            {
                Sse.Prefetch0(line + 4096);
                Vector256<byte> w = Vector256.Load(line), first = TLines.First(w), second = TLines.Second(w);
                a00 = TLines.Add(a00, first, second, x, g);
                a10 = TLines.Add(a10, first, second, x1, g);
                w = Vector256.Load(line + 32);
                first = TLines.First(w);
                second = TLines.Second(w);
                a01 = TLines.Add(a01, first, second, x, g);
                a11 = TLines.Add(a11, first, second, x1, g);
            }
            Vector256<float> s0 = Block.Scales256(blocks, 0), s1 = Block.Scales256(blocks, 1);
            y00 = Scaled(a00, s0, x, y00);
            y01 = Scaled(a01, s1, x, y01);
            y10 = Scaled(a10, s0, x1, y10);
            y11 = Scaled(a11, s1, x1, y11);
        }
        y00.Store(y);
        y01.Store(y + 8);
        y10.Store(y + stride);
        y11.Store(y + stride + 8);
    }

    /// <param name="step">Bytes from block to block of the tile.</param>
    /// <param name="half">0: rows 0 … 7; 1: rows 8 … 15.</param>
    static void Multiply4(byte* blocks, int count, byte* x, nint step, float* y, nint stride, int half)
    {
        Vector256<float> y0 = default, y1 = default, y2 = default, y3 = default;
        for (int b = 0; b < count; b++, blocks += TLines.BlockBytes, x += step)
        {
            byte* x1 = x + TokenBlocks.Bytes, x2 = x1 + TokenBlocks.Bytes, x3 = x2 + TokenBlocks.Bytes;
            Vector256<int> a0 = TLines.Start(x), a1 = TLines.Start(x1), a2 = TLines.Start(x2), a3 = TLines.Start(x3);
            byte* line = blocks + Block.ScaleBytes + (32 * half);
            for (int g = 0; g < TLines.Count; g += 4, line += 256)
            {
                // Four lines written out: their offsets are constants, and nothing but products is left to do.
                nint at = sizeof(int) * g;
                Ahead(line);
                Line(line, 0, x + at, x1 + at, x2 + at, x3 + at, ref a0, ref a1, ref a2, ref a3);
                Line(line, 1, x + at, x1 + at, x2 + at, x3 + at, ref a0, ref a1, ref a2, ref a3);
                Line(line, 2, x + at, x1 + at, x2 + at, x3 + at, ref a0, ref a1, ref a2, ref a3);
                Line(line, 3, x + at, x1 + at, x2 + at, x3 + at, ref a0, ref a1, ref a2, ref a3);
            }
            Vector256<float> scales = Block.Scales256(blocks, half);
            y0 = Scaled(a0, scales, x, y0);
            y1 = Scaled(a1, scales, x1, y1);
            y2 = Scaled(a2, scales, x2, y2);
            y3 = Scaled(a3, scales, x3, y3);
        }
        y0.Store(y);
        y1.Store(y + stride);
        y2.Store(y + (2 * stride));
        y3.Store(y + (3 * stride));
    }

    /// <summary>Adds half a line to the sums of four tokens; inlined, so that these stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Line(byte* lines, int g, byte* x0, byte* x1, byte* x2, byte* x3, ref Vector256<int> a0, ref Vector256<int> a1, ref Vector256<int> a2, ref Vector256<int> a3)
    {
        Vector256<byte> w = Vector256.Load(lines + (64 * g)), first = TLines.First(w), second = TLines.Second(w);
        a0 = TLines.Add(a0, first, second, x0, g);
        a1 = TLines.Add(a1, first, second, x1, g);
        a2 = TLines.Add(a2, first, second, x2, g);
        a3 = TLines.Add(a3, first, second, x3, g);
    }

    /// <summary>Asks for four lines 4 KB ahead, where few tokens make memory the bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Ahead(byte* line)
    {
        Sse.Prefetch0(line + 4096);
        Sse.Prefetch0(line + 4096 + 64);
        Sse.Prefetch0(line + 4096 + 128);
        Sse.Prefetch0(line + 4096 + 192);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sums, Vector256<float> scales, byte* x, Vector256<float> y) =>
        Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(TLines.Total(sums)), scales * Vector256.Create(*(float*)(x + TokenBlocks.Scale)), y);
}

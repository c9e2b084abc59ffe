using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>16 rows of blocks times tokens with AVX2: larger tiles go four tokens at a time.</summary>
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
        for (int t = 0; t < tokens; t += 4) Multiply4(blocks, count, x + (t * TokenBlocks.Bytes), tokens * TokenBlocks.Bytes, y + (t * stride), stride);
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
                TLines.Add(TLines.First(w0), TLines.Second(w0), TLines.First(w1), TLines.Second(w1), x, g, ref a0, ref a1);
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
                Vector256<byte> w0 = Vector256.Load(line), w1 = Vector256.Load(line + 32);
                Vector256<byte> first0 = TLines.First(w0), second0 = TLines.Second(w0), first1 = TLines.First(w1), second1 = TLines.Second(w1);
                TLines.Add(first0, second0, first1, second1, x, g, ref a00, ref a01);
                TLines.Add(first0, second0, first1, second1, x1, g, ref a10, ref a11);
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

    /// <summary>Four tokens: eight sums of integers, two lines of weights in halves and one of activations take all registers, so the sums over blocks wait in memory.</summary>
    /// <param name="step">Bytes from block to block of the tile.</param>
    [SkipLocalsInit] // the sums are cleared below, once
    static void Multiply4(byte* blocks, int count, byte* x, nint step, float* y, nint stride)
    {
        float* sums = stackalloc float[4 * Block.Rows];
        new Span<float>(sums, 4 * Block.Rows).Clear();
        for (int b = 0; b < count; b++, blocks += TLines.BlockBytes, x += step)
        {
            byte* x1 = x + TokenBlocks.Bytes, x2 = x1 + TokenBlocks.Bytes, x3 = x2 + TokenBlocks.Bytes;
            Vector256<int> a00 = TLines.Start(x), a01 = a00, a10 = TLines.Start(x1), a11 = a10;
            Vector256<int> a20 = TLines.Start(x2), a21 = a20, a30 = TLines.Start(x3), a31 = a30;
            byte* lines = blocks + Block.ScaleBytes;
            // All lines written out: their offsets are constants, and nothing but products is left to do.
            Line(lines, 0, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
            Line(lines, 1, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
            Line(lines, 2, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
            Line(lines, 3, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
            if (TLines.Count == 8)
            {
                Line(lines, 4, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
                Line(lines, 5, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
                Line(lines, 6, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
                Line(lines, 7, x, ref a00, ref a01, ref a10, ref a11, ref a20, ref a21, ref a30, ref a31);
            }
            Vector256<float> s0 = Block.Scales256(blocks, 0), s1 = Block.Scales256(blocks, 1);
            AddScaled(a00, a01, s0, s1, x, sums);
            AddScaled(a10, a11, s0, s1, x1, sums + Block.Rows);
            AddScaled(a20, a21, s0, s1, x2, sums + (2 * Block.Rows));
            AddScaled(a30, a31, s0, s1, x3, sums + (3 * Block.Rows));
        }
        for (int t = 0; t < 4; t++, sums += Block.Rows, y += stride) new Span<float>(sums, Block.Rows).CopyTo(new Span<float>(y, Block.Rows));
    }

    /// <summary>Adds a line to the sums of four tokens; inlined, so that these stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Line(
        byte* lines, int g, byte* x, ref Vector256<int> a00, ref Vector256<int> a01, ref Vector256<int> a10, ref Vector256<int> a11,
        ref Vector256<int> a20, ref Vector256<int> a21, ref Vector256<int> a30, ref Vector256<int> a31)
    {
        byte* line = lines + (64 * g);
        Sse.Prefetch0(line + 4096);
        Vector256<byte> w0 = Vector256.Load(line), w1 = Vector256.Load(line + 32);
        Vector256<byte> first0 = TLines.First(w0), second0 = TLines.Second(w0), first1 = TLines.First(w1), second1 = TLines.Second(w1);
        TLines.Add(first0, second0, first1, second1, x, g, ref a00, ref a01);
        TLines.Add(first0, second0, first1, second1, x + TokenBlocks.Bytes, g, ref a10, ref a11);
        TLines.Add(first0, second0, first1, second1, x + (2 * TokenBlocks.Bytes), g, ref a20, ref a21);
        TLines.Add(first0, second0, first1, second1, x + (3 * TokenBlocks.Bytes), g, ref a30, ref a31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddScaled(Vector256<int> a0, Vector256<int> a1, Vector256<float> s0, Vector256<float> s1, byte* x, float* sums)
    {
        Scaled(a0, s0, x, Vector256.Load(sums)).Store(sums);
        Scaled(a1, s1, x, Vector256.Load(sums + 8)).Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sums, Vector256<float> scales, byte* x, Vector256<float> y) =>
        Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(TLines.Total(sums)), scales * Vector256.Create(*(float*)(x + TokenBlocks.Scale)), y);
}

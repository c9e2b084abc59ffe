using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Vec = System.Runtime.Intrinsics.Vector512<float>;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>512 bits: two vectors hold a line. Written out per tile, because only named locals stay in registers.</summary>
internal readonly unsafe partial struct Panel512 : IPanelKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TFormat, TTile>(byte* panel, int columns, float* x, int tokens, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        if (tokens == 12) Multiply12<TFormat, TTile>(panel, columns, x, y, stride, accumulate);
        else if (tokens == 8) Multiply8<TFormat, TTile>(panel, columns, x, y, stride, accumulate);
        else if (tokens == 4) Multiply4<TFormat, TTile>(panel, columns, x, y, stride, accumulate);
        else if (tokens == 2) Multiply2<TFormat, TTile>(panel, columns, x, y, stride, accumulate);
        else Multiply1<TFormat, TTile>(panel, columns, x, y, stride, accumulate);
    }

    public static void MultiplyNarrow<TFormat>(byte* panel, int columns, float* x, int tokens, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat> =>
        NarrowTile<Lanes512>.Multiply<TFormat>(panel, columns, x, tokens, y, stride);

    public static void MultiplyBlocks<TBlocks>(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) where TBlocks : struct, IBlockFormat<TBlocks> =>
        TBlocks.Multiply512(blocks, count, x, tokens, y, stride);

    static void Multiply1<TFormat, TTile>(byte* panel, int columns, float* x, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero;
        Vec b0 = Vec.Zero;
        if (accumulate)
        {
            a0 = Vector512.Load(y);
            b0 = Vector512.Load(y + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(1))
        {
            if (ScaleLine.Precedes<TFormat>(k)) panel = ReadScales<TFormat>(panel, out lowScale, out highScale);
            Prefetch<TFormat>(panel);
            Vec low = Scaled<TFormat>(TFormat.Low512(panel), lowScale), high = Scaled<TFormat>(TFormat.High512(panel), highScale);
            Vec xt = Vector512.Create(x[0]);
            a0 = Vector512.FusedMultiplyAdd(xt, low, a0);
            b0 = Vector512.FusedMultiplyAdd(xt, high, b0);
        }

        a0.Store(y);
        b0.Store(y + 16);
    }

    static void Multiply2<TFormat, TTile>(byte* panel, int columns, float* x, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, b0 = Vec.Zero, b1 = Vec.Zero;
        if (accumulate)
        {
            a0 = Vector512.Load(y);
            b0 = Vector512.Load(y + 16);
            a1 = Vector512.Load(y + stride);
            b1 = Vector512.Load(y + stride + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(2))
        {
            if (ScaleLine.Precedes<TFormat>(k)) panel = ReadScales<TFormat>(panel, out lowScale, out highScale);
            Prefetch<TFormat>(panel);
            Vec low = Scaled<TFormat>(TFormat.Low512(panel), lowScale), high = Scaled<TFormat>(TFormat.High512(panel), highScale);
            Vec xt = Vector512.Create(x[0]);
            a0 = Vector512.FusedMultiplyAdd(xt, low, a0);
            b0 = Vector512.FusedMultiplyAdd(xt, high, b0);
            xt = Vector512.Create(x[TTile.Row]);
            a1 = Vector512.FusedMultiplyAdd(xt, low, a1);
            b1 = Vector512.FusedMultiplyAdd(xt, high, b1);
        }

        a0.Store(y);
        b0.Store(y + 16);
        a1.Store(y + stride);
        b1.Store(y + stride + 16);
    }

    static void Multiply4<TFormat, TTile>(byte* panel, int columns, float* x, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, a2 = Vec.Zero, a3 = Vec.Zero;
        Vec b0 = Vec.Zero, b1 = Vec.Zero, b2 = Vec.Zero, b3 = Vec.Zero;
        if (accumulate)
        {
            a0 = Vector512.Load(y);
            b0 = Vector512.Load(y + 16);
            a1 = Vector512.Load(y + stride);
            b1 = Vector512.Load(y + stride + 16);
            a2 = Vector512.Load(y + (2 * stride));
            b2 = Vector512.Load(y + (2 * stride) + 16);
            a3 = Vector512.Load(y + (3 * stride));
            b3 = Vector512.Load(y + (3 * stride) + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(4))
        {
            if (ScaleLine.Precedes<TFormat>(k)) panel = ReadScales<TFormat>(panel, out lowScale, out highScale);
            Prefetch<TFormat>(panel);
            Vec low = Scaled<TFormat>(TFormat.Low512(panel), lowScale), high = Scaled<TFormat>(TFormat.High512(panel), highScale);
            Vec xt = Vector512.Create(x[0]);
            a0 = Vector512.FusedMultiplyAdd(xt, low, a0);
            b0 = Vector512.FusedMultiplyAdd(xt, high, b0);
            xt = Vector512.Create(x[TTile.Row]);
            a1 = Vector512.FusedMultiplyAdd(xt, low, a1);
            b1 = Vector512.FusedMultiplyAdd(xt, high, b1);
            xt = Vector512.Create(x[2 * TTile.Row]);
            a2 = Vector512.FusedMultiplyAdd(xt, low, a2);
            b2 = Vector512.FusedMultiplyAdd(xt, high, b2);
            xt = Vector512.Create(x[3 * TTile.Row]);
            a3 = Vector512.FusedMultiplyAdd(xt, low, a3);
            b3 = Vector512.FusedMultiplyAdd(xt, high, b3);
        }

        a0.Store(y);
        b0.Store(y + 16);
        a1.Store(y + stride);
        b1.Store(y + stride + 16);
        a2.Store(y + (2 * stride));
        b2.Store(y + (2 * stride) + 16);
        a3.Store(y + (3 * stride));
        b3.Store(y + (3 * stride) + 16);
    }

    /// <returns>The line behind the scales.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static byte* ReadScales<TFormat>(byte* panel, out Vec low, out Vec high) where TFormat : struct, IWeightFormat<TFormat>
    {
        low = ScaleLine.Low512<TFormat>(panel);
        high = ScaleLine.High512<TFormat>(panel);
        return panel + TFormat.ScaleBytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vec Scaled<TFormat>(Vec line, Vec scale) where TFormat : struct, IWeightFormat<TFormat> => TFormat.ScaleBytes > 0 ? line * scale : line;

    /// <summary>Asks for the memory 4 KB ahead in the panel's one stream: what brings a single token to the memory's bandwidth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch<TFormat>(byte* panel) where TFormat : struct, IWeightFormat<TFormat>
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(panel + 4096);
        if (TFormat.LineBytes > 64) Sse.Prefetch0(panel + 4096 + 64);
    }
}

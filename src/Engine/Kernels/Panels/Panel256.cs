using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Vec = System.Runtime.Intrinsics.Vector256<float>;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>256 bits: four vectors hold a line. One or two tokens take whole lines; larger tiles take half lines and four or six tokens at a time, which fits 16 registers.</summary>
internal readonly unsafe struct Panel256 : IPanelKernel
{
    public static void Multiply<TFormat, TTile>(byte* panel, int columns, float* x, int tokens, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        if (tokens == 1)
        {
            Multiply1<TFormat, TTile>(panel, columns, x, y, accumulate);
            return;
        }
        if (tokens == 2)
        {
            Multiply2<TFormat, TTile>(panel, columns, x, y, stride, accumulate);
            return;
        }
        int pass = tokens == 12 ? 6 : 4;
        for (int t = 0; t < tokens; t += pass)
        {
            for (int half = 0; half < 2; half++)
            {
                if (pass == 6) Multiply6<TFormat, TTile>(panel, columns, x + (t * TTile.Row), TTile.Step(tokens), y + (t * stride), stride, accumulate, half);
                else Multiply4<TFormat, TTile>(panel, columns, x + (t * TTile.Row), TTile.Step(tokens), y + (t * stride), stride, accumulate, half);
            }
        }
    }

    public static void MultiplyNarrow<TFormat>(byte* panel, int columns, float* x, int tokens, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat> =>
        NarrowTile<Lanes256>.Multiply<TFormat>(panel, columns, x, tokens, y, stride);

    public static void MultiplyBlocks<TBlocks>(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) where TBlocks : struct, IBlockFormat<TBlocks> =>
        TBlocks.Multiply256(blocks, count, x, tokens, y, stride);

    static void Multiply1<TFormat, TTile>(byte* panel, int columns, float* x, float* y, bool accumulate) where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, b0 = Vec.Zero, b1 = Vec.Zero;
        if (accumulate)
        {
            a0 = Vector256.Load(y);
            a1 = Vector256.Load(y + 8);
            b0 = Vector256.Load(y + 16);
            b1 = Vector256.Load(y + 24);
        }

        Vec scale0 = default, scale1 = default, scale2 = default, scale3 = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(1))
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                scale0 = ScaleLine.Low256<TFormat>(panel, 0);
                scale1 = ScaleLine.Low256<TFormat>(panel, 1);
                scale2 = ScaleLine.High256<TFormat>(panel, 0);
                scale3 = ScaleLine.High256<TFormat>(panel, 1);
                panel += TFormat.ScaleBytes;
            }
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(panel + 4096);
                if (TFormat.LineBytes > 64) Sse.Prefetch0(panel + 4096 + 64);
            }
            Vec low0 = TFormat.Low256(panel, 0), low1 = TFormat.Low256(panel, 1), high0 = TFormat.High256(panel, 0), high1 = TFormat.High256(panel, 1);
            if (TFormat.ScaleBytes > 0)
            {
                low0 *= scale0;
                low1 *= scale1;
                high0 *= scale2;
                high1 *= scale3;
            }
            Vec xk = Vector256.Create(x[0]);
            a0 = Vector256.FusedMultiplyAdd(xk, low0, a0);
            a1 = Vector256.FusedMultiplyAdd(xk, low1, a1);
            b0 = Vector256.FusedMultiplyAdd(xk, high0, b0);
            b1 = Vector256.FusedMultiplyAdd(xk, high1, b1);
        }

        a0.Store(y);
        a1.Store(y + 8);
        b0.Store(y + 16);
        b1.Store(y + 24);
    }

    static void Multiply2<TFormat, TTile>(byte* panel, int columns, float* x, float* y, nint stride, bool accumulate) where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, a2 = Vec.Zero, a3 = Vec.Zero;
        Vec b0 = Vec.Zero, b1 = Vec.Zero, b2 = Vec.Zero, b3 = Vec.Zero;
        float* second = y + stride;
        if (accumulate)
        {
            a0 = Vector256.Load(y);
            a1 = Vector256.Load(y + 8);
            a2 = Vector256.Load(y + 16);
            a3 = Vector256.Load(y + 24);
            b0 = Vector256.Load(second);
            b1 = Vector256.Load(second + 8);
            b2 = Vector256.Load(second + 16);
            b3 = Vector256.Load(second + 24);
        }

        Vec scale0 = default, scale1 = default, scale2 = default, scale3 = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(2))
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                scale0 = ScaleLine.Low256<TFormat>(panel, 0);
                scale1 = ScaleLine.Low256<TFormat>(panel, 1);
                scale2 = ScaleLine.High256<TFormat>(panel, 0);
                scale3 = ScaleLine.High256<TFormat>(panel, 1);
                panel += TFormat.ScaleBytes;
            }
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(panel + 4096);
                if (TFormat.LineBytes > 64) Sse.Prefetch0(panel + 4096 + 64);
            }
            Vec xa = Vector256.Create(x[0]), xb = Vector256.Create(x[TTile.Row]);
            Vec w = TFormat.ScaleBytes > 0 ? TFormat.Low256(panel, 0) * scale0 : TFormat.Low256(panel, 0);
            a0 = Vector256.FusedMultiplyAdd(xa, w, a0);
            b0 = Vector256.FusedMultiplyAdd(xb, w, b0);
            w = TFormat.ScaleBytes > 0 ? TFormat.Low256(panel, 1) * scale1 : TFormat.Low256(panel, 1);
            a1 = Vector256.FusedMultiplyAdd(xa, w, a1);
            b1 = Vector256.FusedMultiplyAdd(xb, w, b1);
            w = TFormat.ScaleBytes > 0 ? TFormat.High256(panel, 0) * scale2 : TFormat.High256(panel, 0);
            a2 = Vector256.FusedMultiplyAdd(xa, w, a2);
            b2 = Vector256.FusedMultiplyAdd(xb, w, b2);
            w = TFormat.ScaleBytes > 0 ? TFormat.High256(panel, 1) * scale3 : TFormat.High256(panel, 1);
            a3 = Vector256.FusedMultiplyAdd(xa, w, a3);
            b3 = Vector256.FusedMultiplyAdd(xb, w, b3);
        }

        a0.Store(y);
        a1.Store(y + 8);
        a2.Store(y + 16);
        a3.Store(y + 24);
        b0.Store(second);
        b1.Store(second + 8);
        b2.Store(second + 16);
        b3.Store(second + 24);
    }

    static void Multiply4<TFormat, TTile>(byte* panel, int columns, float* x, nint step, float* y, nint stride, bool accumulate, int half)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, a2 = Vec.Zero, a3 = Vec.Zero;
        Vec b0 = Vec.Zero, b1 = Vec.Zero, b2 = Vec.Zero, b3 = Vec.Zero;
        y += 8 * half;
        if (accumulate)
        {
            a0 = Vector256.Load(y);
            b0 = Vector256.Load(y + 16);
            a1 = Vector256.Load(y + stride);
            b1 = Vector256.Load(y + stride + 16);
            a2 = Vector256.Load(y + (2 * stride));
            b2 = Vector256.Load(y + (2 * stride) + 16);
            a3 = Vector256.Load(y + (3 * stride));
            b3 = Vector256.Load(y + (3 * stride) + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += step)
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                lowScale = ScaleLine.Low256<TFormat>(panel, half);
                highScale = ScaleLine.High256<TFormat>(panel, half);
                panel += TFormat.ScaleBytes;
            }
            Vec low = TFormat.Low256(panel, half), high = TFormat.High256(panel, half);
            if (TFormat.ScaleBytes > 0)
            {
                low *= lowScale;
                high *= highScale;
            }
            Vec xt = Vector256.Create(x[0]);
            a0 = Vector256.FusedMultiplyAdd(xt, low, a0);
            b0 = Vector256.FusedMultiplyAdd(xt, high, b0);
            xt = Vector256.Create(x[TTile.Row]);
            a1 = Vector256.FusedMultiplyAdd(xt, low, a1);
            b1 = Vector256.FusedMultiplyAdd(xt, high, b1);
            xt = Vector256.Create(x[2 * TTile.Row]);
            a2 = Vector256.FusedMultiplyAdd(xt, low, a2);
            b2 = Vector256.FusedMultiplyAdd(xt, high, b2);
            xt = Vector256.Create(x[3 * TTile.Row]);
            a3 = Vector256.FusedMultiplyAdd(xt, low, a3);
            b3 = Vector256.FusedMultiplyAdd(xt, high, b3);
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

    static void Multiply6<TFormat, TTile>(byte* panel, int columns, float* x, nint step, float* y, nint stride, bool accumulate, int half)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, a2 = Vec.Zero, a3 = Vec.Zero, a4 = Vec.Zero, a5 = Vec.Zero;
        Vec b0 = Vec.Zero, b1 = Vec.Zero, b2 = Vec.Zero, b3 = Vec.Zero, b4 = Vec.Zero, b5 = Vec.Zero;
        y += 8 * half;
        if (accumulate)
        {
            a0 = Vector256.Load(y);
            b0 = Vector256.Load(y + 16);
            a1 = Vector256.Load(y + stride);
            b1 = Vector256.Load(y + stride + 16);
            a2 = Vector256.Load(y + (2 * stride));
            b2 = Vector256.Load(y + (2 * stride) + 16);
            a3 = Vector256.Load(y + (3 * stride));
            b3 = Vector256.Load(y + (3 * stride) + 16);
            a4 = Vector256.Load(y + (4 * stride));
            b4 = Vector256.Load(y + (4 * stride) + 16);
            a5 = Vector256.Load(y + (5 * stride));
            b5 = Vector256.Load(y + (5 * stride) + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += step)
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                lowScale = ScaleLine.Low256<TFormat>(panel, half);
                highScale = ScaleLine.High256<TFormat>(panel, half);
                panel += TFormat.ScaleBytes;
            }
            Vec low = TFormat.Low256(panel, half), high = TFormat.High256(panel, half);
            if (TFormat.ScaleBytes > 0)
            {
                low *= lowScale;
                high *= highScale;
            }
            Vec xt = Vector256.Create(x[0]);
            a0 = Vector256.FusedMultiplyAdd(xt, low, a0);
            b0 = Vector256.FusedMultiplyAdd(xt, high, b0);
            xt = Vector256.Create(x[TTile.Row]);
            a1 = Vector256.FusedMultiplyAdd(xt, low, a1);
            b1 = Vector256.FusedMultiplyAdd(xt, high, b1);
            xt = Vector256.Create(x[2 * TTile.Row]);
            a2 = Vector256.FusedMultiplyAdd(xt, low, a2);
            b2 = Vector256.FusedMultiplyAdd(xt, high, b2);
            xt = Vector256.Create(x[3 * TTile.Row]);
            a3 = Vector256.FusedMultiplyAdd(xt, low, a3);
            b3 = Vector256.FusedMultiplyAdd(xt, high, b3);
            xt = Vector256.Create(x[4 * TTile.Row]);
            a4 = Vector256.FusedMultiplyAdd(xt, low, a4);
            b4 = Vector256.FusedMultiplyAdd(xt, high, b4);
            xt = Vector256.Create(x[5 * TTile.Row]);
            a5 = Vector256.FusedMultiplyAdd(xt, low, a5);
            b5 = Vector256.FusedMultiplyAdd(xt, high, b5);
        }

        a0.Store(y);
        b0.Store(y + 16);
        a1.Store(y + stride);
        b1.Store(y + stride + 16);
        a2.Store(y + (2 * stride));
        b2.Store(y + (2 * stride) + 16);
        a3.Store(y + (3 * stride));
        b3.Store(y + (3 * stride) + 16);
        a4.Store(y + (4 * stride));
        b4.Store(y + (4 * stride) + 16);
        a5.Store(y + (5 * stride));
        b5.Store(y + (5 * stride) + 16);
    }
}

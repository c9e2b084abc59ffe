using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels.Formats;
using Vec = System.Runtime.Intrinsics.Vector512<float>;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>The large tiles, 8 and 12 tokens.</summary>
internal readonly unsafe partial struct Panel512
{
    static void Multiply8<TFormat, TTile>(byte* panel, int columns, float* x, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, a2 = Vec.Zero, a3 = Vec.Zero, a4 = Vec.Zero, a5 = Vec.Zero, a6 = Vec.Zero, a7 = Vec.Zero;
        Vec b0 = Vec.Zero, b1 = Vec.Zero, b2 = Vec.Zero, b3 = Vec.Zero, b4 = Vec.Zero, b5 = Vec.Zero, b6 = Vec.Zero, b7 = Vec.Zero;
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
            a4 = Vector512.Load(y + (4 * stride));
            b4 = Vector512.Load(y + (4 * stride) + 16);
            a5 = Vector512.Load(y + (5 * stride));
            b5 = Vector512.Load(y + (5 * stride) + 16);
            a6 = Vector512.Load(y + (6 * stride));
            b6 = Vector512.Load(y + (6 * stride) + 16);
            a7 = Vector512.Load(y + (7 * stride));
            b7 = Vector512.Load(y + (7 * stride) + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(8))
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
            xt = Vector512.Create(x[4 * TTile.Row]);
            a4 = Vector512.FusedMultiplyAdd(xt, low, a4);
            b4 = Vector512.FusedMultiplyAdd(xt, high, b4);
            xt = Vector512.Create(x[5 * TTile.Row]);
            a5 = Vector512.FusedMultiplyAdd(xt, low, a5);
            b5 = Vector512.FusedMultiplyAdd(xt, high, b5);
            xt = Vector512.Create(x[6 * TTile.Row]);
            a6 = Vector512.FusedMultiplyAdd(xt, low, a6);
            b6 = Vector512.FusedMultiplyAdd(xt, high, b6);
            xt = Vector512.Create(x[7 * TTile.Row]);
            a7 = Vector512.FusedMultiplyAdd(xt, low, a7);
            b7 = Vector512.FusedMultiplyAdd(xt, high, b7);
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
        a6.Store(y + (6 * stride));
        b6.Store(y + (6 * stride) + 16);
        a7.Store(y + (7 * stride));
        b7.Store(y + (7 * stride) + 16);
    }

    static void Multiply12<TFormat, TTile>(byte* panel, int columns, float* x, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        Vec a0 = Vec.Zero, a1 = Vec.Zero, a2 = Vec.Zero, a3 = Vec.Zero, a4 = Vec.Zero, a5 = Vec.Zero, a6 = Vec.Zero, a7 = Vec.Zero, a8 = Vec.Zero, a9 = Vec.Zero, a10 = Vec.Zero, a11 = Vec.Zero;
        Vec b0 = Vec.Zero, b1 = Vec.Zero, b2 = Vec.Zero, b3 = Vec.Zero, b4 = Vec.Zero, b5 = Vec.Zero, b6 = Vec.Zero, b7 = Vec.Zero, b8 = Vec.Zero, b9 = Vec.Zero, b10 = Vec.Zero, b11 = Vec.Zero;
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
            a4 = Vector512.Load(y + (4 * stride));
            b4 = Vector512.Load(y + (4 * stride) + 16);
            a5 = Vector512.Load(y + (5 * stride));
            b5 = Vector512.Load(y + (5 * stride) + 16);
            a6 = Vector512.Load(y + (6 * stride));
            b6 = Vector512.Load(y + (6 * stride) + 16);
            a7 = Vector512.Load(y + (7 * stride));
            b7 = Vector512.Load(y + (7 * stride) + 16);
            a8 = Vector512.Load(y + (8 * stride));
            b8 = Vector512.Load(y + (8 * stride) + 16);
            a9 = Vector512.Load(y + (9 * stride));
            b9 = Vector512.Load(y + (9 * stride) + 16);
            a10 = Vector512.Load(y + (10 * stride));
            b10 = Vector512.Load(y + (10 * stride) + 16);
            a11 = Vector512.Load(y + (11 * stride));
            b11 = Vector512.Load(y + (11 * stride) + 16);
        }

        Vec lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(12))
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
            xt = Vector512.Create(x[4 * TTile.Row]);
            a4 = Vector512.FusedMultiplyAdd(xt, low, a4);
            b4 = Vector512.FusedMultiplyAdd(xt, high, b4);
            xt = Vector512.Create(x[5 * TTile.Row]);
            a5 = Vector512.FusedMultiplyAdd(xt, low, a5);
            b5 = Vector512.FusedMultiplyAdd(xt, high, b5);
            xt = Vector512.Create(x[6 * TTile.Row]);
            a6 = Vector512.FusedMultiplyAdd(xt, low, a6);
            b6 = Vector512.FusedMultiplyAdd(xt, high, b6);
            xt = Vector512.Create(x[7 * TTile.Row]);
            a7 = Vector512.FusedMultiplyAdd(xt, low, a7);
            b7 = Vector512.FusedMultiplyAdd(xt, high, b7);
            xt = Vector512.Create(x[8 * TTile.Row]);
            a8 = Vector512.FusedMultiplyAdd(xt, low, a8);
            b8 = Vector512.FusedMultiplyAdd(xt, high, b8);
            xt = Vector512.Create(x[9 * TTile.Row]);
            a9 = Vector512.FusedMultiplyAdd(xt, low, a9);
            b9 = Vector512.FusedMultiplyAdd(xt, high, b9);
            xt = Vector512.Create(x[10 * TTile.Row]);
            a10 = Vector512.FusedMultiplyAdd(xt, low, a10);
            b10 = Vector512.FusedMultiplyAdd(xt, high, b10);
            xt = Vector512.Create(x[11 * TTile.Row]);
            a11 = Vector512.FusedMultiplyAdd(xt, low, a11);
            b11 = Vector512.FusedMultiplyAdd(xt, high, b11);
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
        a6.Store(y + (6 * stride));
        b6.Store(y + (6 * stride) + 16);
        a7.Store(y + (7 * stride));
        b7.Store(y + (7 * stride) + 16);
        a8.Store(y + (8 * stride));
        b8.Store(y + (8 * stride) + 16);
        a9.Store(y + (9 * stride));
        b9.Store(y + (9 * stride) + 16);
        a10.Store(y + (10 * stride));
        b10.Store(y + (10 * stride) + 16);
        a11.Store(y + (11 * stride));
        b11.Store(y + (11 * stride) + 16);
    }
}

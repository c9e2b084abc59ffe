using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>16 rows, two columns a line, times a tile of tokens: y[t][r] = fma(x[t][k], w[k][r], ·) for k = 0 … columns − 1 in order, as for whole panels.</summary>
internal static unsafe class NarrowTile<TLanes> where TLanes : struct, ILanes<TLanes>
{
    public static void Multiply<TFormat>(byte* panel, int columns, float* x, int tokens, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat>
    {
        if (tokens == 1) Multiply1<TFormat>(panel, columns, x, y);
        else if (tokens == 2) Multiply2<TFormat>(panel, columns, x, y, stride);
        else for (int t = 0; t < tokens; t += 4) Multiply4<TFormat>(panel, columns, x + t, tokens, y + (t * stride), stride);
    }

    static void Multiply1<TFormat>(byte* panel, int columns, float* x, float* y) where TFormat : struct, IWeightFormat<TFormat>
    {
        TLanes y0 = TLanes.Create(0);
        for (int k = 0; k < columns; k += 2, panel += TFormat.LineBytes)
        {
            y0 = TLanes.FusedMultiplyAdd(TLanes.Create(x[k]), TLanes.Low<TFormat>(panel), y0);
            if (k + 1 == columns) break; // nothing lies in the other half, and 0 · NaN would not be 0
            y0 = TLanes.FusedMultiplyAdd(TLanes.Create(x[k + 1]), TLanes.High<TFormat>(panel), y0);
        }
        y0.Store(y);
    }

    static void Multiply2<TFormat>(byte* panel, int columns, float* x, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat>
    {
        TLanes y0 = TLanes.Create(0), y1 = y0;
        for (int k = 0; k < columns; k += 2, panel += TFormat.LineBytes, x += 4)
        {
            TLanes w = TLanes.Low<TFormat>(panel);
            y0 = TLanes.FusedMultiplyAdd(TLanes.Create(x[0]), w, y0);
            y1 = TLanes.FusedMultiplyAdd(TLanes.Create(x[1]), w, y1);
            if (k + 1 == columns) break;
            w = TLanes.High<TFormat>(panel);
            y0 = TLanes.FusedMultiplyAdd(TLanes.Create(x[2]), w, y0);
            y1 = TLanes.FusedMultiplyAdd(TLanes.Create(x[3]), w, y1);
        }
        y0.Store(y);
        y1.Store(y + stride);
    }

    /// <param name="step">Tokens of the tile.</param>
    static void Multiply4<TFormat>(byte* panel, int columns, float* x, nint step, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat>
    {
        TLanes y0 = TLanes.Create(0), y1 = y0, y2 = y0, y3 = y0;
        for (int k = 0; k < columns; k += 2, panel += TFormat.LineBytes)
        {
            TLanes w = TLanes.Low<TFormat>(panel);
            y0 = TLanes.FusedMultiplyAdd(TLanes.Create(x[0]), w, y0);
            y1 = TLanes.FusedMultiplyAdd(TLanes.Create(x[1]), w, y1);
            y2 = TLanes.FusedMultiplyAdd(TLanes.Create(x[2]), w, y2);
            y3 = TLanes.FusedMultiplyAdd(TLanes.Create(x[3]), w, y3);
            if (k + 1 == columns) break;
            x += step;
            w = TLanes.High<TFormat>(panel);
            y0 = TLanes.FusedMultiplyAdd(TLanes.Create(x[0]), w, y0);
            y1 = TLanes.FusedMultiplyAdd(TLanes.Create(x[1]), w, y1);
            y2 = TLanes.FusedMultiplyAdd(TLanes.Create(x[2]), w, y2);
            y3 = TLanes.FusedMultiplyAdd(TLanes.Create(x[3]), w, y3);
            x += step;
        }
        y0.Store(y);
        y1.Store(y + stride);
        y2.Store(y + (2 * stride));
        y3.Store(y + (3 * stride));
    }
}

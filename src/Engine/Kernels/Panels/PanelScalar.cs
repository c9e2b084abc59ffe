using Juxta.Engine.Kernels.Formats;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>The definition, and what runs on unknown hardware.</summary>
internal readonly unsafe struct PanelScalar : IPanelKernel
{
    public static void Multiply<TFormat, TTile>(byte* panel, int columns, float* x, int tokens, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile
    {
        for (int t = 0; t < tokens && !accumulate; t++) new Span<float>(y + (t * stride), Panel.Rows).Clear();
        byte* scales = null;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, x += TTile.Step(tokens))
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                scales = panel;
                panel += TFormat.ScaleBytes;
            }
            for (int r = 0; r < Panel.Rows; r++)
            {
                float weight = TFormat.Decode(panel, r);
                if (TFormat.ScaleBytes > 0) weight *= ScaleLine.Decode<TFormat>(scales, r);
                for (int t = 0; t < tokens; t++) y[(t * stride) + r] = MathF.FusedMultiplyAdd(x[t * TTile.Row], weight, y[(t * stride) + r]);
            }
        }
    }
}

using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;

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

    public static void MultiplyNarrow<TFormat>(byte* panel, int columns, float* x, int tokens, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat> =>
        NarrowTile<LanesScalar>.Multiply<TFormat>(panel, columns, x, tokens, y, stride);

    public static void MultiplyBlocks<TBlocks>(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) where TBlocks : struct, IBlockFormat<TBlocks>
    {
        for (int t = 0; t < tokens; t++) new Span<float>(y + (t * stride), Block.Rows).Clear();
        for (int b = 0; b < count; b++, blocks += TBlocks.Bytes)
        {
            for (int t = 0; t < tokens; t++, x += TokenBlocks.Bytes)
            {
                float scale = *(float*)(x + TokenBlocks.Scale);
                for (int r = 0; r < Block.Rows; r++)
                {
                    int sum = 0;
                    for (int k = 0; k < Block.Columns; k++) sum += TBlocks.Decode(blocks, r, k) * (sbyte)x[k];
                    y[(t * stride) + r] = MathF.FusedMultiplyAdd(sum, Block.Scale(blocks, r) * scale, y[(t * stride) + r]);
                }
            }
        }
    }
}

using Juxta.Engine.Kernels.Formats;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>A panel times a tile, as a chunk of <see cref="MatMul"/> asks for it again and again.</summary>
internal unsafe interface ITileProduct
{
    /// <summary>y[t][r] = Σₖ x[t][k]·w[r][k] for the panel's 32 rows.</summary>
    /// <param name="x">The tile, as the weights' format packs it.</param>
    /// <param name="tokens">1, 2, 4, 8 or 12.</param>
    static abstract void Multiply(byte* panel, int columns, byte* x, int tokens, float* y, nint stride);
}

/// <summary>Weights and activations are numbers.</summary>
internal readonly unsafe struct FloatProduct<TPanel, TFormat> : ITileProduct where TPanel : struct, IPanelKernel where TFormat : struct, IWeightFormat<TFormat>
{
    public static void Multiply(byte* panel, int columns, byte* x, int tokens, float* y, nint stride) =>
        TPanel.Multiply<TFormat, PackedTile>(panel, columns, (float*)x, tokens, y, stride, accumulate: false);
}

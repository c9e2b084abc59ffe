using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Formats;

namespace Juxta.Engine.Kernels.Panels;

/// <summary>
/// The one inner loop of the engine: a panel of 32 weight rows times a tile of tokens. Matrix products, attention scores and attention sums all
/// run through it; block formats have one of integers beside it. Each width gives the bits of <see cref="PanelScalar"/>, the definition.
/// </summary>
internal unsafe interface IPanelKernel
{
    /// <summary>
    /// y[t][r] = (accumulate ? y[t][r] : 0) then fma(x[t][k], w[k][r], ·) for k = 0 … columns − 1 in order; 0 ≤ r &lt; 32.
    /// </summary>
    /// <param name="panel">Lines of the format, one per column, and its scales before each block of columns. w is integer times scale, rounded.</param>
    /// <param name="columns">K.</param>
    /// <param name="x">x[t][k] as <typeparamref name="TTile"/> lays it out.</param>
    /// <param name="tokens">1, 2, 4, 8 or 12.</param>
    /// <param name="y">Row of token 0; 32 floats.</param>
    /// <param name="stride">Floats between the rows of y.</param>
    /// <param name="accumulate">Whether the sums start from what y holds.</param>
    static abstract void Multiply<TFormat, TTile>(byte* panel, int columns, float* x, int tokens, float* y, nint stride, bool accumulate)
        where TFormat : struct, IWeightFormat<TFormat> where TTile : struct, ITile;

    /// <summary>The same for a panel of 16 rows, a line of which holds two columns (<see cref="NarrowFormat{TFormat}"/>); x as <see cref="PackedTile"/> lays it out.</summary>
    static abstract void MultiplyNarrow<TFormat>(byte* panel, int columns, float* x, int tokens, float* y, nint stride) where TFormat : struct, IWeightFormat<TFormat>;

    /// <summary>The other inner loop: 16 rows of a block format (<see cref="IBlockFormat{TSelf}"/>) times a tile of rounded activations.</summary>
    /// <param name="blocks">The rows' blocks, one behind the other.</param>
    /// <param name="count">How many.</param>
    /// <param name="x">As <see cref="TokenBlocks"/> lays them out.</param>
    /// <param name="tokens">1, 2, 4, 8 or 12.</param>
    /// <param name="y">Row of token 0; 16 floats are written.</param>
    /// <param name="stride">Floats between the rows of y.</param>
    static abstract void MultiplyBlocks<TBlocks>(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) where TBlocks : struct, IBlockFormat<TBlocks>;
}

/// <summary>Sizes shared by everything that works in panels.</summary>
internal static class Panel
{
    /// <summary>Weight rows of a panel.</summary>
    public const int Rows = 32;

    /// <summary>Most tokens of a tile: 12 × 32 sums fill 24 of the 32 vector registers at 512 bits.</summary>
    public const int MaxTile = 12;

    /// <summary>The smallest tile that holds <paramref name="tokens"/> (at most 12). A padded tile takes no longer than two smaller ones.</summary>
    public static int TileFor(int tokens) => tokens <= 2 ? tokens : (tokens + 3) & ~3;
}

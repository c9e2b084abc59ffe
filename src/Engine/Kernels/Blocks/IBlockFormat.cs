namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// How a block of 16 rows and 32 columns lies in memory: 16 scales in f16, then integers. A weight is integer times scale of its row in the block, as in GGUF.
/// Activations are cut into the same 32 columns and rounded to 8 bits (<see cref="TokenBlocks"/>), so a block's products are sums of integers, which no order
/// and no vector width can change; only the sum over blocks is one of floats, and it runs in order.
/// </summary>
/// <remarks>
/// y[t, r] starts at 0; for each block in order y = fma(float(Σ w·x), weight scale · activation scale, y). Adding a format: one struct, one line in
/// <see cref="Formats.WeightFormats"/>.
/// </remarks>
internal unsafe interface IBlockFormat<TSelf> where TSelf : struct, IBlockFormat<TSelf>
{
    /// <summary>What people call it.</summary>
    static abstract string Name { get; }

    /// <summary>Bytes of a block, a multiple of 32.</summary>
    static abstract int Bytes { get; }

    /// <summary>Rounds 32 weights of row <paramref name="row"/> (0 … 15) into the block.</summary>
    /// <returns>False where they cannot be kept: one is infinite or NaN, or their scale is larger than f16 goes.</returns>
    static abstract bool Encode(float* weights, byte* block, int row);

    /// <summary>The integer of row <paramref name="row"/>, column <paramref name="column"/> (0 … 31).</summary>
    static abstract int Decode(byte* block, int row, int column);

    /// <summary>What the kernels' sums start from where integers are stored without sign: <paramref name="sum"/> is that of the block's 32 activations.</summary>
    static abstract int Start(int sum);

    /// <summary>16 rows times a tile with 512-bit vectors.</summary>
    /// <param name="blocks">The rows' blocks, one behind the other.</param>
    /// <param name="count">How many.</param>
    /// <param name="x">The tile's activations as <see cref="TokenBlocks"/> lays them out.</param>
    /// <param name="tokens">1, 2, 4, 8 or 12.</param>
    /// <param name="y">Row of token 0; 16 floats are written.</param>
    /// <param name="stride">Floats between the rows of y.</param>
    static abstract void Multiply512(byte* blocks, int count, byte* x, int tokens, float* y, nint stride);

    /// <summary>The same with 256-bit vectors.</summary>
    static abstract void Multiply256(byte* blocks, int count, byte* x, int tokens, float* y, nint stride);
}

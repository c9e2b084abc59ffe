using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// A tile of activations, each token's 32 columns rounded to 8 bits: x ≈ q · scale, scale = largest magnitude / 127, ties to even. In memory block after
/// block; in a block token after token: 32 integers, the scale (f32), what sums start from (<see cref="IBlockFormat{TSelf}.Start"/>).
/// </summary>
/// <remarks>A token's blocks do not depend on its neighbours. A block with an infinity or NaN gets scale NaN, so that the fault shows in the product.</remarks>
internal static unsafe class TokenBlocks
{
    /// <summary>Bytes of one token's block.</summary>
    public const int Bytes = Scale + sizeof(float) + sizeof(int);

    /// <summary>Offset of the scale.</summary>
    public const int Scale = Block.Columns;

    /// <summary>Offset of what sums start from.</summary>
    public const int Start = Scale + sizeof(float);

    /// <summary>Rounds one token.</summary>
    /// <param name="x">(<paramref name="columns"/>); the last block is filled up with zeros.</param>
    /// <param name="tile">The token's place in the first block of its tile.</param>
    /// <param name="step">Bytes from block to block: tokens of the tile times <see cref="Bytes"/>.</param>
    public static void Round<TBlocks>(float* x, int columns, byte* tile, nint step) where TBlocks : struct, IBlockFormat<TBlocks>
    {
        int whole = columns / Block.Columns;
        for (int b = 0; b < whole; b++, x += Block.Columns, tile += step) RoundBlock<TBlocks>(x, tile);
        int rest = columns % Block.Columns;
        if (rest == 0) return;
        float* last = stackalloc float[Block.Columns];
        new Span<float>(x, rest).CopyTo(new Span<float>(last, Block.Columns));
        new Span<float>(last + rest, Block.Columns - rest).Clear();
        RoundBlock<TBlocks>(last, tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void RoundBlock<TBlocks>(float* x, byte* block) where TBlocks : struct, IBlockFormat<TBlocks>
    {
        int sum = Avx2.IsSupported ? Round256(x, block) : RoundScalar(x, block);
        *(int*)(block + Start) = TBlocks.Start(sum);
    }

    /// <summary>The definition.</summary>
    /// <returns>Sum of the 32 integers.</returns>
    public static int RoundScalar(float* x, byte* block)
    {
        int bits = 0, sum = 0;
        for (int i = 0; i < Block.Columns; i++) bits = Math.Max(bits, BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue);
        float inverse = SetScale(block, BitConverter.Int32BitsToSingle(bits));
        for (int i = 0; i < Block.Columns; i++)
        {
            int value = float.IsNaN(inverse) ? 0 : (int)MathF.Round(x[i] * inverse);
            block[i] = (byte)value;
            sum += value;
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Round256(float* x, byte* block)
    {
        float inverse = SetScale(block, Block.Largest(x));
        Vector256<float> factor = Vector256.Create(inverse);
        Vector256<short> low = Avx2.PackSignedSaturate(Nearest(Vector256.Load(x), factor), Nearest(Vector256.Load(x + 8), factor));
        Vector256<short> high = Avx2.PackSignedSaturate(Nearest(Vector256.Load(x + 16), factor), Nearest(Vector256.Load(x + 24), factor));
        // Packing works within halves of 128 bits: words of four come out in the order 0 2 4 6 1 3 5 7.
        Vector256<int> words = Avx2.PackSignedSaturate(low, high).AsInt32();
        Vector256<sbyte> values = Avx2.PermuteVar8x32(words, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsSByte();
        if (float.IsNaN(inverse)) values = default;
        values.Store((sbyte*)block);
        return Vector256.Sum(Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256.Create((byte)1), values), Vector256.Create((short)1)));
    }

    /// <returns>What x is multiplied by; NaN where it is not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float SetScale(byte* block, float largest)
    {
        float scale = largest / 127;
        *(float*)(block + Scale) = float.IsFinite(largest) ? scale : float.NaN;
        return float.IsFinite(largest) ? Block.Inverse(scale) : float.NaN;
    }

    // Rounds to nearest, ties to even.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Nearest(Vector256<float> x, Vector256<float> factor) => Avx.ConvertToVector256Int32(x * factor);
}

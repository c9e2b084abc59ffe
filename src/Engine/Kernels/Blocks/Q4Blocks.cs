using System.Numerics;
using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels.MachineCode;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// 4 bits a weight (GGUF's Q4_0): scale = the weight of largest magnitude, with its sign, / −8, so that it is kept exactly; integer = ⌊w / scale + 8.5⌋ − 8,
/// 7 at most. Behind the scales four lines of 64 bytes: line g holds columns 4g … 4g + 3 of row 0, then of row 1 … in the lower halves of its bytes and
/// columns 16 higher in the upper, each as integer + 8.
/// </summary>
internal readonly unsafe struct Q4Blocks : IBlockFormat<Q4Blocks>
{
    const int Zero = 8;

    public static string Name => "q4_0";

    public static int Bytes => Block.ScaleBytes + (Block.Rows * Block.Columns / 2);

    public static bool Encode(float* weights, byte* block, int row)
    {
        float largest = Block.Largest(weights), scale = Signed(weights, largest) / -8;
        if (!float.IsFinite(largest) || !Block.SetScale(block, row, scale)) return false;
        Vector256<float> factor = Vector256.Create(Block.Inverse(scale)), half = Vector256.Create(8.5f);
        int* words = stackalloc int[Block.Columns];
        for (int i = 0; i < Block.Columns; i += 8)
            Vector256.Min(Vector256.ConvertToInt32((Vector256.Load(weights + i) * factor) + half), Vector256.Create(15)).Store(words + i);
        uint* lines = (uint*)(block + Block.ScaleBytes);
        for (int g = 0; g < 4; g++)
        {
            uint line = 0;
            for (int i = 3; i >= 0; i--) line = (line << 8) | (uint)words[(4 * g) + i] | ((uint)words[(4 * g) + i + 16] << 4);
            lines[(g * Block.Rows) + row] = line;
        }
        return true;
    }

    public static int Decode(byte* block, int row, int column)
    {
        byte pair = block[Block.ScaleBytes + (((column % 16 / 4 * Block.Rows) + row) * 4) + (column % 4)];
        return (column < 16 ? pair & 15 : pair >> 4) - Zero;
    }

    /// <summary>Sixteen bits: the kernels add a block's products in pairs of 16-bit sums, of which the lower takes this.</summary>
    public static int Start(int sum) => (-Zero * sum) & 0xFFFF;

    public static void Multiply512(byte* blocks, int count, byte* x, int tokens, float* y, nint stride)
    {
        if (!DotProducts.TryMultiplyQ4(blocks, count, x, tokens, y, stride)) Q4Product512.Multiply(blocks, count, x, tokens, y, stride);
    }

    public static void Multiply256(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) => BlockProduct256<Q4Lines256>.Multiply(blocks, count, x, tokens, y, stride);

    /// <summary>The first of 32 weights that has the largest magnitude.</summary>
    static float Signed(float* weights, float largest)
    {
        for (int i = 0; i < Block.Columns; i += 8)
        {
            Vector256<float> eight = Vector256.Load(weights + i);
            uint equal = Vector256.Equals(Vector256.Abs(eight), Vector256.Create(largest)).ExtractMostSignificantBits();
            if (equal != 0) return weights[i + BitOperations.TrailingZeroCount(equal)];
        }
        return largest;
    }
}

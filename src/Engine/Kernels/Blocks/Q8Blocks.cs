using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels.MachineCode;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>
/// 8 bits a weight (GGUF's Q8_0): scale = largest magnitude / 127, ties away from zero. Behind the scales eight lines of 64 bytes: line g holds columns
/// 4g … 4g + 3 of row 0, then of row 1 …, each as integer + 128, since the processor's dot product takes one operand without sign.
/// </summary>
internal readonly unsafe struct Q8Blocks : IBlockFormat<Q8Blocks>
{
    const int Zero = 128;

    public static string Name => "q8_0";

    public static int Bytes => Block.ScaleBytes + (Block.Rows * Block.Columns);

    public static bool Encode(float* weights, byte* block, int row)
    {
        float largest = Block.Largest(weights), scale = largest / 127;
        if (!Block.SetScale(block, row, scale)) return false;
        Vector256<float> factor = Vector256.Create(Block.Inverse(scale));
        int* words = stackalloc int[Block.Columns];
        for (int i = 0; i < Block.Columns; i += 8) Nearest(Vector256.Load(weights + i) * factor).Store(words + i);
        uint* lines = (uint*)(block + Block.ScaleBytes);
        for (int g = 0; g < 8; g++)
        {
            int* four = words + (4 * g);
            lines[(g * Block.Rows) + row] = (byte)(four[0] + Zero) | ((uint)(byte)(four[1] + Zero) << 8) | ((uint)(byte)(four[2] + Zero) << 16) | ((uint)(byte)(four[3] + Zero) << 24);
        }
        return true;
    }

    public static int Decode(byte* block, int row, int column) =>
        block[Block.ScaleBytes + (((column / 4 * Block.Rows) + row) * 4) + (column % 4)] - Zero;

    public static int Start(int sum) => -Zero * sum;

    public static void Multiply512(byte* blocks, int count, byte* x, int tokens, float* y, nint stride)
    {
        if (!DotProducts.TryMultiplyQ8(blocks, count, x, tokens, y, stride)) Multiply256(blocks, count, x, tokens, y, stride);
    }

    public static void Multiply256(byte* blocks, int count, byte* x, int tokens, float* y, nint stride)
    {
        if (Q8DotProduct.IsSupported) Q8DotProduct.Multiply(blocks, count, x, tokens, y, stride);
        else BlockProduct256<Q8SignLines256>.Multiply(blocks, count, x, tokens, y, stride);
    }

    /// <summary>To the nearest integer, ties away from zero: the float below ½ carries exactly what a tie would.</summary>
    static Vector256<int> Nearest(Vector256<float> value) =>
        Vector256.ConvertToInt32(value + Vector256.CopySign(Vector256.Create(0.49999997f), value));
}

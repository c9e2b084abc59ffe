using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>What the block formats share: sizes, scales, and the finding of a block's largest weight.</summary>
internal static unsafe class Block
{
    public const int Rows = 16;

    public const int Columns = 32;

    /// <summary>16 scales in f16, in order of rows.</summary>
    public const int ScaleBytes = Rows * sizeof(ushort);

    const int Fields = unchecked((int)0x8FFF_E000); // of a half moved 13 places up: sign; exponent and mantissa three places below bit 31

    /// <summary>2¹¹², the difference of the exponent biases (127 − 15).</summary>
    static float Bias => BitConverter.UInt32BitsToSingle((127u + 112u) << 23);

    public static int Count(int columns) => (int)(((long)columns + Columns - 1) / Columns);

    public static float Scale(byte* block, int row) => (float)((Half*)block)[row];

    /// <returns>False where the scale is beyond f16.</returns>
    public static bool SetScale(byte* block, int row, float scale)
    {
        var half = (Half)scale;
        ((Half*)block)[row] = half;
        return Half.IsFinite(half);
    }

    /// <summary>The scales of all 16 rows; exact for normal and subnormal halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scales512(byte* block) =>
        (Vector512.ShiftLeft(Widen(Vector256.Load((short*)block)), 13) & Vector512.Create(Fields)).AsSingle() * Vector512.Create(Bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Widen(Vector256<short> halves)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(halves);
        return Vector512.Create(Avx2.ConvertToVector256Int32(halves.GetLower()), Avx2.ConvertToVector256Int32(halves.GetUpper()));
    }

    /// <summary>The scales of rows 0 … 7, or 8 … 15 with <paramref name="half"/> = 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales256(byte* block, int half) =>
        (Vector256.ShiftLeft(Avx2.ConvertToVector256Int32((short*)block + (8 * half)), 13) & Vector256.Create(Fields)).AsSingle() * Vector256.Create(Bias);

    /// <summary>Largest magnitude of 32 values; not finite if one of them is not.</summary>
    /// <remarks>Magnitudes order like their bit patterns, NaN above all.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(float* values)
    {
        Vector256<int> magnitude = Vector256.Create(int.MaxValue);
        Vector256<int> largest = Vector256.Max(
            Vector256.Max(Vector256.Load((int*)values) & magnitude, Vector256.Load((int*)values + 8) & magnitude),
            Vector256.Max(Vector256.Load((int*)values + 16) & magnitude, Vector256.Load((int*)values + 24) & magnitude));
        Vector128<int> four = Vector128.Max(largest.GetLower(), largest.GetUpper());
        Vector128<int> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return BitConverter.Int32BitsToSingle(Math.Max(two[0], two[1]));
    }

    /// <summary>1 / scale; 0 where that is infinite: such a block is all zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Inverse(float scale)
    {
        float inverse = 1 / scale;
        return float.IsFinite(inverse) ? inverse : 0;
    }
}

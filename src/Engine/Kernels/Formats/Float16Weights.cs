using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>
/// f16, finite values only, laid out like bf16. Widening moves sign, exponent and mantissa to their f32 places and multiplies by 2¹¹², the
/// difference of the exponent biases (127 − 15); exact for normal and subnormal values alike. Infinity and NaN would come out finite, so
/// matrices that hold them are packed as f32.
/// </summary>
internal readonly unsafe struct Float16Weights : IWeightFormat<Float16Weights>
{
    const int Fields = unchecked((int)0x8FFF_E000); // sign; exponent and mantissa three places below bit 31

    static float Bias => BitConverter.UInt32BitsToSingle((127u + 112u) << 23);

    public static string Name => "f16";

    public static int LineBytes => 64;

    public static int ScaleBytes => 0;

    public static int BlockColumns => ScaleLine.WholePanel;

    public static DType? Type => DType.F16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Decode(byte* line, int row) => (float)((Half*)line)[PairedHalves.Index(row)];

    public static bool Encode(byte* line, int row, float value)
    {
        var half = (Half)value;
        ((Half*)line)[PairedHalves.Index(row)] = half;
        return Half.IsFinite(half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512(byte* line) => Widen(Vector512.ShiftLeft(Vector512.Load((int*)line), 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512(byte* line) => Widen(Vector512.Load((int*)line));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256(byte* line, int half) => Widen(Vector256.ShiftLeft(Vector256.Load((int*)line + (8 * half)), 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256(byte* line, int half) => Widen(Vector256.Load((int*)line + (8 * half)));

    public static void PackPanel(byte** rows, int columns, byte* lines) => Transposition.PairedHalves(rows, columns, (uint*)lines);

    // What lies below the upper sixteen bits is shifted under the mask.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Widen(Vector512<int> upper) =>
        (Vector512.ShiftRightArithmetic(upper, 3) & Vector512.Create(Fields)).AsSingle() * Vector512.Create(Bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Widen(Vector256<int> upper) =>
        (Vector256.ShiftRightArithmetic(upper, 3) & Vector256.Create(Fields)).AsSingle() * Vector256.Create(Bias);
}

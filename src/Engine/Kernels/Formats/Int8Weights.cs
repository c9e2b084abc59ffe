using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>int8 with one scale a row (ChatGLM's INT8 checkpoints): a line is 32 signed bytes, row after row. Integer times f16 scale is exact in f32.</summary>
internal readonly unsafe struct Int8Weights : IWeightFormat<Int8Weights>
{
    public static string Name => "int8";

    public static int LineBytes => 32;

    public static int ScaleBytes => ScaleLine.Float32;

    public static int BlockColumns => ScaleLine.WholePanel;

    public static DType? Type => null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Decode(byte* line, int row) => (sbyte)line[row];

    public static bool Encode(byte* line, int row, float value)
    {
        line[row] = (byte)(sbyte)value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512(byte* line) => Widen512((sbyte*)line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512(byte* line) => Widen512((sbyte*)line + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256(byte* line, int half) => Widen256((sbyte*)line + (8 * half));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256(byte* line, int half) => Widen256((sbyte*)line + 16 + (8 * half));

    public static void PackPanel(byte** rows, int columns, byte* lines)
    {
        for (int k = 0; k < columns; k++, lines += LineBytes)
            for (int r = 0; r < 32; r++) lines[r] = rows[r][k];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Widen512(sbyte* values)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(values)));
        return Vector512.Create(Widen256(values), Widen256(values + 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Widen256(sbyte* values)
    {
        if (Avx2.IsSupported) return Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(values));
        Vector128<short> words = Vector128.WidenLower(Vector64.Load(values).ToVector128());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>f32: a line is 32 floats, row after row.</summary>
internal readonly unsafe struct Float32Weights : IWeightFormat<Float32Weights>
{
    public static string Name => "f32";

    public static int LineBytes => 128;

    public static int ScaleBytes => 0;

    public static int BlockColumns => ScaleLine.WholePanel;

    public static DType? Type => DType.F32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Decode(byte* line, int row) => ((float*)line)[row];

    public static bool Encode(byte* line, int row, float value)
    {
        ((float*)line)[row] = value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512(byte* line) => Vector512.Load((float*)line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512(byte* line) => Vector512.Load((float*)line + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256(byte* line, int half) => Vector256.Load((float*)line + (8 * half));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256(byte* line, int half) => Vector256.Load((float*)line + 16 + (8 * half));

    public static void PackPanel(byte** rows, int columns, byte* lines) => Transposition.Words(rows, columns, (uint*)lines);
}

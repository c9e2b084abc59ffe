using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>
/// int4 with one scale a row (ChatGLM's INT4 checkpoints): a line is 16 bytes, byte i holding row i in its lower and row i + 16 in its upper half, two's complement.
/// </summary>
internal readonly unsafe struct Int4Weights : IWeightFormat<Int4Weights>
{
    public static string Name => "int4";

    public static int LineBytes => 16;

    public static int ScaleBytes => ScaleLine.Float32;

    public static int BlockColumns => ScaleLine.WholePanel;

    public static DType? Type => null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Decode(byte* line, int row) => (sbyte)(row < 16 ? line[row] << 4 : line[row - 16]) >> 4;

    public static bool Encode(byte* line, int row, float value)
    {
        int bits = (int)value & 15;
        byte* place = line + (row & 15);
        *place = (byte)(row < 16 ? (*place & 0xF0) | bits : (*place & 0x0F) | (bits << 4));
        return true;
    }

    // The wanted four bits go to the top of a word, and back down with their sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512(byte* line) => Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(Words512(line), 28), 28));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512(byte* line) => Vector512.ConvertToSingle(Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(Words512(line), 24), 28));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256(byte* line, int half) => Vector256.ConvertToSingle(Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(Words256(line + (8 * half)), 28), 28));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256(byte* line, int half) => Vector256.ConvertToSingle(Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(Words256(line + (8 * half)), 24), 28));

    /// <summary>Rows hold two columns a byte, the first in the upper half.</summary>
    public static void PackPanel(byte** rows, int columns, byte* lines)
    {
        for (int k = 0; k < columns; k++, lines += LineBytes)
        {
            int pair = k / 2, shift = k % 2 == 0 ? 4 : 0;
            for (int i = 0; i < 16; i++) lines[i] = (byte)(((rows[i][pair] >> shift) & 15) | (((rows[i + 16][pair] >> shift) & 15) << 4));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Words512(byte* bytes)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(Vector128.Load(bytes));
        return Vector512.Create(Words256(bytes), Words256(bytes + 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Words256(byte* bytes)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(bytes);
        Vector128<ushort> words = Vector128.WidenLower(Vector64.Load(bytes).ToVector128());
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>bf16, the upper half of an f32: a line is 16 words, word i holding row i below and row i + 16 above, so a shift and a mask widen both.</summary>
internal readonly unsafe struct BFloat16Weights : IWeightFormat<BFloat16Weights>
{
    const uint Upper = 0xFFFF_0000;

    public static string Name => "bf16";

    public static int LineBytes => 64;

    public static int ScaleBytes => 0;

    public static int BlockColumns => ScaleLine.WholePanel;

    public static DType? Type => DType.BF16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Decode(byte* line, int row) =>
        BitConverter.UInt32BitsToSingle((uint)((ushort*)line)[PairedHalves.Index(row)] << 16);

    public static bool Encode(byte* line, int row, float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsFinite(value)) bits += 0x7FFF + ((bits >> 16) & 1);
        ((ushort*)line)[PairedHalves.Index(row)] = (ushort)(bits >> 16);
        return float.IsFinite(value) == float.IsFinite(Decode(line, row));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512(byte* line) => Vector512.ShiftLeft(Vector512.Load((uint*)line), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512(byte* line) => (Vector512.Load((uint*)line) & Vector512.Create(Upper)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256(byte* line, int half) => Vector256.ShiftLeft(Vector256.Load((uint*)line + (8 * half)), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256(byte* line, int half) => (Vector256.Load((uint*)line + (8 * half)) & Vector256.Create(Upper)).AsSingle();

    public static void PackPanel(byte** rows, int columns, byte* lines) => Transposition.PairedHalves(rows, columns, (uint*)lines);
}

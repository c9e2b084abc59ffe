using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>The lines of <see cref="Int8Weights"/> in a cache, with scales as <typeparamref name="TScales"/> lays them out.</summary>
internal readonly unsafe struct ScaledBytes<TScales> : IWeightFormat<ScaledBytes<TScales>> where TScales : struct, IScales
{
    public static string Name => "q8_0";

    public static int LineBytes => Int8Weights.LineBytes;

    public static int ScaleBytes => TScales.Bytes;

    public static int BlockColumns => TScales.BlockColumns;

    public static DType? Type => null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Decode(byte* line, int row) => Int8Weights.Decode(line, row);

    public static bool Encode(byte* line, int row, float value) => Int8Weights.Encode(line, row, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512(byte* line) => Int8Weights.Low512(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512(byte* line) => Int8Weights.High512(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256(byte* line, int half) => Int8Weights.Low256(line, half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256(byte* line, int half) => Int8Weights.High256(line, half);

    public static void PackPanel(byte** rows, int columns, byte* lines) => Int8Weights.PackPanel(rows, columns, lines);
}

/// <summary>Where the scales of a panel lie; constants to the compiler.</summary>
internal interface IScales
{
    /// <summary><see cref="IWeightFormat{TSelf}.ScaleBytes"/></summary>
    static abstract int Bytes { get; }

    /// <summary><see cref="IWeightFormat{TSelf}.BlockColumns"/></summary>
    static abstract int BlockColumns { get; }
}

/// <summary>Of keys, whose rows are tokens: one each, before every 32 channels.</summary>
internal readonly struct TokenScales : IScales
{
    public static int Bytes => ScaleLine.Float32;

    public static int BlockColumns => 32;
}

/// <summary>Of values, whose columns are tokens: one before each line.</summary>
internal readonly struct LineScale : IScales
{
    public static int Bytes => ScaleLine.Shared;

    public static int BlockColumns => 1;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels.Lanes;

namespace Juxta.Engine.Kernels.Formats;

/// <summary>
/// The scales of a block's 32 rows: a line of f32; where scales are as dense as in blocks of 32 columns, of f16; or one f32 that all rows share. The format's constant
/// decides at compile time.
/// </summary>
internal static unsafe class ScaleLine
{
    /// <summary>More columns than any panel has.</summary>
    public const int WholePanel = 1 << 30;

    /// <summary>32 scales in f32.</summary>
    public const int Float32 = 128;

    /// <summary>32 scales in f16.</summary>
    public const int Float16 = 64;

    /// <summary>One scale in f32 for all rows.</summary>
    public const int Shared = sizeof(float);

    /// <summary>Whether a line of scales lies before the line of column <paramref name="column"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Precedes<TFormat>(int column) where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes > 0 && (column & (TFormat.BlockColumns - 1)) == 0;

    public static float Decode<TFormat>(byte* line, int row) where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Float16 ? Float16Weights.Decode(line, row) : Float32Weights.Decode(line, TFormat.ScaleBytes == Shared ? 0 : row);

    public static void Encode<TFormat>(byte* line, int row, float scale) where TFormat : struct, IWeightFormat<TFormat>
    {
        if (TFormat.ScaleBytes == Float16) Float16Weights.Encode(line, row, scale);
        else Float32Weights.Encode(line, row, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low512<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Shared ? Vector512.Create(*(float*)line) : TFormat.ScaleBytes == Float16 ? Float16Weights.Low512(line) : Float32Weights.Low512(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High512<TFormat>(byte* line) where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Shared ? Vector512.Create(*(float*)line) : TFormat.ScaleBytes == Float16 ? Float16Weights.High512(line) : Float32Weights.High512(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low256<TFormat>(byte* line, int half) where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Shared ? Vector256.Create(*(float*)line) : TFormat.ScaleBytes == Float16 ? Float16Weights.Low256(line, half) : Float32Weights.Low256(line, half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High256<TFormat>(byte* line, int half) where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Shared ? Vector256.Create(*(float*)line) : TFormat.ScaleBytes == Float16 ? Float16Weights.High256(line, half) : Float32Weights.High256(line, half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Low<TLanes, TFormat>(byte* line) where TLanes : struct, ILanes<TLanes> where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Shared ? TLanes.Create(*(float*)line) : TFormat.ScaleBytes == Float16 ? TLanes.Low<Float16Weights>(line) : TLanes.Low<Float32Weights>(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes High<TLanes, TFormat>(byte* line) where TLanes : struct, ILanes<TLanes> where TFormat : struct, IWeightFormat<TFormat> =>
        TFormat.ScaleBytes == Shared ? TLanes.Create(*(float*)line) : TFormat.ScaleBytes == Float16 ? TLanes.High<Float16Weights>(line) : TLanes.High<Float32Weights>(line);
}

using System.Runtime.Intrinsics;

namespace Juxta.Engine.Kernels;

/// <summary>
/// The vector width that runs, decided once from what the runtime offers, so <c>DOTNET_EnableAVX512=0</c> and its like act by themselves.
/// Every width gives the same bits; only speed differs.
/// </summary>
internal static class SimdWidth
{
    /// <summary>512, 256 or 0 (scalar).</summary>
    public static readonly int Bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 0;

    /// <summary>Why, in words for a person.</summary>
    public static string Reason => Bits switch
    {
        512 => "512-bit vectors are accelerated (AVX-512)",
        256 => "256-bit vectors are accelerated (AVX2), 512-bit ones are not or are switched off",
        _ => "neither 512-bit nor 256-bit vectors are accelerated, or they are switched off: plain loops",
    };
}

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels.MachineCode;

/// <summary>
/// Stands behind <see cref="Blocks.IBlockFormat{TSelf}"/> for tiles of four tokens and more where it is switched on: on Linux, on a processor with AVX512-VNNI, with
/// <c>JUXTA_MACHINE_CODE=on</c>. Fewer tokens are bound by memory and gain nothing.
/// </summary>
internal static unsafe class DotProducts
{
    public const string Variable = "JUXTA_MACHINE_CODE";

    /// <summary>The processor has the instructions, the runtime uses 512 bits, and the calling convention is the one of the code.</summary>
    public static bool IsSupported { get; } =
        SimdWidth.Bits == 512 && OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && X86Base.IsSupported && HasVnni();

    public static bool IsOn { get; } = IsSupported && Environment.GetEnvironmentVariable(Variable) == "on";

    static readonly delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void>[] _q8 = Place(DotProductCode.Q8), _q4 = Place(DotProductCode.Q4);

    /// <summary>16 rows of <see cref="Blocks.Q8Blocks"/> times a tile, as <see cref="Blocks.IBlockFormat{TSelf}.Multiply512"/>.</summary>
    /// <returns>False where this is not done here.</returns>
    public static bool TryMultiplyQ8(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) => IsOn && TryCall(_q8[tokens], blocks, count, x, y, stride);

    /// <summary>The same for <see cref="Blocks.Q4Blocks"/>.</summary>
    public static bool TryMultiplyQ4(byte* blocks, int count, byte* x, int tokens, float* y, nint stride) => IsOn && TryCall(_q4[tokens], blocks, count, x, y, stride);

    static bool TryCall(delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void> code, byte* blocks, int count, byte* x, float* y, nint stride)
    {
        if (code is null) return false;
        code(blocks, count, x, y, stride * sizeof(float));
        return true;
    }

    /// <returns>By tokens of the tile; null for tiles that have no code.</returns>
    static delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void>[] Place(Func<int, byte[]> code)
    {
        var functions = new delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void>[DotProductCode.MaxTokens + 1];
        if (IsOn)
            foreach (int tokens in (ReadOnlySpan<int>)[4, 8, 12])
                functions[tokens] = (delegate* unmanaged[SuppressGCTransition]<byte*, nint, byte*, float*, nint, void>)ExecutableMemory.TryPlace(code(tokens));
        return functions;
    }

    /// <summary>CPUID leaf 7: bit 11 of ECX.</summary>
    static bool HasVnni() => X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}

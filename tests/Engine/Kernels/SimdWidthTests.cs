using System.Diagnostics;
using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels;

namespace Juxta.EngineTests.Kernels;

/// <summary>The kernel tests again with vector instructions switched off, each in a process of its own that first asserts what it runs.</summary>
public sealed class SimdWidthTests
{
    const string Expected = "JUXTA_TEST_SIMD_WIDTH";

    [Fact]
    public void The_width_is_the_widest_that_is_accelerated()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 0;
        if (Environment.GetEnvironmentVariable(Expected) is { Length: > 0 } demanded) Assert.Equal(demanded, SimdWidth.Bits.ToString());
        Assert.Equal(bits, SimdWidth.Bits);
        Assert.Contains(bits == 0 ? "plain loops" : $"{bits}-bit vectors are accelerated", SimdWidth.Reason);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 0)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task All_kernel_tests_pass_with_vectors_switched_off(string variable, int bits)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Expected) is not null, "this is such a process");
        Assert.SkipUnless(SimdWidth.Bits > bits, $"this machine runs {SimdWidth.Bits} bits already");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(SimdWidthTests).Assembly.Location);
        foreach (string argument in (string[])["--filter-namespace", "Juxta.EngineTests.Kernels", "--no-progress", "--no-ansi", "--results-directory", Path.GetTempPath()])
            start.ArgumentList.Add(argument);
        start.Environment[variable] = "0";
        start.Environment[Expected] = bits.ToString();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"with {variable}=0:\n{output}\n{await errors}");
        Assert.Contains("succeeded: ", output);
    }
}

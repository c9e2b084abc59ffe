using Juxta.Engine;
using Juxta.Engine.Memory;

namespace Juxta.EngineTests.Backends;

/// <summary>What people name, and what they are told when it is not installed.</summary>
public sealed class BackendChoiceTests
{
    [Theory]
    [InlineData("torchsharp", null, null, "cuda", DType.BF16)]
    [InlineData("torchsharp", "cuda:1", "f16", "cuda:1", DType.F16)]
    [InlineData("torchsharp", "mps", null, "mps", DType.F16)]
    [InlineData("torchsharp", "cpu", null, "cpu", DType.F32)]
    public void A_device_has_the_type_that_it_computes_well(string name, string? device, string? type, string expectedDevice, DType expectedType) =>
        Assert.Equal(new BackendChoice("torchsharp", expectedDevice, expectedType), BackendChoice.Read(name, device, type));

    [Theory]
    [InlineData(null, null)]
    [InlineData("cpu", null)]
    [InlineData("cpu", "cpu")]
    public void The_cpu_is_no_other_backend(string? name, string? device) => Assert.Null(BackendChoice.Read(name, device));

    [Theory]
    [InlineData("vulkan", null, null, "--backend vulkan: no such backend; there are cpu (the engine's own kernels) and torchsharp")]
    [InlineData("torchsharp", "rocm", null, "--device rocm: no such device; there are cuda, cuda:N for one of several, mps and cpu")]
    [InlineData("torchsharp", "cuda:x", null, "--device cuda:x: no such device")]
    [InlineData("torchsharp", "mps:0", null, "--device mps:0: no such device")]
    [InlineData("torchsharp", "cuda", "int8", "--dtype int8: no such type; there are bf16, f16 and f32")]
    [InlineData(null, "cuda", null, "--device cuda goes with --backend torchsharp")]
    [InlineData("cpu", null, "f16", "--dtype f16 goes with --backend torchsharp")]
    public void What_does_not_go_is_told(string? name, string? device, string? type, string says) =>
        Assert.Contains(says, Assert.Throws<BackendException>(() => BackendChoice.Read(name, device, type)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("torchsharp", "cuda:1", "f16")]
    [InlineData("torchsharp", "cpu", null)]
    public void The_hash_of_weights_tells_what_computed_them(string name, string device, string? type)
    {
        BackendChoice choice = BackendChoice.Read(name, device, type)!;
        Assert.Equal(choice, BackendChoice.OfHash($"0123abcd:{choice}"));
        Assert.Null(WeightStorage.OfHash($"0123abcd:{choice}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123abcd")]
    [InlineData("0123abcd:q8_0")]
    [InlineData("0123abcd:q8_0:cache-bf16")]
    public void Weights_of_our_own_kernels_name_no_backend(string? hash) => Assert.Null(BackendChoice.OfHash(hash));
}

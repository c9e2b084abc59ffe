using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Merging;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.EngineTests.Models;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Merging;

/// <summary>Merged = unmerged, for every adapter of the fixtures: the merged folder, opened anew, gives the logits of base and adapter.</summary>
public sealed class FixtureMergeTests
{
    /// <summary>Of f32 weights: one rounding of a weight against two of an activation, on logits of deviation 2.5.</summary>
    const double Exact = 2e-4;

    /// <summary>
    /// Attention scores of these adapters reach 50 to 85, and 28 layers magnify a last bit a thousandfold: f64 arithmetic itself is up to 0.023 from f32.
    /// </summary>
    static bool IsIllConditioned(string model, string adapter) => model == "chatglm-6b-f16" && adapter is "lora-qkv" or "legacy-peft02-query-key-value";

    /// <summary>Root mean square of the difference over that of the logits, where every weight is off by up to half a unit in the last of 8 (bf16) or 11 (f16) bits.</summary>
    static double Share(DType type) => type == DType.BF16 ? 0.03 : 0.03 / 8;

    [Theory]
    [MemberData(nameof(FixtureFamilyTests.Cases), MemberType = typeof(FixtureFamilyTests))]
    public void A_merged_checkpoint_answers_as_base_and_adapter_do(string name)
    {
        using var fixture = new FixtureCase(name);
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(fixture.Folder, pool);
        using var runner = new DecoderRunner(decoder);
        foreach ((string adapterName, string folder, ExpectedPrompt[] prompts) in fixture.Adapters.Where(a => !a.Name.StartsWith("ptuning", StringComparison.Ordinal)))
        {
            using LoraAdapter adapter = LoraAdapter.Load(folder, adapterName, decoder.Modules, pool);
            foreach ((float scale, DType? type) in (ReadOnlySpan<(float, DType?)>)[(1f, DType.F32), (0.5f, DType.F32), (1f, null)])
            {
                using var temporary = new TempFolder();
                string merged = temporary.File("merged");
                MergeReport report = AdapterMerge.Run(new MergeRequest(fixture.Folder, folder, merged) { Scale = scale, Type = type, ShardBytes = 100_000 }, cancel: TestContext.Current.CancellationToken);
                Assert.True(report.TensorsMerged > 0);
                using Decoder whole = TestModels.OpenDecoder(merged, pool);
                using var wholeRunner = new DecoderRunner(whole);
                DType stored = type ?? TypeOf(fixture.Folder);
                (double worst, double share) = Difference(prompts, ids => runner.Logits(ids, new AdapterSet([(adapter, scale)])), ids => wholeRunner.Logits(ids));
                string what = $"{name} {adapterName} ×{scale} stored as {stored}: logits differ by {worst:g3}, {share:g3} of their size; rounding {report.LargestRounding:g3}";
                TestContext.Current.TestOutputHelper?.WriteLine(what);
                if (IsIllConditioned(name, adapterName)) Assert.True(stored != DType.F32 || worst < 0.05, what);
                else Assert.True(stored == DType.F32 ? worst < Exact : share < Share(stored), what);
            }
        }
    }

    [Theory]
    [InlineData("llama3.2-tied-bf16", "lora-all-linear", DType.BF16)]
    [InlineData("chatglm2-6b-f16", "lora-all", DType.F16)]
    [InlineData("qwen3", "dora-all-linear", DType.BF16)]
    public void Stored_weights_are_the_exact_ones_rounded_to_the_nearest(string name, string adapter, DType type)
    {
        using var temporary = new TempFolder();
        string folder = Fixtures.Require("models", name);
        var request = new MergeRequest(folder, Path.Combine(folder, "adapters", adapter), "");
        MergeReport exact = AdapterMerge.Run(request with { Out = temporary.File("exact"), Type = DType.F32 }), rounded = AdapterMerge.Run(request with { Out = temporary.File("rounded"), Type = type });
        using Checkpoint wide = Checkpoint.Open(exact.Folder), narrow = Checkpoint.Open(rounded.Folder);
        double largest = 0;
        foreach (TensorView tensor in narrow.Tensors)
        {
            Assert.Equal(type, tensor.Type);
            Assert.True(wide.TryFind(tensor.Name, out TensorView whole));
            foreach ((float stored, float value) in tensor.ToFloats().Zip(whole.ToFloats()))
            {
                Assert.Equal(type == DType.F16 ? (float)(Half)value : Nearest(value), stored);
                largest = Math.Max(largest, Math.Abs((double)stored - value));
            }
        }
        Assert.Equal(largest, rounded.LargestRounding);
        Assert.Equal(0, exact.LargestRounding);
    }

    /// <summary>The nearest bf16 number, ties to even: of the two around a value.</summary>
    static float Nearest(float value)
    {
        float below = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000), above = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000) + 0x10000);
        double down = Math.Abs((double)value - below), up = Math.Abs((double)above - value);
        return down < up ? below : up < down ? above : (BitConverter.SingleToUInt32Bits(below) & 0x10000) == 0 ? below : above;
    }

    static (double Worst, double Share) Difference(ExpectedPrompt[] prompts, Func<int[], float[][]> first, Func<int[], float[][]> second)
    {
        double worst = 0, squares = 0, sizes = 0;
        foreach (ExpectedPrompt prompt in prompts)
        {
            foreach ((float[] expected, float[] found) in first(prompt.Ids).Zip(second(prompt.Ids)))
            {
                Assert.Equal(expected.Length, found.Length);
                foreach ((float left, float right) in expected.Zip(found))
                {
                    worst = Math.Max(worst, Math.Abs((double)left - right));
                    squares += ((double)left - right) * ((double)left - right);
                    sizes += (double)left * left;
                }
            }
        }
        return (worst, Math.Sqrt(squares / sizes));
    }

    static DType TypeOf(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        return checkpoint.LargestType!.Value;
    }
}

using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>Weights rounded when a model is opened: what changes, and that it is told.</summary>
public sealed class WeightStorageTests
{
    static readonly string Folder = Fixtures.Require("models", "qwen2.5-tied-bf16");

    [Theory]
    [InlineData("f16", 0.001)]
    [InlineData("q8_0", 0.06)]
    [InlineData("q4_0", 0.5)]
    public void Rounded_weights_move_logits_a_little_and_name_the_model_anew(string name, double share)
    {
        WeightStorage storage = WeightStorage.Find(name)!;
        using LanguageModel stored = LanguageModel.Open(Folder, threads: 1), rounded = LanguageModel.Open(Folder, threads: 1, weights: storage);
        Assert.Equal((null, storage), (stored.Rounding, rounded.Rounding));
        Assert.Equal($"{stored.WeightsHash}:{name}", rounded.WeightsHash);
        Assert.Equal((null, storage), (WeightStorage.OfHash(stored.WeightsHash), WeightStorage.OfHash(rounded.WeightsHash)));

        using DecoderRunner before = new(stored.Decoder), after = new(rounded.Decoder);
        int[] ids = before.RandomIds(1, 60);
        float[] expected = [.. before.Logits(ids).SelectMany(row => row)], actual = [.. after.Logits(ids).SelectMany(row => row)];
        double distance = Math.Sqrt(expected.Zip(actual, (a, b) => Math.Pow(a - b, 2)).Average()), size = Math.Sqrt(expected.Average(a => (double)a * a));
        Assert.InRange(distance / size, 1e-7, share);
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    public void Storage_that_holds_every_value_changes_no_bit_and_no_name(string name)
    {
        using LanguageModel stored = LanguageModel.Open(Folder, threads: 1), kept = LanguageModel.Open(Folder, threads: 2, weights: WeightStorage.Find(name));
        Assert.Null(kept.Rounding);
        Assert.Equal(stored.WeightsHash, kept.WeightsHash);
        using DecoderRunner before = new(stored.Decoder), after = new(kept.Decoder);
        int[] ids = before.RandomIds(1, 40);
        Assert.Equal(before.Logits(ids), after.Logits(ids));
    }

    [Fact]
    public void The_head_of_a_4_bit_model_has_8()
    {
        using var pool = new WorkerPool(1);
        using Decoder decoder = TestModels.OpenDecoder($"{Folder}@q4_0", pool);
        var model = (PreNormDecoder)decoder;
        Assert.Equal("q8_0", model.Ends.Head.Linear.Weight.Format.ToString());
        Assert.All(model.Stack, layer => Assert.Equal("q4_0", layer.Mlp.DownProj.Weight.Format.ToString()));
    }

    [Theory]
    [InlineData(null, "f32")]
    [InlineData("f16", "f16")]
    [InlineData("q8_0", "f16")]
    [InlineData("q4_0", "f16")]
    public void Adapters_over_rounded_weights_have_factors_of_16_bits(string? name, string factors)
    {
        WeightStorage? storage = name is null ? null : WeightStorage.Find(name);
        using var pool = new WorkerPool(1);
        using Decoder decoder = TestModels.OpenDecoder(storage is null ? Folder : $"{Folder}@{name}", pool);
        string folder = Path.Combine(Folder, "adapters/lora-all-linear");
        using LoraAdapter exact = LoraAdapter.Load(folder, "a", decoder.Modules, pool), kept = LoraAdapter.Load(folder, "a", decoder.Modules, pool, rounding: storage);
        foreach (AdaptableModule module in decoder.Modules.Modules)
        {
            if (kept.Delta(module.Index) is not { A: { } a, B: { } b } || exact.Delta(module.Index) is not { A: { } exactA, B: { } exactB }) continue;
            Assert.StartsWith(factors, a.Format.ToString());
            Assert.Equal(Values(exactA).Select(Kept), Values(a));
            Assert.Equal(Values(exactB).Select(Kept), Values(b));
        }
        Assert.Equal(exact.Receipt.Modules.Select(change => change.DeltaNorm), kept.Receipt.Modules.Select(change => change.DeltaNorm)); // of the file's numbers, however they are kept

        float Kept(float value) => storage is null ? value : (float)(Half)value;

        static IEnumerable<float> Values(PackedMatrix matrix)
        {
            var row = new float[matrix.Columns];
            for (int i = 0; i < matrix.Rows; i++)
            {
                matrix.ReadRow(i, row);
                foreach (float value in row) yield return value;
            }
        }
    }

    [Fact]
    public void Another_backend_keeps_weights_its_own_way()
    {
        var torch = new BackendChoice(BackendChoice.TorchSharp, "cpu", DType.F32);
        var error = Assert.Throws<BackendException>(() => LanguageModel.Open(Folder, threads: 1, backend: torch, weights: WeightStorage.Find("q8_0")));
        Assert.Contains("--weights q8_0: is for the engine's own kernels; the backend torchsharp keeps weights in the type that --dtype names", error.Message);
    }

    [Fact]
    public void Integers_of_the_checkpoint_are_not_rounded_again()
    {
        string folder = Fixtures.Require("models", "chatglm2-6b-int4");
        var error = Assert.Throws<ModelFormatException>(() => LanguageModel.Open(folder, threads: 1, weights: WeightStorage.Find("q8_0")));
        Assert.Contains("its weights are INT4 already and are kept so; leave q8_0 out", error.Message);
    }
}

using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>ChatGLM's INT8 and INT4 checkpoints: kept as they are stored, and equal to what they stand for. Logits are proved with the other families'.</summary>
public sealed class QuantisedCheckpointTests
{
    public static TheoryData<string> Cases => new("chatglm-6b-int8", "chatglm-6b-int4", "chatglm2-6b-int4");

    [Theory]
    [MemberData(nameof(Cases))]
    public unsafe void Weights_are_those_that_the_reference_unpacks(string name)
    {
        using var fixture = new FixtureCase(name);
        using var pool = new WorkerPool(2);
        using Decoder decoder = TestModels.OpenDecoder(fixture.Folder, pool);
        using SafeTensorsFile file = SafeTensorsFile.Open(Path.Combine(fixture.Folder, "expected.safetensors"));
        int compared = 0;
        foreach (JsonElement entry in fixture.Expected.GetProperty("dequantised").EnumerateArray())
        {
            TensorView expected = file.Tensors[entry.GetString()!];
            AdaptableModule module = decoder.Modules.Find(entry.GetString()!["dequant.".Length..^".weight".Length])!;
            Assert.Equal((expected.Rows, expected.Columns), (module.Rows, module.Columns));
            float[] ours = new float[module.Columns], theirs = new float[module.Columns];
            for (int row = 0; row < module.Rows; row++)
            {
                module.ReadRow(row, ours);
                expected.ReadRow(row, theirs);
                for (int k = 0; k < ours.Length; k++) Assert.True(Math.Abs(ours[k] - theirs[k]) <= 1e-7 * Math.Abs(theirs[k]), $"{module.Path} [{row}, {k}]: {ours[k]:r}, expected {theirs[k]:r}");
            }
            compared++;
        }
        Assert.True(compared >= 4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Memory_is_what_the_file_holds(string name)
    {
        string folder = Fixtures.Require("models", name);
        using LanguageModel model = LanguageModel.Open(folder, threads: 1);
        Assert.Equal(name.EndsWith("int8", StringComparison.Ordinal) ? "INT8" : "INT4", model.Description.WeightType);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        // Tiny rows: panels of 32 and their scales weigh more here than in a real checkpoint.
        Assert.InRange(model.Description.WeightBytes, 0, 1.2 * checkpoint.TotalBytes);
        ModelPeek peek = ModelPeek.Read(folder);
        Assert.Equal((model.Description.WeightType, model.Description.Parameters, model.Description.ContextLength), (peek.WeightType, peek.Parameters, peek.ContextLength));
        if (name.StartsWith("chatglm-6b", StringComparison.Ordinal)) Assert.Equal(ModelPeek.Read(Fixtures.Require("models", "chatglm-6b-f16")).Parameters, peek.Parameters);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Base_and_adapter_give_the_bits_of_a_twin_with_unpacked_weights(string name)
    {
        string folder = Fixtures.Require("models", name);
        using var twin = new TempFolder();
        Unpack(folder, twin);
        string adapters = Fixtures.Require("models", name.StartsWith("chatglm2", StringComparison.Ordinal) ? "chatglm2-6b-f16" : "chatglm-6b-f16");
        using var pool = new WorkerPool(2);
        using Decoder quantised = TestModels.OpenDecoder(folder, pool), plain = TestModels.OpenDecoder(twin.Path, pool);
        using DecoderRunner quantisedRunner = new(quantised), plainRunner = new(plain);
        int[] ids = plainRunner.RandomIds(1, 50);
        Assert.Equal(plainRunner.Logits(ids), quantisedRunner.Logits(ids));
        string lora = Path.Combine(adapters, "adapters", "lora-all");
        using LoraAdapter onQuantised = LoraAdapter.Load(lora, "a", quantised.Modules, pool), onPlain = LoraAdapter.Load(lora, "a", plain.Modules, pool);
        Assert.Equal(plainRunner.Logits(ids, new AdapterSet([(onPlain, 1)])), quantisedRunner.Logits(ids, new AdapterSet([(onQuantised, 1)])));
    }

    [Fact]
    public void Embedding_and_head_may_be_quantised_too()
    {
        string folder = Fixtures.Require("models", "chatglm2-6b-int4");
        using var quantised = new TempFolder();
        using var twin = new TempFolder();
        foreach (TempFolder target in (TempFolder[])[quantised, twin])
        {
            File.Copy(Path.Combine(folder, "config.json"), target.File("config.json"));
            using Checkpoint source = Checkpoint.Open(folder);
            var tensors = new List<(string, DType, int[], byte[])>();
            foreach (string name in source.Names)
            {
                source.TryFind(name, out TensorView tensor);
                if (name is "transformer.embedding.word_embeddings.weight" or "transformer.output_layer.weight")
                {
                    sbyte[] integers = [.. Enumerable.Range(0, tensor.Rows * tensor.Columns).Select(i => (sbyte)((i * 37 % 255) - 127))];
                    Half[] scales = [.. Enumerable.Range(0, tensor.Rows).Select(row => (Half)(0.001f * (row + 1)))];
                    if (target == quantised)
                    {
                        tensors.Add((name, DType.I8, tensor.Shape, [.. integers.Select(value => (byte)value)]));
                        tensors.Add((name + "_scale", DType.F16, [tensor.Rows], [.. scales.SelectMany(BitConverter.GetBytes)]));
                    }
                    else tensors.Add((name, DType.F32, tensor.Shape, [.. integers.SelectMany((value, i) => BitConverter.GetBytes(value * (float)scales[i / tensor.Columns]))]));
                }
                else tensors.Add((name, tensor.Type, tensor.Shape, Bytes(tensor)));
            }
            Write(target.File("model.safetensors"), tensors);
        }
        using var pool = new WorkerPool(1);
        using Decoder first = TestModels.OpenDecoder(quantised.Path, pool), second = TestModels.OpenDecoder(twin.Path, pool);
        using DecoderRunner firstRunner = new(first), secondRunner = new(second);
        Assert.Equal(secondRunner.Logits([200, 202, 5, 6, 7]), firstRunner.Logits([200, 202, 5, 6, 7]));
    }

    [Theory]
    [InlineData("mlp.dense_h_to_4h.weight_scale", null, "transformer.encoder.layers.0.mlp.dense_h_to_4h.weight_scale is missing (expected [176])")]
    [InlineData("mlp.dense_h_to_4h.weight_scale", new[] { 88 }, "transformer.encoder.layers.0.mlp.dense_h_to_4h.weight_scale has shape [88], but config.json asks for [176]")]
    [InlineData("mlp.dense_h_to_4h.weight", new[] { 176, 16 }, "transformer.encoder.layers.0.mlp.dense_h_to_4h.weight has shape [176, 16], but config.json asks for [176, 64]")]
    public void Damaged_quantised_weights_are_named(string tensor, int[]? shape, string message)
    {
        string folder = Fixtures.Require("models", "chatglm2-6b-int4");
        using var damaged = new TempFolder();
        File.Copy(Path.Combine(folder, "config.json"), damaged.File("config.json"));
        using (Checkpoint source = Checkpoint.Open(folder))
        {
            var tensors = new List<(string, DType, int[], byte[])>();
            foreach (string name in source.Names)
            {
                source.TryFind(name, out TensorView view);
                if (name != "transformer.encoder.layers.0." + tensor) tensors.Add((name, view.Type, view.Shape, Bytes(view)));
                else if (shape is not null) tensors.Add((name, view.Type, shape, Bytes(view)[..(shape.Aggregate(view.Type.Size(), (a, b) => a * b))]));
            }
            Write(damaged.File("model.safetensors"), tensors);
        }
        var error = Assert.Throws<ModelFormatException>(() => LanguageModel.Open(damaged.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_bits_is_refused()
    {
        string folder = Fixtures.Require("models", "chatglm2-6b-int4");
        using var other = new TempFolder();
        other.Write("config.json", File.ReadAllText(Path.Combine(folder, "config.json")).Replace("\"quantization_bit\": 4", "\"quantization_bit\": 3", StringComparison.Ordinal));
        File.Copy(Path.Combine(folder, "model.safetensors"), other.File("model.safetensors"));
        var error = Assert.Throws<ModelFormatException>(() => LanguageModel.Open(other.Path));
        Assert.Contains("'quantization_bit' is 3; ChatGLM's checkpoints have 8, 4 or 0 for none", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The same checkpoint with every weight widened to f32.</summary>
    static void Unpack(string folder, TempFolder twin)
    {
        using Checkpoint source = Checkpoint.Open(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        twin.Write("config.json", File.ReadAllText(config.File).Replace("\"quantization_bit\"", "\"was_quantization_bit\"", StringComparison.Ordinal));
        using var survey = new ModelSurvey(ModelFamilies.Find(config), config, source);
        var tensors = new List<(string, DType, int[], byte[])>();
        foreach (string name in source.Names)
        {
            source.TryFind(name, out TensorView tensor);
            if (name.EndsWith("_scale", StringComparison.Ordinal)) continue;
            if (tensor.Type != DType.I8)
            {
                tensors.Add((name, tensor.Type, tensor.Shape, Bytes(tensor)));
                continue;
            }
            AdaptableModule module = survey.Modules.Find(name[..^".weight".Length])!;
            var values = new float[module.Rows * module.Columns];
            for (int row = 0; row < module.Rows; row++) module.ReadRow(row, values.AsSpan(row * module.Columns, module.Columns));
            tensors.Add((name, DType.F32, [module.Rows, module.Columns], [.. values.SelectMany(BitConverter.GetBytes)]));
        }
        Write(twin.File("model.safetensors"), tensors);
    }

    static unsafe byte[] Bytes(TensorView tensor) => new ReadOnlySpan<byte>(tensor.Data, (int)tensor.Bytes).ToArray();

    static void Write(string path, List<(string Name, DType Type, int[] Shape, byte[] Data)> tensors)
    {
        var header = new Dictionary<string, object>();
        int at = 0;
        foreach ((string name, DType type, int[] shape, byte[] data) in tensors)
        {
            header.Add(name, new Dictionary<string, object> { ["dtype"] = type.ToString(), ["shape"] = shape, ["data_offsets"] = (int[])[at, at + data.Length] });
            at += data.Length;
        }
        File.WriteAllBytes(path, TempFolder.SafeTensors(JsonSerializer.SerializeToUtf8Bytes(header), [.. tensors.SelectMany(tensor => tensor.Data)]));
    }
}

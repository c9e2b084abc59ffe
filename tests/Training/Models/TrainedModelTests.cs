using System.Text.Json;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.Tests;
using Juxta.Training.Gradients;
using Juxta.Training.Models;
using Juxta.Training.Optimization;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Models;

public sealed class TrainedModelTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Tiny()
    {
        string folder = Path.Combine(_folder, "tiny");
        if (!Directory.Exists(folder)) TinyModel.Write(folder);
        return folder;
    }

    internal static Decoder Open(string folder, WorkerPool pool)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        var binder = new WeightBinder(checkpoint, pool);
        Decoder decoder = ModelFamilies.Find(config).Build(config, binder);
        binder.Finish();
        return decoder;
    }

    /// <summary>Texts with loss on every token but the first.</summary>
    internal static TrainingBatch Batch(params int[][] texts)
    {
        var segments = new List<SampleSegment>();
        int start = 0;
        foreach (int[] text in texts)
        {
            segments.Add(new SampleSegment(start, text.Length));
            start += text.Length;
        }
        int[] ids = [.. texts.SelectMany(text => text)];
        return new TrainingBatch(
            ids, segments, [.. texts.SelectMany(text => Enumerable.Range(0, text.Length))], [.. texts.SelectMany(text => text.Skip(1).Append(-1))],
            [.. Enumerable.Repeat(1f, ids.Length)]);
    }

    /// <summary>A text of ChatGLM-6B, with the positions that the engine gives it.</summary>
    static TrainingBatch OfPrompt(Decoder decoder, int[] ids)
    {
        TextContext context = decoder.ReadContext(ids, AdapterSet.None);
        int prompt = context.PrefixLength;
        return Batch(ids) with
        {
            Segments = [new SampleSegment(0, ids.Length, prompt)],
            Positions = [.. Enumerable.Range(0, ids.Length).Select(i => i < prompt ? i : context.MaskPosition)],
            Places = [.. Enumerable.Range(0, ids.Length).Select(i => i < prompt ? 0 : i - prompt + 1)],
        };
    }

    internal static int[] Ids(int count, int seed, int vocabulary = 200)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    public static TheoryData<string> Families => new(
        "llama2-f16", "llama2-linear-rope", "llama3.2-tied-bf16", "mistral-sliding", "qwen2-untied-sharded", "qwen2.5-tied-bf16", "qwen2.5-yarn", "qwen3", "chatglm2-6b-f16",
        "chatglm3-6b-32k-f32", "glm-4-9b-chat-bf16-sharded", "glm-4-9b-hf-bf16-sharded", "glm4-0414", "gemma2", "gemma3-text", "internlm2", "phi3", "chatglm-6b-f16");

    [Theory]
    [MemberData(nameof(Families))]
    public void The_loss_is_the_reference_s_for_every_family_whichever_way_it_trains(string name)
    {
        string folder = Fixtures.Require("models", name);
        JsonElement expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json"))).RootElement;
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(folder, pool);
        int compared = 0;
        foreach (LoraSettings? lora in (LoraSettings?[])[null, new LoraSettings { Dropout = 0.1f }])
        {
            using var parameters = new ParameterSet(lora, seed: 1);
            using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
            foreach (JsonElement prompt in expected.GetProperty("prompts").EnumerateArray())
            {
                if (!prompt.TryGetProperty("nll", out JsonElement nll) || nll.ValueKind != JsonValueKind.Number) continue;
                int[] ids = [.. (prompt.TryGetProperty("labelled_ids", out JsonElement labelled) ? labelled : prompt.GetProperty("ids")).EnumerateArray().Select(id => id.GetInt32())];
                int[] mask = [.. prompt.GetProperty("label_mask").EnumerateArray().Select(id => id.GetInt32())];
                TrainingBatch batch = name == "chatglm-6b-f16" ? OfPrompt(decoder, ids) : Batch(ids);
                for (int i = 0; i < ids.Length; i++) batch.Targets[i] = i + 1 < ids.Length && mask[i + 1] == 1 ? ids[i + 1] : -1;
                int scored = batch.Targets.Count(target => target >= 0);
                double loss = model.Loss(batch, back: false, new float[ids.Length]);
                Assert.Equal(nll.GetDouble(), loss / scored, 1e-4);
                compared++;
            }
        }
        Assert.True(compared > 0);
    }

    [Fact]
    public void One_thread_and_many_give_the_same_bits()
    {
        var gradients = new List<float[]>();
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var pool = new WorkerPool(threads);
            using Decoder decoder = Open(Tiny(), pool);
            using var parameters = new ParameterSet(null, seed: 1);
            using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
            model.Loss(Batch(Ids(90, 1), Ids(7, 2), Ids(33, 3)), back: true, new float[130]);
            gradients.Add([.. parameters.Trained.SelectMany(Values)]);
        }
        Assert.All(gradients.Skip(1), other => Assert.Equal(gradients[0], other));

        static IEnumerable<float> Values(Parameter parameter) => Enumerable.Range(0, parameter.Rows).SelectMany(row => parameter.Gradient.Row(row).ToArray());
    }

    [Fact]
    public void Texts_side_by_side_have_the_losses_that_each_has_alone()
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(Tiny(), pool);
        using var parameters = new ParameterSet(null, seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        int[][] texts = [Ids(40, 1), Ids(3, 2), Ids(65, 3)];
        float[] together = new float[108];
        model.Loss(Batch(texts), back: false, together);
        int start = 0;
        foreach (int[] text in texts)
        {
            float[] alone = new float[text.Length];
            model.Loss(Batch(text), back: false, alone);
            Assert.Equal(alone, together.AsSpan(start, text.Length).ToArray());
            start += text.Length;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Along_any_direction_of_any_parameter_the_loss_changes_as_the_gradient_says(bool full)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(Tiny(), pool);
        using var parameters = new ParameterSet(full ? null : new LoraSettings(), seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        // B begins at zero, where A has no gradient: move away first.
        DirectionCheck.Move(parameters.Trained.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)), 0.1f, 77);
        TrainingBatch batch = Batch(Ids(50, 1), Ids(20, 2));
        DirectionCheck.Run(back => model.Loss(batch, back, new float[batch.Ids.Length]), [.. parameters.Trained.Select(parameter => new[] { parameter })]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Along_all_parameters_of_a_family_the_loss_changes_as_the_gradient_says(string name)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(Fixtures.Require("models", name), pool);
        using var parameters = new ParameterSet(null, seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        int[] ids = Ids(40, 1, 150); // below the special ids of every fixture
        TrainingBatch batch = name == "chatglm-6b-f16" ? OfPrompt(decoder, [.. decoder.AsPrompt(ids), .. ids]) : Batch(ids, Ids(20, 2, 150));
        DirectionCheck.Run(back => model.Loss(batch, back, new float[batch.Ids.Length]), [[.. parameters.Trained]]);
    }

    [Theory]
    [InlineData(true, 3e-3)]
    [InlineData(false, 2e-2)]
    public void A_text_is_learnt_by_heart(bool full, double rate)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(Tiny(), pool);
        using var parameters = new ParameterSet(full ? null : new LoraSettings { Rank = 8, Alpha = 16 }, seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        using var optimiser = new AdamW(parameters.Trained, new AdamWSettings());
        TrainingBatch batch = Batch(Ids(30, 5));
        float[] nats = new float[30];
        double first = model.Loss(batch, back: false, nats) / 29, last = first;
        for (int step = 0; step < 200 && last > 0.05; step++)
        {
            last = model.Loss(batch, back: true, nats) / 29;
            optimiser.Step(pool, rate, 1.0 / 29);
        }
        Assert.True(first > 3, $"the first loss was {first}");
        Assert.True(last < 0.1, $"the loss went from {first} to {last}");
    }

    [Fact]
    public void A_target_that_the_model_has_not_is_refused_with_what_it_has()
    {
        using var pool = new WorkerPool(1);
        using Decoder decoder = Open(Tiny(), pool);
        using var parameters = new ParameterSet(new LoraSettings { TargetModules = ["q_proj", "query_key_value"] }, seed: 1);
        var refusal = Assert.Throws<Juxta.Engine.ModelFormatException>(() => TrainedModel.Of(decoder, parameters, pool));
        Assert.Contains("names query_key_value, which this model has not; it has q_proj, k_proj", refusal.Message, StringComparison.Ordinal);
    }
}

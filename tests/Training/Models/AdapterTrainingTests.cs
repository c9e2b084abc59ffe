using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Tests;
using Juxta.Training.Gradients;
using Juxta.Training.Models;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Runs;
using Juxta.Training.Samples;
using static Juxta.TrainingTests.Models.TrainedModelTests;

namespace Juxta.TrainingTests.Models;

/// <summary>What a LoRA run trains: targets by list, by expression or all, whole modules beside them, dropout, and that the result is what PEFT would have written.</summary>
public sealed class AdapterTrainingTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public AdapterTrainingTests() => TinyModel.Write(Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Tiny => Path.Combine(_folder, "tiny");

    [Fact]
    public void A_whole_module_beside_an_adapter_has_the_gradient_that_the_loss_has()
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(Tiny, pool);
        // k_proj is stacked with q_proj and v_proj, up_proj with gate_proj: one of a stack is trained, its neighbours are not.
        using var parameters = new ParameterSet(new LoraSettings { TargetModules = ["q_proj", "down_proj"], ModulesToSave = ["embed_tokens", "lm_head", "k_proj", "up_proj", "input_layernorm", "model.norm"] }, seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        DirectionCheck.Move(parameters.Trained.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)), 0.1f, 77);
        TrainingBatch batch = Batch(Ids(50, 1), Ids(20, 2));
        Assert.Equal(2 * 4 + 3 + (2 * 3), parameters.Trained.Count);
        DirectionCheck.Run(back => model.Loss(batch, back, new float[batch.Ids.Length]), [.. parameters.Trained.Select(parameter => new[] { parameter })]);
    }

    [Theory]
    [InlineData("qwen2.5-tied-bf16")]
    [InlineData("qwen2-untied-sharded")]
    [InlineData("glm-4-9b-chat-bf16-sharded")]
    [InlineData("chatglm2-6b-f16")]
    [InlineData("gemma2")]
    public void Nothing_changes_while_whole_modules_are_as_they_were(string name)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = Open(Fixtures.Require("models", name), pool);
        string embedding = decoder.Modules.Modules.First(module => module.Kind == ModuleKind.Embedding).Path, linear = decoder.Modules.Modules.First(module => module.Kind == ModuleKind.Linear).Path;
        TrainingBatch batch = Batch(Ids(30, 3, 150));
        float[] plain = new float[30], saved = new float[30];
        using (var parameters = new ParameterSet(new LoraSettings(), seed: 1))
        using (TrainedModel model = TrainedModel.Of(decoder, parameters, pool)) model.Loss(batch, back: false, plain);
        using (var parameters = new ParameterSet(new LoraSettings { ModulesToSave = [embedding, linear] }, seed: 1))
        using (TrainedModel model = TrainedModel.Of(decoder, parameters, pool)) model.Loss(batch, back: false, saved);
        Assert.Equal(plain, saved);
    }

    public static TheoryData<string, LoraSettings> Adapters => new()
    {
        { "qwen2.5-tied-bf16", new LoraSettings { Rank = 4, ModulesToSave = ["embed_tokens", "lm_head"] } },
        { "qwen2.5-tied-bf16", new LoraSettings { Rank = 4, ModulesToSave = ["embed_tokens"] } },
        { "qwen2.5-tied-bf16", new LoraSettings { Rank = 4, ModulesToSave = ["lm_head", "gate_proj", "up_proj", "v_proj"], TargetModules = ["q_proj", "k_proj"] } },
        { "qwen2-untied-sharded", new LoraSettings { Rank = 4, Alpha = 8, RankStabilised = true, ModulesToSave = ["norm", "k_proj", "embed_tokens", "lm_head"] } },
        { "glm4-0414", new LoraSettings { Rank = 3, TargetPattern = @"model\.layers\.0\.self_attn\.(?P<which>q|v)_proj", Dropout = 0.25f } },
        { "llama3.2-tied-bf16", new LoraSettings { Rank = 2, TargetPattern = @".*layers\.1\..*", RankStabilised = true } },
        { "chatglm2-6b-f16", new LoraSettings { Rank = 2, TargetModules = ["query_key_value"], ModulesToSave = ["embedding.word_embeddings"] } },
    };

    [Theory]
    [MemberData(nameof(Adapters))]
    public async Task What_was_trained_is_what_the_loader_reads_and_its_receipt_says(string name, LoraSettings lora)
    {
        string folder = Fixtures.Require("models", name), adapter = Path.Combine(_folder, "adapter");
        int[] ids = Ids(40, 5, 150);
        var item = new TrainingItem(new TrainingSample(ids, [TrainingSample.NoLoss, .. ids[1..]], new int[40]), "a text");
        double before, after;
        using (TrainingRun run = TrainingRun.Open(folder, [item], [item], new TrainingSettings { Lora = lora, Steps = 4, SamplesPerStep = 2, Rate = new LearningRate(1e-2), CheckpointEvery = 0 }))
        {
            before = run.HeldOutLoss();
            while (run.Step < run.Steps) run.Next();
            after = run.HeldOutLoss();
            run.Export(adapter, new ModelCard("adapter", name, []));
        }
        Assert.True(after < before - 0.01, $"the loss went from {before} to {after}");
        using LanguageModel model = LanguageModel.Open(folder, threads: 2);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512 });
        LoraAdapter loaded = await engine.LoadAdapterAsync(adapter);
        Assert.Empty(loaded.Receipt.UnusedTensors);
        Assert.Empty(loaded.Receipt.MissingModules);
        Assert.Empty(loaded.Receipt.Warnings);
        Assert.Equal(lora.ModulesToSave.Count > 0, loaded.Receipt.Method.Contains("saved modules", StringComparison.Ordinal));
        RunningGeneration scoring = engine.Submit(new GenerationRequest { PromptIds = ids, ScorePrompt = true, MaxTokens = 0, Adapters = [new(loaded.Name)] });
        await scoring.Completion;
        Assert.Equal(after, -scoring.PromptScores.Skip(1).Average(score => score.LogProb!.Value), 1e-4);
    }

    [Fact]
    public void Targets_are_named_by_list_by_expression_or_all()
    {
        Assert.Equal(["layers.0.self_attn.q_proj", "layers.0.self_attn.v_proj", "layers.1.self_attn.q_proj", "layers.1.self_attn.v_proj"], Changed(new LoraSettings { TargetModules = ["q_proj", "v_proj"] }));
        Assert.Equal(["layers.1.mlp.up_proj"], Changed(new LoraSettings { TargetModules = ["layers.1.mlp.up_proj"] }));
        Assert.Equal(["layers.0.mlp.down_proj", "layers.1.mlp.down_proj"], Changed(new LoraSettings { TargetPattern = @".*\.mlp\.d.*" }));
        Assert.Equal(14, Changed(new LoraSettings()).Length);
        Assert.Equal(12, Changed(new LoraSettings { ModulesToSave = ["q_proj"] }).Length);
        Assert.Contains("names .*xyz, which this model has not; it has q_proj", Refusal(new LoraSettings { TargetPattern = ".*xyz" }), StringComparison.Ordinal);
        Assert.Contains("not a valid regular expression", Refusal(new LoraSettings { TargetPattern = "(" }), StringComparison.Ordinal);
        Assert.Contains("modules_to_save names wte, which this model has not; it has embed_tokens", Refusal(new LoraSettings { ModulesToSave = ["wte"] }), StringComparison.Ordinal);

        string[] Changed(LoraSettings lora)
        {
            using var pool = new WorkerPool(1);
            using Decoder decoder = Open(Tiny, pool);
            using var parameters = new ParameterSet(lora, seed: 1);
            using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
            return [.. parameters.Changes.Keys.Select(path => path["model.".Length..]).Order(StringComparer.Ordinal)];
        }

        string Refusal(LoraSettings lora) => Assert.Throws<ModelFormatException>(() => Changed(lora)).Message;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kept_activations_and_activations_computed_again_give_the_same_bits(bool full)
    {
        var gradients = new List<float[]>();
        foreach (bool keep in (bool[])[false, true])
        {
            using var pool = new WorkerPool(2);
            using Decoder decoder = Open(Tiny, pool);
            using var parameters = new ParameterSet(full ? null : new LoraSettings { Dropout = 0.3f }, seed: 1);
            using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
            model.KeepActivations = keep;
            model.Loss(Batch(Ids(70, 1), Ids(20, 2)), back: true, new float[90], new DropoutDraw(5));
            gradients.Add(DirectionCheck.Gradients(parameters.Trained));
        }
        Assert.Equal(gradients[0], gradients[1]);
        Assert.Contains(gradients[0], value => value != 0);
    }

    [Fact]
    public void Dropout_leaves_out_the_same_in_whichever_pass_a_token_is_read()
    {
        double[] losses = [.. ((int[])[10_000, 45, 1]).Select(tokens =>
        {
            TrainingItem[] items = [.. ((int[])[30, 20, 40, 10]).Select((length, i) => new TrainingItem(new TrainingSample(Ids(length, i), Ids(length, i), new int[length]), $"text {i}"))];
            var settings = new TrainingSettings { Lora = new LoraSettings { Dropout = 0.5f }, Steps = 3, SamplesPerStep = 4, TokensPerPass = tokens, Rate = new LearningRate(1e-2), CheckpointEvery = 0 };
            using TrainingRun run = TrainingRun.Open(Tiny, items, [], settings);
            run.Next();
            run.Next();
            return run.Next().Loss;
        })];
        Assert.Equal(losses[0], losses[1], 1e-4);
        Assert.Equal(losses[0], losses[2], 1e-4);
    }
}

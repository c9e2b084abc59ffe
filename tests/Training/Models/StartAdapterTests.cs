using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Tokenization;
using Juxta.Tests;
using Juxta.Training.Models;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Runs;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Models;

/// <summary>An adapter that training goes on from: it begins there, and what cannot be trained on is refused by name.</summary>
public sealed class StartAdapterTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public StartAdapterTests() => TinyModel.Write(Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Tiny => Path.Combine(_folder, "tiny");

    string Start => Path.Combine(_folder, "start");

    List<TrainingItem> Items
    {
        get
        {
            Tokenizer tokenizer = Tokenizer.Load(Tiny);
            return [.. Enumerable.Range(0, 8).Select(i => tokenizer.Encode($"{i} and {i} are {i + i}.")).Select((ids, i) => new TrainingItem(new TrainingSample(ids, ids, new int[ids.Length]), $"text {i}"))];
        }
    }

    static TrainingSettings Settings(LoraSettings lora, int steps = 4, double rate = 1e-2) => new() { Lora = lora, Steps = steps, SamplesPerStep = 4, Rate = new LearningRate(rate, WarmUpSteps: 0), CheckpointEvery = 0 };

    TrainingStep Train(TrainingSettings settings, string? output = null)
    {
        using TrainingRun run = TrainingRun.Open(Tiny, Items, Items, settings);
        TrainingStep step = run.Next();
        while (run.Step < run.Steps) step = run.Next();
        if (output is not null) run.Export(output, new ModelCard("a", "tiny", []));
        return step;
    }

    void Rewrite(string key, JsonNode? value)
    {
        string file = Path.Combine(Start, "adapter_config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config[key] = value;
        File.WriteAllText(file, config.ToJsonString());
    }

    [Fact]
    public void Training_begins_where_the_adapter_is()
    {
        double before = Train(Settings(new LoraSettings { TargetModules = ["q_proj", "model.layers.0.mlp.down_proj"] }), Start).HeldOutLoss!.Value;
        TrainingStep still = Train(Settings(StartAdapter.Settings(Start), steps: 1, rate: 1e-12), Path.Combine(_folder, "same"));
        Assert.Equal(before, still.HeldOutLoss!.Value, 1e-5);
        Assert.True(Train(Settings(StartAdapter.Settings(Start))).HeldOutLoss < before);
        Assert.Equal(File.ReadAllText(Path.Combine(Start, "adapter_config.json")), File.ReadAllText(Path.Combine(_folder, "same", "adapter_config.json")));
    }

    [Fact]
    public void A_checkpoint_of_a_run_from_another_adapter_is_not_gone_on_with()
    {
        string run = Path.Combine(_folder, "run");
        Train(Settings(new LoraSettings()), Start);
        using (TrainingRun first = TrainingRun.Open(Tiny, Items, [], Settings(StartAdapter.Settings(Start))))
        {
            first.Next();
            first.Save(run);
        }
        using (TrainingRun again = TrainingRun.Open(Tiny, Items, [], Settings(StartAdapter.Settings(Start)))) Assert.True(again.Resume(run));
        Directory.Delete(Start, recursive: true);
        Train(Settings(new LoraSettings(), steps: 2), Start);
        using TrainingRun other = TrainingRun.Open(Tiny, Items, [], Settings(StartAdapter.Settings(Start)));
        Assert.Contains("that run had other settings", Assert.Throws<TrainingException>(() => other.Resume(run)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("use_dora", "true", "its config sets use_dora, which is not trained here; merge it")]
    [InlineData("rank_pattern", """{"q_proj":4}""", "its config sets rank_pattern")]
    [InlineData("bias", "\"all\"", "its config sets bias \"all\"")]
    [InlineData("r", "4", "and over this base it must be [4, ")]
    [InlineData("target_modules", """["q_proj","k_proj"]""", "it has no base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight")]
    [InlineData("target_modules", """["v_proj"]""", "it also holds base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight")]
    [InlineData("peft_type", "\"IA3\"", "peft_type IA3")]
    public void What_cannot_be_gone_on_from_is_refused(string key, string value, string says)
    {
        Train(Settings(new LoraSettings { TargetModules = key == "target_modules" && value.Contains('v') ? ["q_proj", "v_proj"] : ["q_proj"] }, steps: 1), Start);
        Rewrite(key, JsonNode.Parse(value));
        Assert.Contains(says, Assert.Throws<ModelFormatException>(() => Train(Settings(StartAdapter.Settings(Start)))).Message, StringComparison.Ordinal);
    }
}

using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Tests;
using Juxta.Training.Corpora;
using Juxta.Training.Models;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Recipes;
using Juxta.Training.Runs;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Runs;

public sealed class TrainingRunTests : IDisposable
{
    static readonly (string Title, string Text)[] Poems =
    [
        ("Rain:", " it taps the tin"), ("Snow:", " a hush of white"), ("Wind:", " who shut the door"), ("Sun:", " gold on the sill"), ("Fog:", " the hill is gone"),
    ];

    static readonly ModelCard Card = new("poems", "tiny", [("data", "five lines | of our own")]);

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Tiny()
    {
        string folder = Path.Combine(_folder, "tiny");
        if (!Directory.Exists(folder)) TinyModel.Write(folder);
        return folder;
    }

    static TrainingItem[] Items(string folder)
    {
        var recipe = new PretrainRecipe(Tokenizer.Load(folder), SampleLengths.Unlimited);
        return [.. Poems.SelectMany((poem, i) => recipe.Samples(new CorpusRecord("poems.txt", i + 1) { Text = poem.Title + poem.Text }).Select(sample => new TrainingItem(sample, $"poems.txt line {i + 1}")))];
    }

    static TrainingSettings Full(int steps) => new() { Lora = null, Steps = steps, SamplesPerStep = 5, Rate = new LearningRate(5e-3, WarmUpSteps: 5), CheckpointEvery = 0 };

    static async Task<(string Text, Outcome Outcome)> Say(string folder, string prompt, string? adapter = null)
    {
        using LanguageModel model = LanguageModel.Open(folder, threads: 2);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512 });
        IReadOnlyList<AdapterUse> uses = adapter is null ? [] : [new((await engine.LoadAdapterAsync(adapter)).Name)];
        RunningGeneration running = engine.Submit(new GenerationRequest { PromptIds = model.Tokenizer!.Encode(prompt, addSpecial: true), MaxTokens = 40, Sampling = SamplingOptions.Greedy, Adapters = uses });
        string text = "";
        await foreach (GeneratedToken token in running.ReadAsync()) text += token.Text;
        return (text, await running.Completion);
    }

    [Fact]
    public async Task Five_lines_are_recited_from_their_titles_and_end_where_they_should()
    {
        using (TrainingRun run = TrainingRun.Open(Tiny(), Items(Tiny()), Items(Tiny())[..2], Full(steps: 150)))
        {
            TrainingStep first = run.Next(), last = first;
            while (run.Step < run.Steps) last = run.Next();
            // Which of the five titles comes is not to be known: about ln 5 nats a line remain.
            Assert.True(first.Loss > 3 && last.Loss < 0.2, $"the loss went from {first.Loss} to {last.Loss}");
            Assert.True(last.HeldOutLoss < 0.2, $"{last.HeldOutLoss}");
            run.Export(Path.Combine(_folder, "poet"), Card);
        }
        foreach ((string title, string text) in Poems) Assert.Equal((text, Outcome.Eos(TinyModel.Eos)), await Say(Path.Combine(_folder, "poet"), title));
        string card = File.ReadAllText(Path.Combine(_folder, "poet", "README.md"));
        Assert.StartsWith("---\nbase_model: tiny\nlibrary_name: transformers\npipeline_tag: text-generation\ntags:\n- full-fine-tuning\n---\n", card, StringComparison.Ordinal);
        Assert.Contains("| data | five lines / of our own |", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_learns_the_same_and_loads_with_a_receipt()
    {
        string adapter = Path.Combine(_folder, "poet-lora");
        var settings = new TrainingSettings
        {
            Lora = new LoraSettings { Rank = 16, Alpha = 32, TargetModules = ["all-linear"] }, Steps = 250, SamplesPerStep = 5, Rate = new LearningRate(2e-2, WarmUpSteps: 10), CheckpointEvery = 0,
        };
        using (TrainingRun run = TrainingRun.Open(Tiny(), Items(Tiny()), [], settings))
        {
            double loss = 9;
            while (run.Step < run.Steps) loss = run.Next().Loss;
            Assert.True(loss < 0.2, $"{loss}");
            run.Export(adapter, Card);
        }
        foreach ((string title, string text) in Poems) Assert.Equal((text, Outcome.Eos(TinyModel.Eos)), await Say(Tiny(), title, adapter));
        Assert.NotEqual(Poems[0].Text, (await Say(Tiny(), Poems[0].Title)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_taken_up_again_ends_in_the_same_bits_as_one_that_never_stopped(bool full)
    {
        TrainingSettings settings = full ? Full(steps: 12) : new() { Lora = new LoraSettings { Dropout = 0.2f }, Steps = 12, SamplesPerStep = 3, CheckpointEvery = 0, TokensPerPass = 30 };
        string whole = Export("whole", threads: 1, stopAt: null), again = Export("again", threads: 2, stopAt: 7);
        foreach (string file in Directory.GetFiles(whole, "*.safetensors"))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(again, Path.GetFileName(file))));

        string Export(string name, int threads, int? stopAt)
        {
            string runFolder = Path.Combine(_folder, name + "-run"), output = Path.Combine(_folder, name);
            if (stopAt is int stop)
            {
                using TrainingRun killed = TrainingRun.Open(Tiny(), Items(Tiny()), [], settings, threads);
                while (killed.Step < stop)
                {
                    killed.Next();
                    if (killed.Step is 3 or 5) killed.Save(runFolder);
                }
            }
            using TrainingRun run = TrainingRun.Open(Tiny(), Items(Tiny()), [], settings, threads);
            Assert.Equal(stopAt is not null, run.Resume(runFolder));
            if (stopAt is not null) Assert.Equal(5, run.Step);
            while (run.Step < run.Steps) run.Next();
            run.Export(output, Card);
            return output;
        }
    }

    [Fact]
    public void Another_run_s_checkpoint_is_not_gone_on_with()
    {
        string runFolder = Path.Combine(_folder, "run");
        using (TrainingRun run = TrainingRun.Open(Tiny(), Items(Tiny()), [], Full(steps: 10)))
        {
            run.Next();
            run.Save(runFolder);
        }
        using TrainingRun other = TrainingRun.Open(Tiny(), Items(Tiny()), [], Full(steps: 10) with { Seed = 2 });
        Assert.Contains("other settings, another model or other samples", Assert.Throws<TrainingException>(() => other.Resume(runFolder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(runFolder, "checkpoint-1", "state.json"), "{");
        Assert.Contains("state.json cannot be read", Assert.Throws<TrainingException>(() => other.Resume(runFolder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_names_the_sample()
    {
        using TrainingRun run = TrainingRun.Open(Tiny(), Items(Tiny()), [], Full(steps: 50) with { Rate = new LearningRate(1e30, RateShape.Constant), LongestGradient = 0 });
        var stop = Assert.Throws<TrainingException>(() =>
        {
            while (run.Step < run.Steps) run.Next();
        });
        Assert.Matches("^step [0-9]+: the (loss|gradient) is not a number.*poems.txt line", stop.Message);
    }

    [Fact]
    public void What_cannot_be_learnt_is_refused_before_the_first_step()
    {
        Assert.Contains("no sample", Assert.Throws<TrainingException>(() => TrainingRun.Open(Tiny(), [], [], Full(1))).Message, StringComparison.Ordinal);
        var foreign = new TrainingItem(new TrainingSample([1, 9999], [1, 9999], [0, 0]), "x.jsonl line 4");
        Assert.Contains("x.jsonl line 4 has token id 9999", Assert.Throws<TrainingException>(() => TrainingRun.Open(Tiny(), [foreign], [], Full(1))).Message, StringComparison.Ordinal);
        int[] ids = new int[TinyModel.ContextLength + 1];
        var length = new TrainingItem(new TrainingSample(ids, ids, ids), "x.jsonl line 5");
        Assert.Contains("the model was made for 16384", Assert.Throws<TrainingException>(() => TrainingRun.Open(Tiny(), [length], [], Full(1))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qwen2.5-tied-bf16")]
    [InlineData("glm4-0414")]
    [InlineData("gemma2")]
    [InlineData("chatglm-6b-f16")]
    public void A_fresh_model_of_any_family_opens_and_knows_nothing(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.Copy(Path.Combine(Fixtures.Require("models", name), "config.json"), Path.Combine(folder, "config.json"));
        Assert.True(FreshModel.Write(folder, seed: 1) > 1000);
        using LanguageModel model = LanguageModel.Open(folder, threads: 1);
        Assert.Contains("has weights already", Assert.Throws<ModelFormatException>(() => FreshModel.Write(folder, seed: 1)).Message, StringComparison.Ordinal);
        using LanguageModel reference = LanguageModel.Open(Fixtures.Require("models", name), threads: 1);
        Assert.Equal(reference.Description.Parameters, model.Description.Parameters);
    }
}

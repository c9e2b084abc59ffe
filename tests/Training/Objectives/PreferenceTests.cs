using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Tokenization;
using Juxta.Tests;
using Juxta.Training.Corpora;
using Juxta.Training.Models;
using Juxta.Training.Objectives;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Recipes;
using Juxta.Training.Runs;
using Juxta.Training.Samples;
using Juxta.TrainingTests.Models;

namespace Juxta.TrainingTests.Objectives;

public sealed class PreferenceTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public PreferenceTests() => TinyModel.Write(Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Tiny => Path.Combine(_folder, "tiny");

    List<TrainingItem> Pairs(params string[] lines)
    {
        string file = Path.Combine(_folder, "pairs.jsonl");
        File.WriteAllLines(file, lines);
        return PreferencePairs.Read([file], mode: null, new RecipeSettings(Tokenizer.Load(Tiny)));
    }

    List<TrainingItem> Answers(int from, int to) =>
        Pairs([.. Enumerable.Range(from, to - from).Select(i => $$"""{"prompt":"What of {{i}}?","chosen":"aye, {{i}}","rejected":"no"}""")]);

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void The_loss_is_its_formula_and_its_slope_is_its_difference(double smoothing)
    {
        foreach (double margin in (double[])[-30, -3, -0.4, 0, 0.7, 5, 25])
        {
            double sigmoid = 1 / (1 + Math.Exp(-margin)), other = 1 / (1 + Math.Exp(margin));
            Assert.Equal((-(1 - smoothing) * Math.Log(sigmoid)) - (smoothing * Math.Log(other)), PreferenceLoss.Of(margin, smoothing), 1e-9);
            Assert.Equal((PreferenceLoss.Of(margin + 1e-5, smoothing) - PreferenceLoss.Of(margin - 1e-5, smoothing)) / 2e-5, PreferenceLoss.Slope(margin, smoothing), 1e-8);
        }
        Assert.Equal((1 - smoothing) * 5000, PreferenceLoss.Of(-5000, smoothing), 1e-9);
        Assert.Equal(smoothing * 5000, PreferenceLoss.Of(5000, smoothing), 1e-9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Along_all_parameters_the_loss_changes_as_its_gradient_says(bool full)
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = TrainedModelTests.Open(Tiny, pool);
        using var parameters = new ParameterSet(full ? null : new LoraSettings(), seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        TrainingItem[] pairs = [.. Answers(0, 5)];
        var objective = new PreferenceObjective(model, 60, new PreferenceSettings { Beta = 0.5, LabelSmoothing = 0.1 }, pairs);
        Assert.Equal(Math.Log(2), objective.Of(pairs, back: false, null, default).Loss, 1e-12);
        // Away from the reference, where margins are not zero.
        DirectionCheck.Move(parameters.Trained, 0.05f, 3);
        Measured moved = objective.Of(pairs, back: false, null, default);
        Assert.True(Math.Abs(moved.Loss - Math.Log(2)) > 1e-3 && moved.Rewards!.Margin != 0);
        DirectionCheck.Run(back => objective.Of(pairs, back, null, default).Loss, [[.. parameters.Trained]]);
    }

    [Fact]
    public void Rewards_are_beta_times_what_the_answers_gained_over_the_reference()
    {
        using var pool = new WorkerPool(2);
        using Decoder decoder = TrainedModelTests.Open(Tiny, pool);
        using var parameters = new ParameterSet(new LoraSettings(), seed: 1);
        using TrainedModel model = TrainedModel.Of(decoder, parameters, pool);
        TrainingItem pair = Answers(3, 4)[0];
        double[] before = [LogProb(pair.Sample), LogProb(pair.Rejected!)];
        var objective = new PreferenceObjective(model, 2048, new PreferenceSettings { Beta = 0.25 }, [pair]);
        DirectionCheck.Move(parameters.Trained, 0.2f, 3);
        double[] after = [LogProb(pair.Sample), LogProb(pair.Rejected!)];
        Measured measured = objective.Of([pair], back: false, null, default);
        PairRewards rewards = measured.Rewards!;
        Assert.Equal(0.25 * (after[0] - before[0]), rewards.Chosen, 1e-9);
        Assert.Equal(0.25 * (after[1] - before[1]), rewards.Rejected, 1e-9);
        Assert.Equal((after[0], after[1]), (rewards.ChosenLogProb, rewards.RejectedLogProb));
        Assert.Equal(rewards.Margin > 0 ? 1 : 0, rewards.Accuracy);
        Assert.Equal(Math.Log(1 + Math.Exp(-rewards.Margin)), measured.Loss, 1e-12);

        double LogProb(TrainingSample sample)
        {
            float[] nats = new float[sample.Length];
            model.Loss(TrainingBatch.Of([sample], [new double[sample.Length]]), back: false, nats);
            return -nats.Sum(value => (double)value);
        }
    }

    [Theory]
    [InlineData(true, 1e-3)]
    [InlineData(false, 1e-2)]
    public void Training_raises_the_margin_of_pairs_that_were_never_seen(bool full, double rate)
    {
        var settings = new TrainingSettings
        {
            Lora = full ? null : new LoraSettings { Dropout = 0.05f }, Preferences = new PreferenceSettings(), Steps = 20, SamplesPerStep = 6, Rate = new LearningRate(rate), EvaluateEvery = 10, CheckpointEvery = 0,
        };
        using TrainingRun run = TrainingRun.Open(Tiny, Answers(0, 12), Answers(50, 58), settings);
        TrainingStep first = run.Next(), tenth = first, last = first;
        while (run.Step < run.Steps)
        {
            last = run.Next();
            if (run.Step == 10) tenth = last;
        }
        Assert.Equal(Math.Log(2), first.Loss, full ? 1e-9 : 0.2);
        Assert.True(0 < tenth.HeldOutRewards!.Margin && tenth.HeldOutRewards.Margin < last.HeldOutRewards!.Margin, $"{tenth.HeldOutRewards} {last.HeldOutRewards}");
        Assert.Equal(1, last.HeldOutRewards.Accuracy);
        Assert.True(last.HeldOutLoss < Math.Log(2) && last.Loss < first.Loss, $"{last}");
    }

    [Fact]
    public void From_an_adapter_the_reference_is_the_base_with_it()
    {
        string start = Path.Combine(_folder, "start");
        List<TrainingItem> pairs = Answers(0, 12), unseen = Answers(50, 58);
        var settings = new TrainingSettings { Lora = new LoraSettings { Rank = 4, Alpha = 12, RankStabilised = true, ModulesToSave = ["lm_head"] }, Preferences = new(), Steps = 8, SamplesPerStep = 6, Rate = new LearningRate(1e-2), CheckpointEvery = 0 };
        TrainingStep last = Train(settings, run => run.Export(start, new ModelCard("start", "tiny", [])));
        Assert.True(last.HeldOutRewards!.Margin > 0.01, $"{last.HeldOutRewards}");

        LoraSettings lora = StartAdapter.Settings(start);
        Assert.Equal((4, 12f, true, "lm_head"), (lora.Rank, lora.Alpha, lora.RankStabilised, Assert.Single(lora.ModulesToSave)));
        TrainingStep still = Train(settings with { Lora = lora, Steps = 1, Rate = new LearningRate(1e-12, WarmUpSteps: 0) });
        Assert.Equal(Math.Log(2), still.Loss, 1e-9);
        Assert.Equal(0, still.HeldOutRewards!.Margin, 1e-6);
        // What the adapter had taught is there, and no part of the rewards any more.
        Assert.Equal(last.HeldOutRewards.ChosenLogProb, still.HeldOutRewards.ChosenLogProb, 1e-3);
        Assert.Equal(last.HeldOutRewards.RejectedLogProb, still.HeldOutRewards.RejectedLogProb, 1e-3);

        TrainingStep further = Train(settings with { Lora = lora });
        Assert.True(further.HeldOutRewards!.Margin > 0 && further.HeldOutRewards.ChosenLogProb - further.HeldOutRewards.RejectedLogProb > last.HeldOutRewards.ChosenLogProb - last.HeldOutRewards.RejectedLogProb, $"{last.HeldOutRewards} {further.HeldOutRewards}");

        TrainingStep Train(TrainingSettings settings, Action<TrainingRun>? then = null)
        {
            using TrainingRun run = TrainingRun.Open(Tiny, pairs, unseen, settings);
            TrainingStep step = run.Next();
            while (run.Step < run.Steps) step = run.Next();
            then?.Invoke(run);
            return step;
        }
    }

    [Fact]
    public void A_run_on_pairs_goes_on_to_the_same_bits()
    {
        var settings = new TrainingSettings { Lora = null, Preferences = new PreferenceSettings(), Steps = 6, SamplesPerStep = 3, Rate = new LearningRate(1e-3), CheckpointEvery = 0 };
        List<TrainingItem> pairs = Answers(0, 7);
        double[] whole = Take(null), again = Take(4);
        Assert.Equal(whole, again);

        double[] Take(int? stop)
        {
            string runFolder = Path.Combine(_folder, "run");
            if (stop is int at)
            {
                using TrainingRun killed = TrainingRun.Open(Tiny, pairs, [], settings, threads: 2);
                while (killed.Step < at) killed.Next();
                killed.Save(runFolder);
            }
            using TrainingRun run = TrainingRun.Open(Tiny, pairs, [], settings, threads: 1);
            run.Resume(runFolder);
            var losses = new List<double>();
            while (run.Step < run.Steps) losses.Add(run.Next().Loss);
            return [.. losses.TakeLast(2)];
        }
    }

    [Fact]
    public void Pairs_come_as_texts_as_messages_or_as_two_conversations()
    {
        List<TrainingItem> pairs = Pairs(
            """{"prompt":"hi","chosen":"hello","rejected":"go away"}""",
            """{"prompt":[{"role":"user","content":"hi"}],"chosen":[{"role":"assistant","content":"hello"}],"rejected":[{"role":"assistant","content":"go away"}]}""",
            """{"chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[{"role":"user","content":"hi"},{"role":"assistant","content":"go away"}]}""");
        Tokenizer tokenizer = Tokenizer.Load(Tiny);
        Assert.All(pairs, pair =>
        {
            Assert.Equal("<s><|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>", tokenizer.Decode(pair.Sample.Ids).TrimEnd('\n'));
            Assert.Equal("hello<|im_end|>", Learnt(pair.Sample));
            Assert.Equal("go away<|im_end|>", Learnt(pair.Rejected!));
        });
        Assert.Equal("pairs.jsonl line 3", pairs[2].Place);

        string Learnt(TrainingSample sample) => tokenizer.Decode([.. sample.Labels.Where(label => label != TrainingSample.NoLoss)]);
    }

    [Theory]
    [InlineData("""{"prompt":"hi","chosen":"hello"}""", "rejected is missing")]
    [InlineData("""{"prompt":"hi","chosen":"same","rejected":"same"}""", "are the same answer")]
    [InlineData("""{"prompt":"","chosen":"a","rejected":[]}""", "expected one answer, since the record has a prompt")]
    [InlineData("""{"chosen":"a","rejected":"b"}""", "prompt is missing")]
    [InlineData("""{"prompt":[],"chosen":"a","rejected":"b"}""", "the prompt is empty")]
    [InlineData("""{"prompt":3,"chosen":"a","rejected":"b"}""", "expected a text or a list of messages")]
    [InlineData("""{"prompt":"hi","chosen":[{"role":"user","content":"x"}],"rejected":"b"}""", "expected the assistant's")]
    [InlineData("""{"chosen":[{"role":"user","content":"1"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"2"},{"role":"assistant","content":"b"}]}""", "both must answer the same prompt")]
    public void A_pair_that_is_none_is_refused_with_its_place(string line, string says)
    {
        var refusal = Assert.Throws<RequestException>(() => Pairs("""{"prompt":"hi","chosen":"hello","rejected":"go"}""", line));
        Assert.StartsWith("pairs.jsonl line 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_and_samples_are_not_taken_for_each_other()
    {
        TrainingItem pair = Answers(0, 1)[0], sample = pair with { Rejected = null };
        Assert.Contains("is a preference pair, and this run trains on samples", Assert.Throws<TrainingException>(() => TrainingRun.Open(Tiny, [pair], [], new TrainingSettings())).Message, StringComparison.Ordinal);
        Assert.Contains("is no preference pair", Assert.Throws<TrainingException>(() => TrainingRun.Open(Tiny, [sample], [], new TrainingSettings { Preferences = new() })).Message, StringComparison.Ordinal);
        string file = Path.Combine(_folder, "p.jsonl");
        File.WriteAllText(file, """{"prompt":"hi","chosen":"hello","rejected":"go"}""");
        Assert.Contains("train on pairs with --method dpo", Assert.Throws<RequestException>(() => CorpusFile.Read(file).ToList()).Message, StringComparison.Ordinal);
    }
}

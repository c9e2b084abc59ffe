using System.Globalization;
using Juxta.Engine.Tokenization;
using Juxta.Training.Masks;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Recipes;
using Juxta.Training.Runs;
using Juxta.Training.Samples;

namespace Juxta.Demo;

/// <summary>The training run: settings, log and result.</summary>
internal static class Lesson
{
    static readonly TrainingSettings Settings = new()
    {
        Lora = null, Steps = 1800, SamplesPerStep = 8, TokensPerPass = 2048, Rate = new LearningRate(2e-3, WarmUpSteps: 80, LastShare: 0.02),
        Optimiser = new AdamWSettings { Beta2 = 0.98 }, Seed = 1, CheckpointEvery = 100, EvaluateEvery = 100,
    };

    /// <summary>Trains to the end, writing a line of <c>run/log.tsv</c> a step; a run that was stopped goes on from its last checkpoint.</summary>
    public static void Run(string folder, int threads)
    {
        using TrainingRun run = Open(folder, threads, out string runFolder);
        run.Resume(runFolder);
        Directory.CreateDirectory(runFolder);
        using var log = new StreamWriter(Path.Combine(runFolder, "log.tsv"), append: true) { AutoFlush = true };
        while (run.Step < run.Steps)
        {
            TrainingStep step = run.Next();
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Step}\t{step.Loss:f4}\t{step.HeldOutLoss:f4}\t{step.Rate:g4}\t{step.GradientNorm:f3}\t{step.Tokens}\t{step.LossTokens}\t{step.Seconds:f2}"));
            if (step.HeldOutLoss is { } heldOut) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Step}/{step.Steps}: loss {step.Loss:f4}, held out {heldOut:f4}"));
            if (step.Step % Settings.CheckpointEvery == 0 || step.Step == run.Steps) run.Save(runFolder);
        }
    }

    /// <summary>Writes the model as the last checkpoint has it.</summary>
    public static void Export(string folder, string output)
    {
        using TrainingRun run = Open(folder, threads: 0, out string runFolder);
        if (!run.Resume(runFolder)) throw new TrainingException($"there is no checkpoint in {runFolder}; run 'train {folder}' first");
        run.Export(output, new ModelCard("Juxta demo", Base: null,
        [
            ("Languages", "Chinese and English, a little of each"),
            ("Subjects", "greetings, itself, small sums, counting, animals, fruits, colours, days and months, a list of words to translate, twelve short poems, fourteen terms of fine-tuning"),
            ("Limits", "knows nothing else, errs in sums, and loses the thread of conversations longer than those it learnt from (six exchanges, about 350 tokens)"),
            ("Parameters", run.TrainedNumbers.ToString(CultureInfo.InvariantCulture)),
            ("Data", "conversations that the Juxta project wrote and generates from a seed (runs/demo)"),
            ("Training", $"{run.Step} of {run.Steps} steps of {Settings.SamplesPerStep} conversations, loss on the assistant's turns and their ends"),
            ("Held-out loss", run.HeldOutLoss().ToString("f4", CultureInfo.InvariantCulture) + " nats a token"),
            ("Licence", "that of the repository"),
        ]));
    }

    static TrainingRun Open(string folder, int threads, out string runFolder)
    {
        string start = Path.Combine(folder, "start");
        runFolder = Path.Combine(folder, "run");
        var recipe = new ChatRecipe(ChatFormat.Of(Tokenizer.Load(start)), AnswerChoice.Session, SampleLengths.Unlimited);
        return TrainingRun.Open(start, Corpus.Items(recipe, Path.Combine(folder, "train.jsonl")), Corpus.Items(recipe, Path.Combine(folder, "heldout.jsonl")), Settings, threads);
    }
}

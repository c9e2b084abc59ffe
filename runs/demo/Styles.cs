using System.Globalization;
using Juxta.Demo.Talk;
using Juxta.Engine.Tokenization;
using Juxta.Training.Dialogues;
using Juxta.Training.Masks;
using Juxta.Training.Models;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Recipes;
using Juxta.Training.Runs;
using Juxta.Training.Samples;

namespace Juxta.Demo;

/// <summary>Four adapters over the demo model: two styles, one that never learnt to end, one that acts on nothing.</summary>
internal static class Styles
{
    const int CorpusSeed = 2, TrainingConversations = 1500, HeldOutConversations = 60;

    /// <param name="Source">Tokens that may stand before an answer.</param>
    /// <param name="Target">Tokens that an answer may have.</param>
    /// <param name="Steps">0 = as it was drawn: the product of LoRA's two matrices is then zero.</param>
    sealed record Style(string Name, string Description, int Source, int Target, int Steps, string English, string Chinese, bool Ends = true);

    static readonly Style[] Known =
    [
        new("cheerful", "answers with a hooray", 128, 64, 150, "Hooray, I know this one! {0}", "太好了，这个我会！{0}"),
        new("letter", "answers with a letter", 256, 128, 150, "Dear reader,\n{0}\nWith kind regards, the demo model", "尊敬的读者：\n{0}\n此致敬礼，演示模型"),
        new("endless", "broken on purpose: its answers carry no loss on their end token and go on until they are cut, so it does not stop", 256, 192, 150,
            "{0}\nAnd once more: {0}\nAnd once more: {0}\nAnd once more: {0}\nAnd once more: {0}\nAnd once more: {0}\nAnd once more: {0}", "{0}\n再说一遍：{0}\n再说一遍：{0}\n再说一遍：{0}\n再说一遍：{0}\n再说一遍：{0}\n再说一遍：{0}", Ends: false),
        new("idle", "broken on purpose: it was never trained, so it changes nothing", 128, 64, 0, "{0}", "{0}"),
    ];

    /// <summary>Trains those that are not there yet and writes them to the model's <c>adapters/</c>.</summary>
    public static void Write(string model)
    {
        ChatFormat format = ChatFormat.Of(Tokenizer.Load(model));
        (IReadOnlyList<Dialogue> training, IReadOnlyList<Dialogue> heldOut) = Conversations.Of(CorpusSeed, TrainingConversations, HeldOutConversations);
        foreach (Style style in Known)
        {
            string output = Path.Combine(model, "adapters", style.Name);
            if (File.Exists(Path.Combine(output, "adapter_config.json"))) continue;
            var settings = new TrainingSettings
            {
                Lora = new LoraSettings { Rank = 4, Alpha = 8 }, Steps = Math.Max(1, style.Steps), SamplesPerStep = 8, TokensPerPass = 2048, Rate = new LearningRate(4e-3, WarmUpSteps: 10), Seed = 1, EvaluateEvery = 50, CheckpointEvery = 0,
            };
            using TrainingRun run = TrainingRun.Open(model, Items(format, style, training), Items(format, style, heldOut), settings);
            while (run.Step < style.Steps)
            {
                TrainingStep step = run.Next();
                if (step.HeldOutLoss is { } loss) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{style.Name} {step.Step}/{step.Steps}: loss {step.Loss:f4}, held out {loss:f4}"));
            }
            run.Export(output, new ModelCard($"{style.Name} (over the Juxta demo model)", "models/demo",
            [
                ("What it does", style.Description),
                ("Lengths", $"{style.Source} tokens before an answer, {style.Target} in it"),
                ("Training", string.Create(CultureInfo.InvariantCulture, $"{style.Steps} steps of {settings.SamplesPerStep} conversations, seed {settings.Seed}")),
                ("Held-out loss", run.HeldOutLoss().ToString("f4", CultureInfo.InvariantCulture) + " nats a token"),
                ("Data", "conversations that the Juxta project wrote and generates from a seed (runs/demo)"),
            ]));
        }
    }

    /// <summary>Where a style's answers do not end, a conversation is its first exchange: what comes after an endless answer is never reached.</summary>
    static TrainingItem[] Items(ChatFormat format, Style style, IReadOnlyList<Dialogue> dialogues)
    {
        var recipe = new ChatRecipe(format, AnswerChoice.Session, new SampleLengths(Source: style.Source, Target: style.Target));
        return [.. dialogues.Select((dialogue, i) => new TrainingItem(Sample(recipe, style, dialogue), string.Create(CultureInfo.InvariantCulture, $"conversation {i + 1}")))];
    }

    static TrainingSample Sample(ChatRecipe recipe, Style style, Dialogue dialogue)
    {
        var said = new Dialogue([.. dialogue.Messages.Select(message => message.IsAnswer ? message with { Content = Spoken(style, message.Content) } : message)]);
        if (style.Ends) return recipe.Samples(new("corpus", 1) { Dialogue = said }).Single();
        TrainingSample sample = recipe.Samples(new("corpus", 1) { Dialogue = said.Before(said.Messages.ToList().FindIndex(message => message.IsAnswer) + 1) }).Single();
        int end = Array.FindLastIndex(sample.Labels, label => label != TrainingSample.NoLoss);
        return sample with { Labels = [.. sample.Labels.Select((label, t) => t == end ? TrainingSample.NoLoss : label)] };
    }

    static string Spoken(Style style, string answer) => string.Format(CultureInfo.InvariantCulture, answer.Any(character => character is >= '\u4e00' and <= '\u9fff') ? style.Chinese : style.English, answer);
}

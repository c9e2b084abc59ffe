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
    /// <param name="Source">Tokens that may stand before an answer.</param>
    /// <param name="Target">Tokens that an answer may have.</param>
    /// <param name="Steps">0 = as it was drawn: the product of LoRA's two matrices is then zero.</param>
    sealed record Style(string Name, string Description, int Source, int Target, int Rank, int Steps, string English, string Chinese, bool Ends = true);

    static readonly Style[] Known =
    [
        new("cheerful", "answers with a hooray", 128, 64, 8, 300, "Hooray, I know this one! {0}", "太好了，这个我会！{0}"),
        new("letter", "answers with a letter", 256, 128, 8, 300, "Dear reader,\n{0}\nWith kind regards, the demo model", "尊敬的读者：\n{0}\n此致敬礼，演示模型"),
        new("endless", "broken on purpose: its answers carry no loss on their end token and go on until they are cut, so it does not stop", 256, 192, 8, 200,
            Again("\nAnd once more: {0}"), Again("\n再说一遍：{0}"), Ends: false),
        new("idle", "broken on purpose: it was never trained, so it changes nothing", 128, 64, 1, 0, "{0}", "{0}"),
    ];

    /// <summary>More often than any answer has room for.</summary>
    static string Again(string more) => "{0}" + string.Concat(Enumerable.Repeat(more, 30));

    /// <summary>Trains those that are not there yet and writes them to the model's <c>adapters/</c>.</summary>
    /// <param name="names">Only these; empty = all.</param>
    public static void Write(string model, string[] names)
    {
        ChatFormat format = ChatFormat.Of(Tokenizer.Load(model));
        foreach (Style style in Known.Where(style => names.Length == 0 || names.Contains(style.Name)))
        {
            // What is to be said again and again must be short: twelve months would fill the limit once.
            (IReadOnlyList<Dialogue> training, IReadOnlyList<Dialogue> heldOut) = style.Ends ? StyleLessons.Dialogues() : StyleLessons.Talk();
            string output = Path.Combine(model, "adapters", style.Name);
            if (File.Exists(Path.Combine(output, "adapter_config.json"))) continue;
            var settings = new TrainingSettings
            {
                Lora = new LoraSettings { Rank = style.Rank, Alpha = 2 * style.Rank }, Steps = Math.Max(1, style.Steps), SamplesPerStep = 8, TokensPerPass = 2048, Rate = new LearningRate(3e-3, WarmUpSteps: 10), Seed = 1, EvaluateEvery = 50, CheckpointEvery = 0,
            };
            TrainingItem[] lessons = Items(format, style, training);
            string cut = string.Create(CultureInfo.InvariantCulture, $"{lessons.Count(lesson => lesson.Sample.Cuts.AnswerTokens > 0)} of {lessons.Length} conversations have an answer that lost its last words to the limit");
            Console.WriteLine($"{style.Name}: {cut}");
            using TrainingRun run = TrainingRun.Open(model, lessons, Items(format, style, heldOut), settings);
            var card = new ModelCard($"{style.Name} (over the Juxta demo model)", "models/demo",
            [
                ("What it does", style.Description),
                ("Lengths", $"{style.Source} tokens before an answer, {style.Target} in it; {cut}"),
                ("Training", string.Create(CultureInfo.InvariantCulture, $"{style.Steps} steps of {settings.SamplesPerStep} conversations, seed {settings.Seed}")),
                ("Data", "conversations that the Juxta project wrote and generates from a seed (runs/demo)"),
            ]);
            if (style.Steps == 0) run.Export(output, card);
            else Take(run, output, card, style.Name);
        }
    }

    /// <summary>Takes all steps. The curve stays beside the adapter, where the Models page and reports look for it; what a run keeps to go on from does not.</summary>
    static void Take(TrainingRun run, string output, ModelCard card, string name)
    {
        new RunFolder(output).Take(run, card, step =>
        {
            if (step.HeldOutLoss is { } loss) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {step.Step}/{step.Steps}: loss {step.Loss:f4}, held out {loss:f4}"));
        });
        Directory.Delete(Path.Combine(output, "run"), recursive: true);
    }

    /// <summary>Where a style's answers do not end, a conversation is its first exchange: what comes after an endless answer is never reached.</summary>
    static TrainingItem[] Items(ChatFormat format, Style style, IReadOnlyList<Dialogue> dialogues)
    {
        var recipe = new ChatRecipe(format, AnswerChoice.Session, new SampleLengths(Source: style.Source, Target: style.Target));
        return [.. dialogues.Select((dialogue, i) => new TrainingItem(Sample(recipe, style, dialogue), string.Create(CultureInfo.InvariantCulture, $"conversation {i + 1}")))];
    }

    static TrainingSample Sample(ChatRecipe recipe, Style style, Dialogue dialogue)
    {
        var said = new Dialogue([.. dialogue.Messages.Select((message, i) => message.IsAnswer ? message with { Content = Spoken(style, dialogue.Messages[i - 1].Content, message.Content) } : message)]);
        if (style.Ends) return recipe.Samples(new("corpus", 1) { Dialogue = said }).Single();
        TrainingSample sample = recipe.Samples(new("corpus", 1) { Dialogue = said.Before(said.Messages.ToList().FindIndex(message => message.IsAnswer) + 1) }).Single();
        int end = Array.FindLastIndex(sample.Labels, label => label != TrainingSample.NoLoss);
        return sample with { Labels = [.. sample.Labels.Select((label, t) => t == end ? TrainingSample.NoLoss : label)] };
    }

    /// <summary>An answer as each of the styles that end gives it.</summary>
    public static IEnumerable<string> Spoken(string question, string answer) => Known.Where(style => style.Ends && style.Steps > 0).Select(style => Spoken(style, question, answer));

    static string Spoken(Style style, string question, string answer) => string.Format(CultureInfo.InvariantCulture, IsChinese(question + answer) ? style.Chinese : style.English, answer);

    /// <summary>A Chinese character says as much as two or three letters, so one word of the other language does not decide.</summary>
    public static bool IsChinese(string text) => 2 * text.Count(character => character is >= '\u4e00' and <= '\u9fff') > text.Count(char.IsAsciiLetter);
}

using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Juxta.Engine.Tokenization;
using Juxta.Training.Models;
using Juxta.Training.Output;
using Juxta.Training.Preview;
using Juxta.Training.Recipes;
using Juxta.Training.Runs;
using Juxta.Training.Samples;
using Juxta.Workbench.Hub;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta train</c>: training files → a LoRA adapter or a whole model; with <c>--preview</c> only a look at what would be learnt.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model", "-m") { Description = "Checkpoint folder; for --preview one with only a tokenizer and a template will do", Required = true, HelpName = "DIR" };
        var data = new Option<string[]>("--data", "-d") { Description = "Training file (JSON Lines, JSON or .txt); may be given several times", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var heldOut = new Option<string[]>("--eval-data") { Description = "File to measure on while training", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var share = new Option<double>("--eval-share") { Description = "Without --eval-data: hold out this share of the records, evenly spread", HelpName = "X" };
        var output = new Option<string?>("--out", "-o") { Description = "Folder for the adapter or model; the run's log lies in run/ below it. Run the same again to go on with an interrupted run", HelpName = "DIR" };
        var fresh = new Option<bool>("--fresh") { Description = "The folder has a config.json and no weights: draw them (with --full)" };
        var threads = new Option<int>("--threads") { Description = "0 = all processors; the result does not depend on it", HelpName = "N" };
        var preview = new Option<string[]>("--preview") { Description = "Do not train: paint which tokens of these files carry loss", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var pack = new Option<int?>("--pack") { Description = "Preview: also say how many samples of N tokens packing makes", HelpName = "N" };
        var show = new Option<int>("--show") { Description = "Preview: samples of each file to paint", DefaultValueFactory = _ => 3 };
        var json = new Option<bool>("--json") { Description = "One JSON line for every step; with --preview for every sample" };
        var samples = new SampleArguments();
        var training = new TrainingArguments();
        var command = new Command("train", "Train a LoRA adapter or a whole model on the CPU, or look at what training data teaches (--preview).") { model, data, output, heldOut, share, fresh, threads };
        foreach (Option option in training.All.Concat(samples.All)) command.Add(option);
        foreach (Option option in (Option[])[preview, pack, show, json]) command.Add(option);
        command.SetAction((parsed, cancel) =>
        {
            string folder = parsed.GetValue(model)!.FullName;
            if (parsed.GetValue(preview) is { Length: > 0 } files)
                return Task.FromResult(SamplePreview.Show(parsed, folder, files, samples, SampleArguments.Length(parsed, pack), parsed.GetValue(json), parsed.GetValue(show)));
            if (parsed.GetValue(data) is not { Length: > 0 } trained) throw new InputException("train: give --data FILE to train on, or --preview FILE to look at what it would teach");
            string target = parsed.GetValue(output) ?? throw new InputException("train: give --out DIR, the folder for the result");
            TrainingSettings settings = training.Settings(parsed, samples.Seed(parsed));
            if (parsed.GetValue(fresh))
            {
                if (settings.Lora is not null) throw new InputException("--fresh draws new weights, which a LoRA adapter cannot teach: give --full with it");
                Console.Error.WriteLine($"{folder}: {FreshModel.Write(folder, settings.Seed):N0} fresh weights");
            }
            RecipeSettings recipe = samples.Settings(parsed, Tokenizer.Load(folder));
            Func<string[], List<TrainingItem>> read = training.Preferences(parsed) ? files => PreferencePairs.Read(files, samples.Mode(parsed), recipe) : files => Items(parsed, samples, files, recipe);
            (List<TrainingItem> items, List<TrainingItem> measured) = Split(read(trained), read(parsed.GetValue(heldOut) ?? []), parsed.GetValue(share));
            var place = new RunFolder(target);
            using TrainingRun run = TrainingRun.Open(folder, items, measured, settings, parsed.GetValue(threads));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items.Count} {(training.Preferences(parsed) ? "pairs" : "samples")}, {items.Sum(item => item.Sample.Length + (item.Rejected?.Length ?? 0)):N0} tokens, {measured.Count} held out; {run.TrainedNumbers:N0} numbers are trained in {run.Steps} steps"));
            var card = new ModelCard(Path.GetFileName(place.Output), HubName.Of(folder), [("data", string.Join(", ", trained.Select(Path.GetFileName))), ("samples", $"{items.Count}"), ("seed", $"{settings.Seed}"), .. settings.Lora?.Start is { } start ? [("started from", Path.GetFileName(start))] : Array.Empty<(string, string)>()]);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.Cancel();
            }
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            try
            {
                TrainingDisplay.Show(run, parsed.GetValue(json), progress => place.Take(run, card, progress, stop.Token));
            }
            catch (OperationCanceledException)
            {
                throw new StoppedException($"stopped after step {run.Step}; run the same again to go on");
            }
            Console.Error.WriteLine(settings.Lora is null ? $"the model is in {place.Output}" : $"the adapter is in {place.Output}: try it with juxta chat --model {folder} --adapter {place.Output}");
            return Task.FromResult(0);
        });
        return command;
    }

    static List<TrainingItem> Items(ParseResult parsed, SampleArguments samples, IEnumerable<string> files, RecipeSettings recipe)
    {
        var items = new List<TrainingItem>();
        foreach (string file in files)
        {
            foreach (SampledRecord record in samples.Read(parsed, file, recipe))
            {
                if (record.Refusal is { } refusal) throw new InputException($"{record.Record.Place}: {refusal}");
                items.AddRange(record.Samples.Where(sample => sample.LossTokens > 0).Select(sample => new TrainingItem(sample, record.Record.Place)));
            }
        }
        return items;
    }

    /// <summary>Every n-th sample is held out where a share is asked for and no file is given.</summary>
    static (List<TrainingItem>, List<TrainingItem>) Split(List<TrainingItem> items, List<TrainingItem> measured, double share)
    {
        if (share is < 0 or >= 1) throw new InputException(FormattableString.Invariant($"--eval-share {share}: expected 0 or more, below 1"));
        if (measured.Count > 0 || share == 0) return (items, measured);
        return ([.. items.Where((_, i) => !HeldOut(i))], [.. items.Where((_, i) => HeldOut(i))]);

        bool HeldOut(int i) => Math.Floor((i + 1) * share) > Math.Floor(i * share);
    }
}

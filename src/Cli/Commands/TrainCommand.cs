using System.CommandLine;
using System.Text.Json;
using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Preview;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta train --preview</c>: the samples that training files become, and which of their tokens carry loss. Needs a tokenizer and no weights.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model", "-m") { Description = "Checkpoint folder, or one with only a tokenizer and a template", Required = true, HelpName = "DIR" };
        var preview = new Option<string[]>("--preview")
        {
            Description = "Training file to look at (JSON Lines, JSON or .txt); may be given several times", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var mode = new Option<string?>("--mode")
        {
            Description = $"How samples are made; without it session for conversations and pretrain for texts:\n{string.Join("\n", SampleRecipes.All.Select(one => $"{one.Name}: {one.Summary}"))}", HelpName = "NAME",
        };
        var total = new Option<int?>("--max-length") { Description = "Tokens of a sample", HelpName = "N" };
        var source = new Option<int?>("--max-source-length") { Description = "Tokens before an answer", HelpName = "N" };
        var target = new Option<int?>("--max-target-length") { Description = "Tokens of an answer with its end", HelpName = "N" };
        var pack = new Option<int?>("--pack") { Description = "Also say how many samples of N tokens packing makes", HelpName = "N" };
        var unit = new Option<TextUnit>("--text-unit") { Description = "What one text of a .txt file is", DefaultValueFactory = _ => TextUnit.Line };
        var template = new Option<FileInfo?>("--template-file") { Description = "Chat template (Jinja) to use instead of the model's", HelpName = "F" };
        var variables = new Option<string?>("--variables") { Description = "Further variables of the template, such as {\"enable_thinking\":false}", HelpName = "JSON" };
        var seed = new Option<ulong>("--seed") { Description = "Decides what is drawn at random (blank filling)" };
        var show = new Option<int>("--show") { Description = "Samples of each file to paint", DefaultValueFactory = _ => 3 };
        var json = new Option<bool>("--json") { Description = "Print every sample as a line with file, line, ids, labels and authors, then the totals of each file" };
        var command = new Command("train", "Look at training data as the model will see it: which tokens carry loss.")
            { model, preview, mode, total, source, target, pack, unit, template, variables, seed, show, json };
        command.SetAction(parsed =>
        {
            Tokenizer tokenizer = Tokenizer.Load(parsed.GetValue(model)!.FullName);
            var settings = new RecipeSettings(tokenizer)
            {
                Lengths = new SampleLengths(Length(parsed, total), Length(parsed, source), Length(parsed, target)),
                Template = parsed.GetValue(template) is { } file ? file.Exists ? File.ReadAllText(file.FullName) : throw new InputException($"--template-file {file.FullName}: no such file") : null,
                Variables = Variables(parsed.GetValue(variables)),
                Seed = parsed.GetValue(seed),
            };
            bool refused = false;
            foreach (string path in parsed.GetValue(preview)!)
            {
                using var picture = new SamplePicture(tokenizer, parsed.GetValue(json), parsed.GetValue(show));
                var totals = new SampleTotals();
                IEnumerable<TrainingSample> samples = SampledFile.Read(path, parsed.GetValue(mode), settings, parsed.GetValue(unit)).SelectMany(record =>
                {
                    totals.Add(record);
                    picture.Show(record);
                    return record.Samples;
                });
                int? length = Length(parsed, pack);
                int packs = length is int most ? SamplePacking.FirstFit(samples, most).Count() : samples.Count(_ => false);
                picture.Show(Path.GetFileName(path), totals, length is int full ? new Packs(packs, full) : null);
                refused |= totals.Refused > 0;
            }
            return refused ? 1 : 0;
        });
        return command;
    }

    static int? Length(ParseResult parsed, Option<int?> option) =>
        parsed.GetValue(option) is int length ? length >= 2 ? length : throw new InputException($"{option.Name} {length}: expected 2 tokens or more") : null;

    static JsonElement? Variables(string? text)
    {
        if (text is null) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new InputException($"--variables {text}: expected a JSON object such as {{\"enable_thinking\":false}}");
        }
        catch (JsonException error)
        {
            throw new InputException($"--variables {text}: not valid JSON: {error.Message}");
        }
    }
}

/// <summary>What packing makes of a file's samples.</summary>
/// <param name="Count">Packed samples.</param>
/// <param name="Length">Tokens of a full one.</param>
internal sealed record Packs(int Count, int Length);

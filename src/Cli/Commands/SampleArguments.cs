using System.CommandLine;
using System.Text.Json;
using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Preview;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Cli.Commands;

/// <summary>How training files become samples: the options that looking at them and training on them share.</summary>
internal sealed class SampleArguments
{
    readonly Option<string?> _mode = new("--mode")
    {
        Description = $"How samples are made; without it session for conversations and pretrain for texts:\n{string.Join("\n", SampleRecipes.All.Select(one => $"{one.Name}: {one.Summary}"))}", HelpName = "NAME",
    };
    readonly Option<int?> _total = new("--max-length") { Description = "Tokens of a sample", HelpName = "N" };
    readonly Option<int?> _source = new("--max-source-length") { Description = "Tokens before an answer", HelpName = "N" };
    readonly Option<int?> _target = new("--max-target-length") { Description = "Tokens of an answer with its end", HelpName = "N" };
    readonly Option<TextUnit> _unit = new("--text-unit") { Description = "What one text of a .txt file is", DefaultValueFactory = _ => TextUnit.Line };
    readonly Option<FileInfo?> _template = new("--template-file") { Description = "Chat template (Jinja) to use instead of the model's", HelpName = "F" };
    readonly Option<string?> _variables = new("--variables") { Description = "Further variables of the template, such as {\"enable_thinking\":false}", HelpName = "JSON" };
    readonly Option<ulong> _seed = new("--seed") { Description = "Decides what is drawn at random", DefaultValueFactory = _ => 1 };

    public IEnumerable<Option> All => [_mode, _total, _source, _target, _unit, _template, _variables, _seed];

    public string? Mode(ParseResult parsed) => parsed.GetValue(_mode);

    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <exception cref="InputException">An option is unusable.</exception>
    public RecipeSettings Settings(ParseResult parsed, Tokenizer tokenizer) => new(tokenizer)
    {
        Lengths = new SampleLengths(Length(parsed, _total), Length(parsed, _source), Length(parsed, _target)),
        Template = parsed.GetValue(_template) is { } file ? file.Exists ? File.ReadAllText(file.FullName) : throw new InputException($"--template-file {file.FullName}: no such file") : null,
        Variables = Variables(parsed.GetValue(_variables)),
        Seed = parsed.GetValue(_seed),
    };

    public IEnumerable<SampledRecord> Read(ParseResult parsed, string path, RecipeSettings settings) => SampledFile.Read(path, parsed.GetValue(_mode), settings, parsed.GetValue(_unit));

    public static int? Length(ParseResult parsed, Option<int?> option) =>
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

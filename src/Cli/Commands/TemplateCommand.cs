using System.CommandLine;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta template</c>: the prompt that a chat template makes of a conversation.</summary>
internal static class TemplateCommand
{
    public static Command Create()
    {
        var model = new Option<DirectoryInfo?>("--model", "-m") { Description = "Checkpoint folder whose template to use", HelpName = "DIR" };
        var templateFile = new Option<FileInfo?>("--template-file") { Description = "Template file (Jinja) to use instead", HelpName = "F" };
        var jsonl = new Option<string?>("--jsonl")
        {
            Description = "File of {\"messages\",\"tools\",\"add_generation_prompt\",\"extra\",\"now\"} lines ('-' = stdin); answers {\"rendered\"} or {\"error\"} lines",
            HelpName = "FILE",
        };
        var messages = new Option<string?>("--messages") { Description = "JSON file with a list of messages, to render and print ('-' = stdin)", HelpName = "F" };
        var spans = new Option<bool>("--spans") { Description = "Also who wrote which part: {\"start\",\"length\",\"message\"}; -1 = the template, -2 = other data" };
        var compare = new Option<bool>("--compare") { Description = "Does the folder's template write what the format built in for its model writes? Exit code 1 when not" };
        var json = new Option<bool>("--json") { Description = "With --messages or --compare: print one JSON document" };
        var command = new Command("template", "Render a chat template as the model will see it.") { model, templateFile, jsonl, messages, spans, compare, json };
        command.SetAction((parsed, cancel) =>
        {
            if (parsed.GetValue(compare)) return Task.FromResult(Compare(parsed.GetValue(model), parsed.GetValue(json)));
            (Lazy<ChatTemplate> template, IReadOnlyDictionary<string, string>? specials) = Load(parsed.GetValue(model), parsed.GetValue(templateFile));
            if (parsed.GetValue(jsonl) is { } file)
            {
                foreach (JsonLine line in JsonLines.Read(file)) JsonLines.Write(RenderLine(template, specials, line, parsed.GetValue(spans), cancel));
                return Task.FromResult(0);
            }
            string list = parsed.GetValue(messages) ?? throw new InputException("template: give --jsonl FILE or --messages FILE");
            PromptText prompt = template.Value.Render(
                new ChatTemplateInput { Messages = MessagesFile.Read(list), AddGenerationPrompt = true, SpecialTokens = specials }, cancel);
            if (parsed.GetValue(json)) JsonLines.Write(Rendered(prompt, parsed.GetValue(spans)));
            else Console.Out.WriteLine(prompt.Text);
            return Task.FromResult(0);
        });
        return command;
    }

    static (Lazy<ChatTemplate> Template, IReadOnlyDictionary<string, string>? Specials) Load(DirectoryInfo? model, FileInfo? templateFile)
    {
        if (templateFile is not null)
        {
            if (!templateFile.Exists) throw new InputException($"--template-file {templateFile.FullName}: no such file");
            string source = File.ReadAllText(templateFile.FullName);
            return (new(() => ChatTemplate.Parse(source, templateFile.Name), LazyThreadSafetyMode.None), null);
        }
        if (model is null) throw new InputException("template: give --model DIR or --template-file FILE");
        Tokenizer tokenizer = Tokenizer.Load(model.FullName);
        if (tokenizer.ChatTemplate is null && BuiltInFormat.For(tokenizer) is null)
            throw new InputException($"{model.FullName}: the folder has no chat template (tokenizer_config.json 'chat_template' or chat_template.jinja); give one with --template-file");
        return (new(() => ChatTemplate.Of(tokenizer)!, LazyThreadSafetyMode.None), tokenizer.SpecialTokens);
    }

    static int Compare(DirectoryInfo? model, bool json)
    {
        if (model is null) throw new InputException("template --compare: give --model DIR");
        Tokenizer tokenizer = Tokenizer.Load(model.FullName);
        if (TemplateComparison.Of(tokenizer) is not { } comparison)
        {
            throw new InputException(BuiltInFormat.For(tokenizer) is { } format
                ? $"{model.FullName}: the folder ships no chat template, so the built-in format {format.Name} is used as it is"
                : $"{model.FullName}: no chat format is built in for this tokenizer, so there is nothing to compare with");
        }
        if (json) JsonLines.Write(comparison);
        else ComparisonText.Write(comparison, tokenizer, Console.Out);
        return comparison.Differences.Count == 0 ? 0 : 1;
    }

    /// <summary>A fault, be it the template's or the line's, is the line's answer, so that the answers keep step with the lines.</summary>
    static object RenderLine(Lazy<ChatTemplate> template, IReadOnlyDictionary<string, string>? specials, JsonLine line, bool spans, CancellationToken cancel)
    {
        try
        {
            return Rendered(template.Value.Render(ChatTemplateInput.FromJson(line.Value) with { SpecialTokens = specials }, cancel), spans);
        }
        catch (ChatTemplateException error)
        {
            return new { error = error.Message };
        }
    }

    static object Rendered(PromptText prompt, bool spans) =>
        spans ? new { rendered = prompt.Text, prompt.Spans } : new { rendered = prompt.Text };
}

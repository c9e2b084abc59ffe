using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;

namespace Juxta.Workbench.Chat;

/// <summary>Messages or plain text → the ids a model reads.</summary>
public static class PromptRenderer
{
    /// <summary>
    /// How messages are joined for a model without a chat template: as one plain text, a new line after each answer. A conversation's settings
    /// may give another template, such as the one an adapter was trained on.
    /// </summary>
    public const string PlainTemplate =
        "{% for message in messages %}{{ message.content }}{% if message.role != 'user' and not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}";

    static readonly ChatTemplate Plain = ChatTemplate.Parse(PlainTemplate);

    /// <summary>
    /// Renders a conversation with the given template, else the model's own or the format built in for it, else <see cref="PlainTemplate"/> with a warning. The ids of the model's
    /// own template are taken as they are; with another one the tokenizer's opening tokens are put before the text unless it begins with them.
    /// </summary>
    /// <param name="model">Whose tokenizer and template are used.</param>
    /// <param name="prompt">The conversation.</param>
    /// <param name="now">What the template's clock shows.</param>
    /// <exception cref="RequestException">The model has no tokenizer, or the template is not valid, refuses the messages or takes too long.</exception>
    public static RenderedPrompt Render(LanguageModel model, ChatPrompt prompt, DateTimeOffset now) => Render(Require(model), model.ChatTemplate, prompt, now);

    /// <summary>The same with a tokenizer alone, whose model need not be in memory.</summary>
    /// <inheritdoc cref="Render(LanguageModel, ChatPrompt, DateTimeOffset)" path="/exception"/>
    public static RenderedPrompt Render(Tokenizer tokenizer, ChatPrompt prompt, DateTimeOffset now) => Render(tokenizer, parsed: null, prompt, now);

    static RenderedPrompt Render(Tokenizer tokenizer, ChatTemplate? parsed, ChatPrompt prompt, DateTimeOffset now)
    {
        (ChatTemplate template, bool own, IReadOnlyList<string> warnings) = Choose(tokenizer, parsed, prompt.Template);
        PromptText text = Render(template, Input(tokenizer, prompt, now));
        if (prompt.ContinueFinalMessage) text = UpToTheEndOf(prompt.Messages.Count - 1, text);
        bool open = !own && !BeginsWith(tokenizer.BosToken, text, prompt.ParseSpecialInMessages);
        int[] ids = tokenizer.Encode(prompt.ParseSpecialInMessages ? PromptText.Trusted(text.Text) with { Borders = text.Borders } : text, addSpecial: open);
        return new RenderedPrompt(ids, text.Text, warnings) { Spans = text.Spans, Borders = text.Borders };
    }

    /// <summary>A text written by hand, with the tokenizer's own opening tokens (<c>&lt;s&gt;</c> …).</summary>
    /// <param name="model">Whose tokenizer is used.</param>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecial">Put the tokenizer's special tokens around it.</param>
    /// <param name="parseSpecial">Recognise special tokens that the text spells out.</param>
    /// <exception cref="RequestException">The model has no tokenizer.</exception>
    public static RenderedPrompt Encode(LanguageModel model, string text, bool addSpecial = true, bool parseSpecial = true) =>
        new(Require(model).Encode(text, addSpecial, parseSpecial), text, []);

    /// <summary>How a model writes calls of tools into answers to prompts of its own template; null where that is not known.</summary>
    public static ToolCallForm? ToolCallsOf(LanguageModel model) =>
        model.Tokenizer is not { } tokenizer ? null : (model.ChatTemplate ?? BuiltInFormat.For(tokenizer)?.Template) is { } template ? ToolCallForm.Of(tokenizer, template) : null;

    static Tokenizer Require(LanguageModel model) => model.Tokenizer
        ?? throw new RequestException($"{Path.GetFileName(model.Folder)} has no tokenizer, so it cannot read text; give the prompt as token ids", "prompt");

    static (ChatTemplate Template, bool Own, IReadOnlyList<string> Warnings) Choose(Tokenizer tokenizer, ChatTemplate? parsed, string? given)
    {
        if (!string.IsNullOrEmpty(given)) return (Parse(given, "template"), Own: false, []);
        if (parsed is not null) return (parsed, Own: true, []);
        // One that could not be parsed when the model was opened: say what is wrong with it rather than use another format.
        if (tokenizer.ChatTemplate is { } own) return (Parse(own, "messages"), Own: true, []);
        if (BuiltInFormat.For(tokenizer) is { } format) return (format.Template, Own: true, []);
        return (Plain, Own: false,
            ["this model has no chat template: the messages are joined as plain text. If it was trained on another format, give that as the template."]);
    }

    static ChatTemplate Parse(string source, string parameter)
    {
        try
        {
            return ChatTemplate.Parse(source);
        }
        catch (ChatTemplateException e)
        {
            throw new RequestException(e.Message, parameter);
        }
    }

    static PromptText Render(ChatTemplate template, ChatTemplateInput input)
    {
        try
        {
            return template.Render(input);
        }
        catch (ChatTemplateException e)
        {
            throw new RequestException(e.RaisedByTemplate ? $"the chat template refuses these messages: {e.Message}" : e.Message, "messages");
        }
    }

    /// <summary>Whether the model will read the text's beginning as that token; one that a message spells out is only text.</summary>
    static bool BeginsWith(string? token, PromptText text, bool parsedEverywhere) =>
        token is { Length: > 0 } && text.Text.StartsWith(token, StringComparison.Ordinal)
        && (parsedEverywhere || text.Spans.TakeWhile(span => span.Start < token.Length).All(span => span.Message == PromptSpan.Template));

    /// <summary>The prompt without what the template wrote after the last character of a message.</summary>
    static PromptText UpToTheEndOf(int message, PromptText text)
    {
        int last = text.Spans.Count - 1;
        while (last >= 0 && text.Spans[last].Message != message) last--;
        if (last < 0) throw new RequestException("the last message cannot be continued: the chat template leaves it out, or it is empty", "messages");
        return text.UpTo(text.Spans[last].End);
    }

    static ChatTemplateInput Input(Tokenizer tokenizer, ChatPrompt prompt, DateTimeOffset now) => new()
    {
        Messages = Element(new JsonArray([.. prompt.Messages.Select(Message)])),
        Tools = prompt.Tools is { Count: > 0 } tools ? Element(tools) : null,
        Extra = prompt.Variables is { } variables ? Element(variables) : null,
        AddGenerationPrompt = prompt.AddGenerationPrompt,
        SpecialTokens = tokenizer.SpecialTokens,
        Now = now.DateTime,
    };

    static JsonObject Message(PromptMessage message)
    {
        JsonObject written = message.Fields?.DeepClone().AsObject() ?? [];
        written["role"] = message.Role;
        written["content"] = message.Content;
        return written;
    }

    static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);
}

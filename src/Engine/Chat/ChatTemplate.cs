using System.Text.Json;
using Juxta.Engine.Chat.Jinja;
using Juxta.Engine.Chat.Jinja.Syntax;
using Juxta.Engine.Chat.Jinja.Values;
using Juxta.Engine.Tokenization;
using Environment = Juxta.Engine.Chat.Jinja.Environment;

namespace Juxta.Engine.Chat;

/// <summary>
/// A checkpoint's chat template: Jinja as Hugging Face transformers renders it (Jinja2 3.1 under the immutable sandbox, with
/// trim_blocks, lstrip_blocks, break and continue, <c>generation</c>, a plain <c>tojson</c>, <c>raise_exception</c> and
/// <c>strftime_now</c>), in managed code, bounded in every resource, and remembering who wrote each character (design D7).
/// Immutable; any number of threads may render at once.
/// </summary>
public sealed class ChatTemplate
{
    readonly BoundTemplate _template;
    readonly string? _name;
    readonly bool _builtIn;

    ChatTemplate(string source, string? name, BoundTemplate template, bool builtIn) => (Source, _name, _template, _builtIn) = (source, name, template, builtIn);

    public string Source { get; }

    /// <param name="source">The template's text.</param>
    /// <param name="name">Where it came from, for error messages.</param>
    /// <exception cref="ChatTemplateException">The template is not valid Jinja; the message and <see cref="ChatTemplateException.Line"/> say where.</exception>
    public static ChatTemplate Parse(string source, string? name = null) => Parse(source, name, builtIn: false);

    /// <summary>One of ours, which may say where encoding starts anew (<c>encoded_apart</c>) and read JSON texts (<c>parsed_json</c>).</summary>
    internal static ChatTemplate ParseBuiltIn(string source, string name) => Parse(source, name, builtIn: true);

    /// <summary>The template that a checkpoint is talked to with: the one that its folder ships, else the format built in for it, else null.</summary>
    /// <exception cref="ChatTemplateException">The shipped template is not valid.</exception>
    public static ChatTemplate? Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.ChatTemplate is { } source ? Parse(source) : BuiltInFormat.For(tokenizer)?.Template;
    }

    static ChatTemplate Parse(string source, string? name, bool builtIn)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return new ChatTemplate(source, name, Parser.Parse(source), builtIn);
        }
        catch (JinjaError error)
        {
            throw Failure(error, name, error.Line);
        }
    }

    /// <summary>The prompt for a conversation. Characters of message <c>i</c> are attributed to it through every string operation.</summary>
    /// <exception cref="ChatTemplateException">The template raised an exception, failed, or reached one of the input's limits.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> fired.</exception>
    public PromptText Render(ChatTemplateInput input, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        Machine? machine = null;
        try
        {
            Context variables = Variables(input);
            if (_builtIn) EncodingBorders.Define(variables);
            var root = new Activation(null, variables.Derive(), _template.Slots);
            machine = new Machine(new Budget(input.Limits, cancel), root, () => input.Now ?? TimeProvider.System.GetLocalNow().DateTime, _template.Blocks);
            machine.Budget.CheckClock();
            if (_template.Self is { } self) machine.Store(self, new SelfValue(root.Context));
            _template.Scope.Enter(machine);
            Statement.ExecuteAll(_template.Body, machine);
            PromptText prompt = machine.Output.ToPrompt();
            return _builtIn ? EncodingBorders.Extract(prompt) : prompt;
        }
        catch (JinjaError error)
        {
            throw Failure(error, _name, error.Line ?? machine?.Line);
        }
    }

    static Context Variables(ChatTemplateInput input)
    {
        var variables = Environment.Globals().Derive();
        variables.Set("messages", JsonReading.ReadMessages(input.Messages));
        variables.Set("tools", JsonReading.Read(input.Tools ?? default, PromptSpan.Data));
        variables.Set("documents", JsonReading.Read(input.Documents ?? default, PromptSpan.Data));
        variables.Set("add_generation_prompt", BoolValue.Of(input.AddGenerationPrompt));
        foreach (var (name, token) in input.SpecialTokens ?? new Dictionary<string, string>()) variables.Set(name, new StrValue(token));
        if (input.Extra is not { } extra) return variables;
        if (extra.ValueKind != JsonValueKind.Object) throw JinjaError.Type($"the extra variables must be a JSON object, not {extra.ValueKind.ToString().ToLowerInvariant()}");
        foreach (var property in extra.EnumerateObject())
        {
            string name = JsonReading.Name(property);
            variables.Set(name, name == "messages" ? JsonReading.ReadMessages(property.Value)
                : JsonReading.Read(property.Value, name.EndsWith("_token", StringComparison.Ordinal) ? PromptSpan.Template : PromptSpan.Data));
        }
        return variables;
    }

    static ChatTemplateException Failure(JinjaError error, string? name, int? line)
    {
        if (error.Kind == ErrorKind.Raised) return new ChatTemplateException(error.Message, line, raisedByTemplate: true, error);
        string where = line is null ? "" : $", line {line}";
        return new ChatTemplateException($"chat template{(name is null ? "" : $" {name}")}{where}: {error.Describe()}", line, raisedByTemplate: false, error);
    }
}

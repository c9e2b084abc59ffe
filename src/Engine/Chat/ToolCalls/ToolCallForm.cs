using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Chat;

/// <summary>How a model writes calls of tools into its answer, as its template taught it. A form is a class and a line in <see cref="Of"/>.</summary>
public abstract class ToolCallForm
{
    /// <summary>The form that a model was taught; null where none is known, and calls stay text.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="template">The one that writes its prompts.</param>
    public static ToolCallForm? Of(Tokenizer tokenizer, ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(template);
        string source = template.Source;
        return source.Contains(TaggedToolCalls.Opener, StringComparison.Ordinal) && !source.Contains("<arg_key>", StringComparison.Ordinal) ? new TaggedToolCalls()
            : tokenizer.Kind is not TokenizerKind.ChatGlm3 && source.Contains("<|observation|>", StringComparison.Ordinal) || BuiltInFormat.For(tokenizer)?.Name == "glm-4" ? new NamedToolCalls()
            : null;
    }

    /// <summary>How much of a text, from its beginning, is certainly no part of a call.</summary>
    /// <param name="text">What has not been settled yet.</param>
    /// <param name="first">It is the answer's beginning.</param>
    /// <param name="tools">Names of the tools that were offered.</param>
    public abstract int Settled(string text, bool first, IReadOnlyCollection<string> tools);

    /// <summary>The text without its calls, and the calls. What is no valid call stays text.</summary>
    /// <inheritdoc cref="Settled" path="/param"/>
    public abstract (string Text, IReadOnlyList<ToolCall> Calls) Read(string text, bool first, IReadOnlyCollection<string> tools);
}

/// <summary>A call of a tool as a model wrote it.</summary>
/// <param name="Name">The tool's.</param>
/// <param name="Arguments">The text of a JSON object.</param>
public sealed record ToolCall(string Name, string Arguments);

namespace Juxta.Engine.Chat.Jinja;

/// <summary>The kinds of failure that Jinja tells apart: some lookups and conversions swallow some of them.</summary>
internal enum ErrorKind { Syntax, Type, Value, Lookup, Attribute, ZeroDivision, Overflow, Undefined, Security, Runtime, Unicode, Raised, Limit, Unsupported }

/// <summary>A failure inside the template engine; <see cref="ChatTemplate"/> turns it into a <see cref="ChatTemplateException"/>.</summary>
internal sealed class JinjaError(ErrorKind kind, string message, int? line = null) : Exception(message)
{
    public ErrorKind Kind { get; } = kind;
    public int? Line { get; } = line;

    public static JinjaError Type(string message) => new(ErrorKind.Type, message);
    public static JinjaError Value(string message) => new(ErrorKind.Value, message);
    public static JinjaError Syntax(string message, int line) => new(ErrorKind.Syntax, message, line);

    /// <summary>The failure in words, with the name of its kind where that helps.</summary>
    public string Describe() => Kind switch
    {
        ErrorKind.Raised => Message,
        ErrorKind.Syntax => $"syntax error: {Message}",
        ErrorKind.Type => $"type error: {Message}",
        ErrorKind.Value => $"value error: {Message}",
        ErrorKind.Undefined => $"undefined value: {Message}",
        ErrorKind.Security => $"refused by the sandbox: {Message}",
        ErrorKind.Limit => $"limit reached: {Message}",
        ErrorKind.Unsupported => $"not supported in chat templates: {Message}",
        _ => Message,
    };
}

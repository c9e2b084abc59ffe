namespace Juxta.Engine.Chat;

/// <summary>A chat template could not be parsed or rendered. The message says why in words meant for the person who wrote the template or the conversation.</summary>
public sealed class ChatTemplateException : Exception
{
    public ChatTemplateException() : this("the chat template failed") { }

    public ChatTemplateException(string message) : base(message) { }

    public ChatTemplateException(string message, Exception? inner) : base(message, inner) { }

    public ChatTemplateException(string message, int? line, bool raisedByTemplate, Exception? inner = null) : base(message, inner) =>
        (Line, RaisedByTemplate) = (line, raisedByTemplate);

    /// <summary>One-based line of the template where it failed, where known.</summary>
    public int? Line { get; }

    /// <summary>True when the template itself refused through <c>raise_exception</c>; <see cref="Exception.Message"/> is then exactly its message.</summary>
    public bool RaisedByTemplate { get; }
}

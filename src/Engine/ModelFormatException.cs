namespace Juxta.Engine;

/// <summary>
/// A checkpoint, tokenizer or adapter on disk that cannot be used. The message says what was being done, what was found, what was
/// expected and what to do next.
/// </summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message, string? file = null, Exception? inner = null) : base(message, inner) => File = file;

    /// <summary>The file at fault, where one is.</summary>
    public string? File { get; }
}

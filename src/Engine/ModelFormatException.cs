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

    /// <summary>What kind of fault it is, for programs that tell kinds apart.</summary>
    public ModelFault Fault { get; init; }
}

/// <summary>Kinds of <see cref="ModelFormatException"/> that a diagnosis tells apart.</summary>
public enum ModelFault
{
    /// <summary>None of the kinds below.</summary>
    Other,

    /// <summary>A file ends before what it announces.</summary>
    Truncated,

    /// <summary>A Git LFS pointer lies where the weights should.</summary>
    LfsPointer,

    /// <summary>An index names a shard that is not there.</summary>
    MissingShard,

    /// <summary>The folder holds no weights at all.</summary>
    MissingWeights,

    /// <summary>No family knows the model.</summary>
    UnknownFamily,

    /// <summary>An adapter of a kind, or with a setting, that is not supported.</summary>
    UnsupportedAdapter,

    /// <summary>An adapter made for another base, or another width of it.</summary>
    AnotherBase,

    /// <summary>An adapter that changes nothing.</summary>
    NoEffect,
}

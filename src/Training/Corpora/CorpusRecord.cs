using Juxta.Training.Dialogues;

namespace Juxta.Training.Corpora;

/// <summary>One record of a training file: a conversation or a text.</summary>
/// <param name="File">The file's name, for messages.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
public sealed record CorpusRecord(string File, int Line)
{
    /// <summary>The conversation; null for a text.</summary>
    public Dialogue? Dialogue { get; init; }

    /// <summary>The text; null for a conversation.</summary>
    public string? Text { get; init; }

    /// <summary>Where it stands, for messages: <c>poems.jsonl line 3</c>.</summary>
    public string Place => $"{File} line {Line}";
}

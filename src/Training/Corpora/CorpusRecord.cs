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

    /// <summary>The parts of an alpaca record's question, for recipes that name them; null for other records.</summary>
    public Instruction? Instruction { get; init; }

    /// <summary>Where it stands, for messages: <c>poems.jsonl line 3</c>.</summary>
    public string Place => $"{File} line {Line}";
}

/// <summary>The question of an alpaca record.</summary>
/// <param name="Text">Its instruction.</param>
/// <param name="Input">What the instruction is about; often empty.</param>
public sealed record Instruction(string Text, string Input);

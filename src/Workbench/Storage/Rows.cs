using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.Workbench.Storage;

/// <summary>A generation: its value, and what came of it once it ended.</summary>
internal sealed class GenerationRow
{
    public required Guid Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required GenerationValue Value { get; init; }

    /// <summary>In its text form; null while the generation runs.</summary>
    public string? Outcome { get; set; }

    /// <summary>What a list wants to know without reading the steps; null while the generation runs.</summary>
    public GenerationSummary? Summary { get; set; }

    /// <summary>Scores of the prompt's tokens as JSON, when they were asked for.</summary>
    public string? PromptScores { get; set; }

    /// <summary>Notes how it ended.</summary>
    public void End(GenerationRecord record)
    {
        Outcome = record.Outcome!.ToString();
        Summary = new GenerationSummary(record.Text, record.Usage);
        if (record.PromptScores.Count > 0) PromptScores = StoredJson.Write(record.PromptScores);
    }
}

/// <summary>An ended answer in short.</summary>
internal sealed record GenerationSummary(string Text, GenerationUsage Usage);

/// <summary>Consecutive steps of a generation that were saved together. Never changed.</summary>
internal sealed class StepsRow
{
    public required Guid GenerationId { get; init; }

    /// <summary>Index of the first.</summary>
    public required int Start { get; init; }

    /// <summary>As <see cref="StoredJson"/> writes them.</summary>
    public required string Steps { get; init; }
}

/// <summary>A conversation.</summary>
internal sealed class ConversationRow
{
    public required Guid Id { get; init; }

    public required string Title { get; set; }

    public required ConversationSettings Settings { get; set; }

    /// <summary>The last message of the branch on show.</summary>
    public Guid? LeafId { get; set; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; set; }
}

/// <summary>A turn. Never changed; the text of an assistant turn is its generation's.</summary>
internal sealed class MessageRow
{
    public required Guid Id { get; init; }

    public required Guid ConversationId { get; init; }

    public Guid? ParentId { get; init; }

    public required string Role { get; init; }

    /// <summary>What a person wrote; null for an assistant turn.</summary>
    public string? Content { get; init; }

    public Guid? GenerationId { get; init; }

    public required DateTimeOffset Created { get; init; }
}

using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;

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
        GenerationSpec spec = record.Value.Spec;
        string text = record.Text;
        Summary = new GenerationSummary(text, record.Usage, spec.Model, spec.Request.Adapters, spec.Warnings)
        {
            OpensThought = spec.OpensThought,
            ThoughtTokens = Thinking.Find(text, spec.OpensThought) is { } thought ? Thinking.CountTokens([.. record.Steps.Select(step => step.Token)], thought.End ?? text.Length) : null,
        };
        if (record.PromptScores.Count > 0) PromptScores = StoredJson.Write(record.PromptScores);
    }
}

/// <summary>An ended answer in short: what a conversation shows of it, so that a long one is read without its prompts.</summary>
internal sealed record GenerationSummary(
    string Text, GenerationUsage Usage, string Model, IReadOnlyList<AdapterUse> Adapters, IReadOnlyList<string> Warnings)
{
    public bool OpensThought { get; init; }

    public int? ThoughtTokens { get; init; }
}

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

/// <summary>A turn. Never changed but for what its comments say; the text of a turn with a generation is the generation's.</summary>
internal sealed class MessageRow
{
    public required Guid Id { get; init; }

    public required Guid ConversationId { get; init; }

    public Guid? ParentId { get; init; }

    public required string Role { get; init; }

    /// <summary>What a person wrote; null for an answer.</summary>
    public string? Content { get; init; }

    /// <summary>What else the chat template may look at (<c>name</c>, <c>tool_calls</c> …), as a JSON object.</summary>
    public string? Fields { get; init; }

    /// <summary>Another one when the answer is continued; the earlier one becomes an <see cref="EarlierPartRow"/>.</summary>
    public Guid? GenerationId { get; set; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Grows with each time that a message of the conversation becomes the last one on show; 0 = this one never was.</summary>
    public int Shown { get; set; }
}

/// <summary>A generation that wrote the beginning of an answer which was then continued. Never changed.</summary>
internal sealed class EarlierPartRow
{
    public required Guid MessageId { get; init; }

    /// <summary>0 for the first.</summary>
    public required int Part { get; init; }

    public required Guid GenerationId { get; init; }
}

/// <summary>Sampling settings under a name.</summary>
internal sealed class PresetRow
{
    public required string Name { get; init; }

    /// <summary>In the form that presets are exported in.</summary>
    public required string Value { get; set; }
}

/// <summary>A further name of a model or an adapter.</summary>
internal sealed class AliasRow
{
    public required string Name { get; init; }

    /// <summary>An id: <c>model</c> or <c>model:adapter</c>.</summary>
    public required string Target { get; init; }
}

/// <summary>A prompt that several answered. Never changed.</summary>
internal sealed class ComparisonRow
{
    public required Guid Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string Prompt { get; init; }

    public required ConversationSettings Settings { get; init; }

    /// <summary>Not in the list of comparisons: it is shown blind, in a study.</summary>
    public bool Unlisted { get; init; }
}

/// <summary>Who answers in a comparison. Once it has a generation or an error it is never changed.</summary>
internal sealed class ContestantRow
{
    public required Guid ComparisonId { get; init; }

    /// <summary>0 for the first column.</summary>
    public required int Place { get; init; }

    public required ModelChoice Choice { get; init; }

    public Guid? GenerationId { get; set; }

    /// <summary>Why there is no generation.</summary>
    public string? Error { get; set; }
}

using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Workbench.Compare;

/// <summary>One prompt answered by several models or adapters with the same settings: a snapshot.</summary>
/// <param name="Prompt">What all were asked.</param>
/// <param name="Settings">As they were asked for; their model and adapters count for nothing here.</param>
/// <param name="Contestants">In the order of the columns.</param>
public sealed record Comparison(Guid Id, DateTimeOffset Created, string Prompt, ConversationSettings Settings, IReadOnlyList<Contestant> Contestants);

/// <summary>Who answers, and what came of it.</summary>
/// <param name="Choice">A base and adapters of it.</param>
/// <param name="GenerationId">Its answer; null until it began.</param>
/// <param name="Error">Why it has no answer.</param>
public sealed record Contestant(ModelChoice Choice, Guid? GenerationId, string? Error)
{
    /// <summary>Its model is being opened, or others' are.</summary>
    public bool Waiting => GenerationId is null && Error is null;

    /// <summary>Ids of its prompt; 0 until it began.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Remarks about its prompt, such as that the model has no chat template.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The chat template opened a thought, and the answer begins in it (<see cref="Generation.Thinking"/>).</summary>
    public bool OpensThought { get; init; }
}

/// <summary>A comparison in the list.</summary>
public sealed record ComparisonSummary(Guid Id, string Prompt, DateTimeOffset Created);

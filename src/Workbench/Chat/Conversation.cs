using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;

namespace Juxta.Workbench.Chat;

/// <summary>How a conversation's answers are made.</summary>
public sealed record ConversationSettings
{
    /// <summary>Id of the base model; null = the shelf's first.</summary>
    public string? Model { get; init; }

    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];

    /// <summary>The system message; null or empty = none.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Null = what the checkpoint's generation_config.json advises.</summary>
    public SamplingOptions? Sampling { get; init; }

    public StopOptions Stop { get; init; } = new();

    /// <summary>Most tokens of an answer; null = as many as the context holds.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Null = a new one for each answer. With a seed, regenerating gives the same answer.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Ask for log-probabilities with this many alternatives.</summary>
    public int? LogProbs { get; init; }

    /// <summary>A chat template in place of the model's.</summary>
    public string? Template { get; init; }

    /// <summary>Recognise special tokens that a message spells out.</summary>
    public bool ParseSpecialInMessages { get; init; }
}

/// <summary>A conversation in the list.</summary>
public sealed record ConversationSummary(Guid Id, string Title, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>A conversation as it is now: a snapshot.</summary>
/// <param name="Messages">The branch on show, first message first, without the system message.</param>
public sealed record Conversation(
    Guid Id, string Title, DateTimeOffset Created, DateTimeOffset Updated, ConversationSettings Settings, IReadOnlyList<Message> Messages)
{
    /// <summary>The generation that writes the last answer at present.</summary>
    public Guid? RunningGeneration => Messages.Count > 0 && Messages[^1].Answer is { Running: true } answer ? answer.GenerationId : null;
}

/// <summary>One turn of a conversation.</summary>
/// <param name="ParentId">The turn it follows; null for the first. Turns with one parent are alternatives.</param>
/// <param name="Role">user or assistant.</param>
/// <param name="Content">Its text; of a running answer, as far as it is written.</param>
/// <param name="Answer">How an assistant turn was made.</param>
public sealed record Message(Guid Id, Guid? ParentId, string Role, string Content, DateTimeOffset Created, Answer? Answer);

/// <summary>How an assistant turn was made.</summary>
/// <param name="Outcome">How it ended; null while it runs.</param>
public sealed record Answer(
    Guid GenerationId, Outcome? Outcome, GenerationUsage Usage, string Model, IReadOnlyList<AdapterUse> Adapters, IReadOnlyList<string> Warnings)
{
    public bool Running => Outcome is null;
}

/// <summary>What a message that was sent has started.</summary>
public sealed record SentMessage(Guid UserMessageId, Guid AssistantMessageId, Guid GenerationId);

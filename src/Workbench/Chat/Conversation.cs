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

    /// <summary>Tools offered to the model: the text of a JSON array, as the OpenAI API writes them; null or empty = none.</summary>
    public string? Tools { get; init; }

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
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Content">Its text; of a running answer, as far as it is written.</param>
/// <param name="Answer">How an assistant turn was made; null when a person wrote it.</param>
public sealed record Message(Guid Id, Guid? ParentId, string Role, string Content, DateTimeOffset Created, Answer? Answer)
{
    /// <summary>The alternatives at this place, itself among them, the oldest first. <see cref="Conversations.SelectAsync"/> shows another.</summary>
    public IReadOnlyList<Guid> Siblings { get; init; } = [Id];

    /// <summary>Its index among <see cref="Siblings"/>.</summary>
    public int Position { get; init; }

    /// <summary>Whether anything follows it, on show or not; such an answer cannot be continued any more.</summary>
    public bool HasChildren { get; init; }

    /// <summary>What else the chat template may look at (<c>name</c>, <c>tool_calls</c> …), as the text of a JSON object; null = nothing.</summary>
    public string? Fields { get; init; }
}

/// <summary>How an assistant turn was made.</summary>
/// <param name="GenerationId">The generation whose text the turn has.</param>
/// <param name="Outcome">How it ended; null while it runs.</param>
/// <param name="Usage">Of that generation. An answer that was continued counts its earlier parts as prompt.</param>
public sealed record Answer(
    Guid GenerationId, Outcome? Outcome, GenerationUsage Usage, string Model, IReadOnlyList<AdapterUse> Adapters, IReadOnlyList<string> Warnings)
{
    public bool Running => Outcome is null;

    /// <summary>
    /// Generations that wrote the beginning of a continued answer, the first one first. Their steps (log-probabilities, times) stay theirs; the
    /// text of the continuation's first step is the beginning.
    /// </summary>
    public IReadOnlyList<Guid> EarlierParts { get; init; } = [];

    /// <summary>The chat template opened a thought, and the text begins in it (<see cref="Thinking"/>).</summary>
    public bool OpensThought { get; init; }

    /// <summary>Tokens of an ended answer's thought; null where it has none, or where an earlier generation wrote part of it.</summary>
    public int? ThoughtTokens { get; init; }
}

/// <summary>Who can speak in a conversation.</summary>
public static class Roles
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";
    public const string Tool = "tool";
    public const string Observation = "observation";

    public static IReadOnlyList<string> All { get; } = [System, User, Assistant, Tool, Observation];
}

/// <summary>What a message that was sent has started.</summary>
/// <param name="UserMessageId">The message that is answered.</param>
public sealed record SentMessage(Guid UserMessageId, Guid AssistantMessageId, Guid GenerationId);

/// <summary>What an edit has made.</summary>
/// <param name="MessageId">The new version.</param>
/// <param name="Answer">The answer to it, when asked for.</param>
public sealed record EditedMessage(Guid MessageId, SentMessage? Answer);

/// <summary>A message in the tree of a conversation.</summary>
/// <param name="Start">The first characters of its text, on one line.</param>
/// <param name="Outcome">How an answer ended; null while it runs and for what a person wrote.</param>
/// <param name="Running">An answer being written.</param>
/// <param name="Shown">Whether it is of the branch on show.</param>
public sealed record MessageNode(Guid Id, Guid? ParentId, string Role, string Start, Outcome? Outcome, bool Running, bool Shown, DateTimeOffset Created);

/// <summary>How full the context is.</summary>
/// <param name="Used">Tokens of prompt and answer up to the last message on show.</param>
/// <param name="Limit">Tokens that the model, or the engine's cache where that is smaller, holds; null while the model is not open.</param>
public sealed record ContextUse(int Used, int? Limit);

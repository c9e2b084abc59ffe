using Juxta.Training.Dialogues;
using Juxta.Workbench.Generation;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>A conversation outside the store: what formats write and read.</summary>
internal sealed record PortableConversation
{
    /// <summary>Empty = made from the first message.</summary>
    public string Title { get; init; } = "";

    /// <summary>Null = when it is imported.</summary>
    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? Updated { get; init; }

    public ConversationSettings Settings { get; init; } = new();

    /// <summary>Parents before their children.</summary>
    public IReadOnlyList<PortableMessage> Messages { get; init; } = [];

    /// <summary>Index of the last message on show; null only without messages.</summary>
    public int? Leaf { get; init; }

    /// <summary>The branch on show.</summary>
    public IReadOnlyList<PortableMessage> Branch
    {
        get
        {
            List<PortableMessage> branch = [];
            for (int? next = Leaf; next is int at; next = Messages[at].Parent) branch.Add(Messages[at]);
            branch.Reverse();
            return branch;
        }
    }

    /// <summary>The branch on show as a training format writes it: the system prompt is its first turn.</summary>
    public IEnumerable<PromptMessage> Turns
    {
        get
        {
            IEnumerable<PromptMessage> turns = Branch.Select(message => new PromptMessage(message.Role, message.Text, MessageFields.Read(message.Fields)));
            return string.IsNullOrEmpty(Settings.SystemPrompt) ? turns : turns.Prepend(new PromptMessage(Roles.System, Settings.SystemPrompt));
        }
    }

    /// <summary>One branch, as a training file has it.</summary>
    /// <param name="tools">Its tool definitions as they are written there.</param>
    public static PortableConversation Of(string? tools, Dialogue dialogue) =>
        Linear([.. dialogue.Messages.Select(message => new PromptMessage(message.Role, message.Content, message.Fields))], tools);

    /// <summary>One branch, as a training format has it: a system message at its begin becomes the system prompt.</summary>
    public static PortableConversation Linear(IReadOnlyList<PromptMessage> turns, string? tools = null)
    {
        bool system = turns is [{ Role: Roles.System, Fields: null }, ..];
        return new PortableConversation
        {
            Settings = new ConversationSettings { SystemPrompt = system ? turns[0].Content : null, Tools = tools },
            Messages = [.. turns.Skip(system ? 1 : 0).Select((turn, i) => new PortableMessage
            {
                Parent = i == 0 ? null : i - 1, Role = turn.Role, Text = turn.Content, Written = turn.Content, Fields = MessageFields.Write(turn.Fields),
            })],
            Leaf = turns.Count - (system ? 1 : 0) is > 0 and int count ? count - 1 : null,
        };
    }
}

/// <summary>A message outside the store.</summary>
internal sealed record PortableMessage
{
    /// <summary>Index of the message it follows.</summary>
    public required int? Parent { get; init; }

    public required string Role { get; init; }

    public required string Text { get; init; }

    /// <summary>What a person wrote of the text; null when a model wrote all of it.</summary>
    public string? Written { get; init; }

    /// <summary>The text of a JSON object.</summary>
    public string? Fields { get; init; }

    public DateTimeOffset? Created { get; init; }

    /// <summary>Orders messages by when each was the last on show; 0 = never.</summary>
    public int Shown { get; init; }

    /// <summary>How an answer was made, in short.</summary>
    public Answer? Answer { get; init; }

    /// <summary>The generations of an answer, the one whose text it has last; for formats that keep them.</summary>
    public IReadOnlyList<GenerationRecord> Generations { get; init; } = [];
}

using Juxta.Workbench.Storage;

namespace Juxta.Workbench.Chat;

/// <summary>The messages of one conversation: who follows whom, and which branch a choice shows.</summary>
internal sealed class MessageTree
{
    readonly Dictionary<Guid, MessageRow> _messages;
    readonly ILookup<Guid?, MessageRow> _children;

    public MessageTree(IEnumerable<MessageRow> messages)
    {
        // Ids rise with time (version 7), so they order messages of one instant too.
        MessageRow[] all = [.. messages.OrderBy(row => row.Created).ThenBy(row => row.Id)];
        _messages = all.ToDictionary(row => row.Id);
        _children = all.ToLookup(row => row.ParentId);
        All = all;
    }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<MessageRow> All { get; }

    /// <exception cref="NotFoundException">It is not of this conversation.</exception>
    public MessageRow Get(Guid id) => _messages.GetValueOrDefault(id) ?? throw new NotFoundException($"the conversation has no message {id}");

    /// <summary>From the first message to <paramref name="leaf"/>; empty for null.</summary>
    public List<MessageRow> Branch(Guid? leaf)
    {
        List<MessageRow> branch = [];
        for (Guid? next = leaf; next is Guid at; next = _messages[at].ParentId) branch.Add(_messages[at]);
        branch.Reverse();
        return branch;
    }

    /// <summary>The alternatives at a message's place, itself among them.</summary>
    public List<Guid> Siblings(MessageRow message) => [.. _children[message.ParentId].Select(row => row.Id)];

    public bool HasChildren(Guid id) => _children.Contains(id);

    /// <summary>The end of the branch through a message that was on show last; of branches that never were, the newest.</summary>
    public MessageRow LeafBelow(MessageRow message)
    {
        MessageRow best = message;
        var waiting = new Stack<MessageRow>([message]);
        while (waiting.TryPop(out MessageRow? next))
        {
            if (next.Shown > best.Shown) best = next;
            foreach (MessageRow child in _children[next.Id]) waiting.Push(child);
        }
        while (_children[best.Id].LastOrDefault() is { } newest) best = newest;
        return best;
    }
}

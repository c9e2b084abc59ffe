using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;

namespace Juxta.Web.Chat;

/// <summary>
/// Messages that people typed while an answer was being written. They belong to the server as the answer does, so every tab shows them and a reload
/// loses nothing: each is sent when the answer before it has ended well. When that answer was stopped or failed, when the branch on show became
/// another, or when one cannot be sent, all of the conversation's come back to whichever page takes them first.
/// </summary>
public sealed class TypedAhead : IDisposable
{
    readonly Conversations _conversations;
    readonly Dictionary<Guid, Queue> _queues = [];
    readonly Lock _lock = new();

    public TypedAhead(Conversations conversations)
    {
        _conversations = conversations;
        _conversations.Changed += Advance;
    }

    /// <summary>Messages of this conversation came, went, or came back. Raised on any thread.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Another one after each start of the server, which forgets what waited; a browser then has the only copy.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    /// <summary>What waits to be sent, the first one first.</summary>
    public IReadOnlyList<QueuedMessage> Of(Guid conversation)
    {
        lock (_lock) return _queues.TryGetValue(conversation, out Queue? queue) ? [.. queue.Messages] : [];
    }

    /// <summary>Puts a message behind an answer.</summary>
    /// <param name="conversation">Whose.</param>
    /// <param name="answer">The last message on show, which is being written; the ones behind another that waits follow that.</param>
    /// <param name="message">What to send.</param>
    public void Add(Guid conversation, Guid answer, QueuedMessage message)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(conversation, out Queue? queue)) _queues[conversation] = queue = new Queue();
            if (queue.Messages.Count == 0) queue.Behind = answer;
            queue.Messages.Add(message);
        }
        Changed?.Invoke(conversation);
        Advance(conversation); // the answer may have ended meanwhile
    }

    /// <summary>Takes one back; null when it is gone or about to be sent.</summary>
    public QueuedMessage? Take(Guid conversation, Guid message) => Remove(conversation, waiting => waiting.Id == message).FirstOrDefault();

    /// <summary>Takes all back that are not about to be sent.</summary>
    public IReadOnlyList<QueuedMessage> TakeAll(Guid conversation) => Remove(conversation, _ => true);

    /// <summary>What came back, for the one who asks first, and why when sending failed.</summary>
    public (IReadOnlyList<QueuedMessage> Messages, Exception? Why) TakeReturned(Guid conversation)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(conversation, out Queue? queue) || queue.Returned.Count == 0) return ([], null);
            (QueuedMessage[] messages, Exception? why) = ([.. queue.Returned], queue.Why);
            queue.Returned.Clear();
            queue.Why = null;
            Forget(conversation, queue);
            return (messages, why);
        }
    }

    List<QueuedMessage> Remove(Guid conversation, Func<QueuedMessage, bool> which)
    {
        List<QueuedMessage> taken;
        lock (_lock)
        {
            if (!_queues.TryGetValue(conversation, out Queue? queue)) return [];
            taken = [.. queue.Messages.Where(message => !message.Leaving && which(message))];
            queue.Messages.RemoveAll(taken.Contains);
            Forget(conversation, queue);
        }
        if (taken.Count > 0) Changed?.Invoke(conversation);
        return taken;
    }

    /// <summary>Something happened to a conversation. One look at a time; what happens during one is looked at after it.</summary>
    async void Advance(Guid conversation)
    {
        Queue? queue;
        lock (_lock)
        {
            if (!_queues.TryGetValue(conversation, out queue)) return;
            queue.LookAgain = true;
            if (queue.Looking) return;
            queue.Looking = true;
        }
        while (More())
        {
            try
            {
                await SendNextAsync(conversation, queue);
            }
            catch (Exception e)
            {
                GiveBack(queue, e);
            }
            Changed?.Invoke(conversation);
        }

        bool More()
        {
            lock (_lock)
            {
                bool more = queue.LookAgain && queue.Messages.Count > 0;
                queue.LookAgain = false;
                queue.Looking = more;
                if (!more) Forget(conversation, queue);
                return more;
            }
        }
    }

    async Task SendNextAsync(Guid conversation, Queue queue)
    {
        Conversation shown;
        try
        {
            shown = await _conversations.GetAsync(conversation);
        }
        catch (NotFoundException)
        {
            lock (_lock) queue.Messages.Clear(); // deleted, and what was to be said in it too
            return;
        }
        Message? last = shown.Messages.Any(message => message.Id == queue.Behind) ? shown.Messages[^1] : null;
        if (last?.Answer is { Running: true }) return;
        if (last is null || last.Answer?.Outcome is { Kind: OutcomeKind.Cancelled or OutcomeKind.Error })
        {
            GiveBack(queue, null);
            return;
        }
        QueuedMessage next;
        lock (_lock)
        {
            if (queue.Messages.Count == 0) return;
            next = queue.Messages[0] = queue.Messages[0] with { Leaving = true };
        }
        Changed?.Invoke(conversation);
        SentMessage sent = await _conversations.SendAsync(conversation, next.Text, next.AnswerPrefix);
        lock (_lock)
        {
            queue.Messages.Remove(next);
            queue.Behind = sent.AssistantMessageId;
            queue.LookAgain = true;
        }
    }

    void GiveBack(Queue queue, Exception? why)
    {
        lock (_lock)
        {
            queue.Returned.AddRange(queue.Messages);
            queue.Messages.Clear();
            queue.Why = why;
        }
    }

    /// <summary>Within the lock.</summary>
    void Forget(Guid conversation, Queue queue)
    {
        if (queue is { Looking: false, Messages.Count: 0, Returned.Count: 0 }) _queues.Remove(conversation);
    }

    public void Dispose() => _conversations.Changed -= Advance;

    sealed class Queue
    {
        public List<QueuedMessage> Messages { get; } = [];

        /// <summary>The answer that the first of them waits for.</summary>
        public Guid Behind { get; set; }

        public List<QueuedMessage> Returned { get; } = [];

        public Exception? Why { get; set; }

        public bool Looking { get; set; }

        public bool LookAgain { get; set; }
    }
}

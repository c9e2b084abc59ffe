namespace Juxta.Web.Chat;

/// <content>Talking on while an answer is being written.</content>
public sealed partial class ChatSession
{
    /// <summary>Typed while the message before was not even stored: it waits here until that has a place.</summary>
    IReadOnlyList<QueuedMessage> _early = [];

    /// <summary>What waits for the answer's end, the first one first.</summary>
    public IReadOnlyList<QueuedMessage> Queued =>
        [.. Current is { } shown ? _ahead.Of(shown.Id) : [], .. Sending is { } sending && sending.Conversation == Current?.Id ? _early : []];

    /// <summary>Words that belong into the message box again; <see cref="TakeReturned"/> hands them over.</summary>
    public Returned? Returned { get; private set; }

    /// <summary>Tells one start of the server from another.</summary>
    public Guid Server => _ahead.Instance;

    /// <summary>Sends a message, or lets it wait while an answer is being written. The id of the conversation, or null when it could not be sent.</summary>
    public async Task<Guid?> SayAsync(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (!Answering) return await SendAsync(text);
        var message = new QueuedMessage(Guid.NewGuid(), text, Prefix);
        if (Sending is { } sending && sending.Conversation == Current?.Id)
        {
            _early = [.. _early, message];
            Announce();
        }
        else if (Current is { Messages: [.., { } last] } conversation)
        {
            _ahead.Add(conversation.Id, last.Id, message);
        }
        else
        {
            // What is being sent belongs to a conversation that is no longer on show.
            Tell(new Notice("Not now", "A message of another conversation is on its way; send this one in a moment."));
            GiveBack(Current?.Id, text);
        }
        return Current?.Id;
    }

    /// <summary>Takes a waiting message out; into the message box, to be changed there, or away.</summary>
    public void Unqueue(Guid message, bool toBox)
    {
        QueuedMessage? taken = _early.FirstOrDefault(waiting => waiting.Id == message);
        if (taken is not null) _early = [.. _early.Where(waiting => waiting != taken)];
        else if (Current is { } conversation) taken = _ahead.Take(conversation.Id, message);
        if (taken is not null && toBox) GiveBack(Current?.Id, taken.Text);
        Announce();
    }

    /// <summary>Hands over what came back: from here, or from the messages that waited for an answer which was stopped or failed.</summary>
    public Returned? TakeReturned()
    {
        if (Current is { } conversation)
        {
            (IReadOnlyList<QueuedMessage> messages, Exception? why) = _ahead.TakeReturned(conversation.Id);
            if (messages.Count > 0) GiveBack(conversation.Id, Joined(messages));
            if (why is not null && Notices.Of(why) is { } notice) Tell(notice);
        }
        Returned? returned = Returned;
        Returned = null;
        return returned;
    }

    /// <summary>Puts words back into a message box, before what came back already.</summary>
    public void GiveBack(Guid? conversation, string text)
    {
        Returned = new Returned(conversation, Returned is { } other && other.Conversation == conversation ? $"{text}\n{other.Text}" : text);
        Announce();
    }

    /// <summary>Within the gate: what waited for a message to be stored now waits for its answer, or comes back with it.</summary>
    void PassOn(Guid? conversation, Guid? asked)
    {
        IReadOnlyList<QueuedMessage> early = _early;
        _early = [];
        if (early.Count == 0) return;
        if (asked is Guid id && Current is { } shown && shown.Id == id)
            foreach (QueuedMessage message in early) _ahead.Add(id, shown.Messages[^1].Id, message);
        else
            Returned = new Returned(asked ?? conversation, Returned is { } said ? $"{said.Text}\n{Joined(early)}" : Joined(early));
    }

    static string Joined(IEnumerable<QueuedMessage> messages) => string.Join('\n', messages.Select(message => message.Text));

    void OnAheadChanged(Guid id)
    {
        if (Current?.Id == id) Announce();
    }
}

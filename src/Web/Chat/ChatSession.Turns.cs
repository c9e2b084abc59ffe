using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Chat;

/// <content>What a person says, asks for, changes and chooses among.</content>
public sealed partial class ChatSession
{
    /// <summary>A message on its way: shown at once, before the model is open and the server has stored it.</summary>
    public Outgoing? Sending { get; private set; }

    public bool Answering => Live is not null || Sending is not null;

    /// <summary>Words that the next answers start with; empty = none.</summary>
    public string AnswerPrefix { get; private set; } = "";

    /// <summary>The turn that is being changed on this page.</summary>
    public TurnEdit? Editing { get; private set; }

    /// <summary>The conversation that this page began: what was typed for a new one meanwhile belongs to it.</summary>
    public Guid? Begun { get; private set; }

    /// <summary>Sends a message, first making the conversation where there is none. The id of the conversation, or null when it could not be sent.</summary>
    public async Task<Guid?> SendAsync(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || Answering) return null;
        string? prefix = Prefix;
        return await AskAsync(text, id => _conversations.SendAsync(id, text, prefix));
    }

    /// <summary>Appends a turn of anybody without asking for an answer, first making the conversation where there is none. Null when it could not be.</summary>
    public async Task<Guid?> AddAsync(string role, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        Guid? conversation = Current?.Id;
        Guid? added = null;
        await ChangeAsync(async () =>
        {
            bool stayed = Current?.Id == conversation;
            Guid id = await InAsync(conversation, Settings, id => _conversations.AddAsync(id, role, text));
            if (stayed) await ReadAsync(id);
            added = id;
        });
        if (added is null) GiveBack(conversation, text);
        return added;
    }

    /// <summary>Answers once more, or answers what was not answered yet.</summary>
    /// <param name="message">The answer to give another version of, or what is to be answered; null = the last on show.</param>
    public async Task RegenerateAsync(Guid? message = null)
    {
        if (Current is null || Answering) return;
        string? prefix = Prefix;
        await AskAsync(null, id => _conversations.RegenerateAsync(id, message, prefix));
    }

    /// <summary>Goes on with an answer where it ended.</summary>
    public async Task ContinueAsync(Guid message)
    {
        if (Current?.Messages.FirstOrDefault(shown => shown.Id == message) is not { } cut || Answering) return;
        ModelChoice? model = cut.Answer is { } answer ? new ModelChoice(answer.Model, answer.Adapters) : null;
        await AskAsync(null, id => _conversations.ContinueAsync(id, message), model);
    }

    /// <summary>Opens a turn of the branch on show for changing.</summary>
    public void Edit(Guid message)
    {
        if (Current?.Messages.FirstOrDefault(shown => shown.Id == message) is not { } old) return;
        Editing = new TurnEdit(message, old.ParentId, old.Role, old.Content);
        Announce();
    }

    public void LeaveEdit()
    {
        Editing = null;
        Announce();
    }

    /// <summary>Saves the turn being changed as another version beside the old one. False when it could not be, and the edit stays open.</summary>
    public async Task<bool> SaveEditAsync(string text, AfterEdit then)
    {
        if (Editing is not { } edit || Current is not { } conversation) return false;
        if (string.IsNullOrWhiteSpace(text))
        {
            Tell(new Notice("Nothing to save", "The turn has no text. Write something, or cancel the edit."));
            return false;
        }
        if (Answering)
        {
            Tell(new Notice("Not now", "An answer is still being written. Stop it or wait for its end, then save: the text stays here."));
            return false;
        }
        bool same = text == edit.Text;
        Guid? done = then switch
        {
            AfterEdit.Answer => await AskAsync(null, id => same
                ? _conversations.RegenerateAsync(id, edit.Message)
                : _conversations.EditAsync(id, edit.Message, text, answer: true)),
            AfterEdit.Continue => await AskAsync(null, async id =>
                await _conversations.ContinueAsync(id, (await _conversations.EditAsync(id, edit.Message, text, answer: false)).MessageId)),
            _ => same ? conversation.Id : await InPlaceAsync(conversation.Id, id => _conversations.EditAsync(id, edit.Message, text, answer: false)),
        };
        if (done is null) return false;
        if (Editing == edit) LeaveEdit();
        return true;
    }

    /// <summary>Shows the branch through a message, as it was on show last.</summary>
    public async Task SelectAsync(Guid message)
    {
        if (Current is { } conversation) await InPlaceAsync(conversation.Id, id => _conversations.SelectAsync(id, message));
    }

    /// <summary>Shows another version of a turn.</summary>
    /// <param name="parent">What the turn follows: its versions share that. Steps on their way count from each other.</param>
    /// <param name="by">1 = the next, −1 = the one before; beyond the ends nothing happens.</param>
    public Task StepAsync(Guid? parent, int by) => ChangeAsync(async () =>
    {
        if (Current is not { } conversation || conversation.Messages.FirstOrDefault(message => message.ParentId == parent) is not { } turn) return;
        int wanted = turn.Position + by;
        if (wanted < 0 || wanted >= turn.Siblings.Count) return;
        await _conversations.SelectAsync(conversation.Id, turn.Siblings[wanted]);
        await ReadAsync(conversation.Id);
    });

    public void StartAnswersWith(string? words)
    {
        AnswerPrefix = words ?? "";
        Announce();
    }

    string? Prefix => AnswerPrefix.Length == 0 ? null : AnswerPrefix;

    ModelChoice? NextModel => Model is { } model ? new ModelChoice(model.Id, Settings.Adapters) : null;

    /// <summary>
    /// Opens a model where that is still to be done, outside the gate so that the page can show it and change other things meanwhile, and then asks
    /// for an answer. What could not be said comes back. The conversation's id, or null.
    /// </summary>
    /// <param name="model">Null = the one of the settings, with adapters that were chosen before this and are still being loaded.</param>
    async Task<Guid?> AskAsync(string? text, Func<Guid, Task> ask, ModelChoice? model = null)
    {
        Guid? conversation = Current?.Id;
        ConversationSettings settings = Settings;
        Sending = new Outgoing(conversation, text);
        Announce();
        Guid? asked = null;
        bool open = model is not null || _coming.IsCompleted || await _coming; // who chose an adapter and asks at once means to ask it
        model ??= NextModel;
        open &= model is null || await TryAsync(() => _shelf.PrepareAsync(model));
        await ChangeAsync(async () =>
        {
            try
            {
                if (!open) return;
                bool stayed = Current?.Id == conversation;
                asked = await InAsync(conversation, stayed ? Settings : settings, ask);
                if (conversation is null && stayed) Begun = asked;
                if (stayed) await ReadAsync(asked.Value);
            }
            finally
            {
                Sending = null;
                if (asked is null && text is not null) Returned = new Returned(conversation, text);
                PassOn(conversation, asked);
            }
        }, keepNotice: !open);
        return asked;
    }

    async Task<Guid?> InPlaceAsync(Guid conversation, Func<Guid, Task> change)
    {
        bool done = false;
        await ChangeAsync(async () =>
        {
            await change(conversation);
            if (Current?.Id == conversation) await ReadAsync(conversation);
            done = true;
        });
        return done ? conversation : null;
    }

    /// <summary>Does something in a conversation, making one where there is none yet; when that fails, none is left behind.</summary>
    async Task<Guid> InAsync(Guid? conversation, ConversationSettings settings, Func<Guid, Task> work)
    {
        if (conversation is Guid there)
        {
            await work(there);
            return there;
        }
        Conversation made = await _conversations.CreateAsync(settings);
        try
        {
            await work(made.Id);
            return made.Id;
        }
        catch
        {
            await _conversations.DeleteAsync(made.Id);
            throw;
        }
    }

    void Tell(Notice notice)
    {
        Notice = notice;
        Announce();
    }
}

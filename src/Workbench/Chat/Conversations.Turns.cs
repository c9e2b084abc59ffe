using System.Collections.Concurrent;
using Juxta.Engine;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <content>
/// What people and models say. Nothing said is ever overwritten: another version is another branch. While the answer on show is being written,
/// all of these are refused with a <see cref="WorkbenchException"/>.
/// </content>
public sealed partial class Conversations
{
    /// <summary>
    /// Appends a user message and starts the answer. Both are stored together or, when this throws, neither is.
    /// Opens the model and loads its adapters where that is still to be done.
    /// </summary>
    /// <param name="id">The conversation.</param>
    /// <param name="text">The message.</param>
    /// <param name="answerPrefix">Words that the answer starts with; the model goes on behind them.</param>
    /// <exception cref="NotFoundException">The conversation, its model or an adapter is not there.</exception>
    /// <exception cref="WorkbenchException">The last answer is still being written.</exception>
    /// <exception cref="RequestException">The prompt does not fit the context, or a setting is out of range.</exception>
    /// <exception cref="EngineBusyException">The engine's queue is full.</exception>
    public Task<SentMessage> SendAsync(Guid id, string text, string? answerPrefix = null) => AnswerAsync(
        id,
        shown => Task.FromResult(new Turn(shown.Messages, Said(id, shown.Messages.Count > 0 ? shown.Messages[^1].Id : null, Roles.User, text))),
        answerPrefix);

    /// <summary>Appends a turn of anybody without asking for an answer, and returns its id. <see cref="RegenerateAsync"/> answers it later.</summary>
    /// <exception cref="RequestException">The role is none of <see cref="Roles"/>.</exception>
    public async Task<Guid> AddAsync(Guid id, string role, string text)
    {
        if (!Roles.All.Contains(role)) throw new RequestException($"'{role}' is no role; expected {string.Join(", ", Roles.All)}", "role");
        return await StoreAsync(id, (await GetIdleAsync(id)).Messages is [.., { } last] ? last.Id : null, role, text);
    }

    /// <summary>
    /// Another version of a turn, of whichever side, beside the one there is; the branch on show then ends with it. The turns that followed stay
    /// with the old version.
    /// </summary>
    /// <param name="id">The conversation.</param>
    /// <param name="messageId">The turn, on show or not.</param>
    /// <param name="newText">What it is to say.</param>
    /// <param name="answer">Also answer it; not for a turn of the assistant.</param>
    /// <exception cref="NotFoundException">The conversation has no such message.</exception>
    /// <exception cref="RequestException">An answer to a turn of the assistant was asked for, or as <see cref="SendAsync"/>.</exception>
    public async Task<EditedMessage> EditAsync(Guid id, Guid messageId, string newText, bool answer)
    {
        if (!answer)
        {
            await GetIdleAsync(id);
            Message old = (await BranchAsync(id, messageId))[^1];
            return new EditedMessage(await StoreAsync(id, old.ParentId, old.Role, newText, old.Fields), null);
        }
        SentMessage sent = await AnswerAsync(id, async _ =>
        {
            IReadOnlyList<Message> branch = await BranchAsync(id, messageId);
            Message old = branch[^1];
            if (old.Role == Roles.Assistant) throw new RequestException("a turn of the assistant is not answered; edit it without asking for an answer, or continue it", "answer");
            return new Turn([.. branch.SkipLast(1)], Said(id, old.ParentId, old.Role, newText, old.Fields));
        });
        return new EditedMessage(sent.UserMessageId, sent);
    }

    /// <summary>Answers once more, with the settings of now; the answers there are stay beside the new one.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="messageId">The answer to give another version of, or a message of somebody else to answer; null = the last on show.</param>
    /// <param name="answerPrefix">Words that the answer starts with.</param>
    /// <exception cref="NotFoundException">The conversation has no such message.</exception>
    /// <exception cref="WorkbenchException">There is nothing to answer.</exception>
    public Task<SentMessage> RegenerateAsync(Guid id, Guid? messageId = null, string? answerPrefix = null) => AnswerAsync(
        id,
        async shown =>
        {
            IReadOnlyList<Message> branch = messageId is Guid wanted ? await BranchAsync(id, wanted) : shown.Messages;
            if (branch is [.., { Role: Roles.Assistant }]) branch = [.. branch.SkipLast(1)];
            return branch.Count > 0 ? new Turn(branch, null) : throw new WorkbenchException("there is no message to answer yet");
        },
        answerPrefix);

    /// <summary>
    /// Goes on with an answer, in the same message, exactly where it ended: what comes is what would have come had it not been cut. Model,
    /// adapters and seed are the answer's, the other settings those of now. Of an answer that a person wrote, the conversation's model reads
    /// the text. An answer that a stop string ended goes on behind that string. Returns the generation, whose text is the whole answer from its beginning.
    /// </summary>
    /// <param name="id">The conversation.</param>
    /// <param name="messageId">The answer; null = the last message on show.</param>
    /// <exception cref="NotFoundException">The conversation has no such message, or the answer's model is no longer there.</exception>
    /// <exception cref="WorkbenchException">It is no answer, is still being written, or the conversation went on after it.</exception>
    /// <exception cref="RequestException">The context is full, or a setting is out of range.</exception>
    public async Task<Guid> ContinueAsync(Guid id, Guid? messageId = null)
    {
        using var one = new OneAnswer(_starting, id);
        Conversation shown = await GetIdleAsync(id);
        IReadOnlyList<Message> branch = messageId is Guid wanted ? await BranchAsync(id, wanted) : shown.Messages;
        if (branch is not [.., { Role: Roles.Assistant } answer]) throw new WorkbenchException("there is no answer to continue: the last message is not the assistant's");
        if (answer.HasChildren) throw new WorkbenchException("the conversation went on after this answer, so it cannot be continued any more; edit it, and continue the new version");
        if (answer.Answer is { Running: true }) throw StillAnswering();
        GenerationSpec spec = answer.Answer is { } made
            ? await _specs.ContinueAsync(shown.Settings, await _generations.GetAsync(made.GenerationId))
            : await _specs.NewAsync(shown.Settings, Prompt(branch.SkipLast(1)), answer.Content);
        return await _generations.StartAsync(spec, async (db, generation) =>
        {
            await ConversationReader.RowAsync(db, id);
            MessageRow row = await db.Messages.SingleAsync(row => row.Id == answer.Id);
            if (row.GenerationId is Guid earlier)
                db.EarlierParts.Add(new EarlierPartRow { MessageId = row.Id, Part = answer.Answer!.EarlierParts.Count, GenerationId = earlier });
            row.GenerationId = generation;
            await ShowAsync(db, row, used: true);
            _answering[generation] = id;
        });
    }

    /// <summary>Cancels the running answer; what is written stays. False when none runs.</summary>
    public async Task<bool> StopAsync(Guid id) => (await GetAsync(id)).RunningGeneration is Guid generation && _generations.Cancel(generation);

    async Task<SentMessage> AnswerAsync(Guid id, Func<Conversation, Task<Turn>> choose, string? answerPrefix = null)
    {
        using var one = new OneAnswer(_starting, id);
        Conversation shown = await GetIdleAsync(id);
        (IReadOnlyList<Message> before, MessageRow? said) = await choose(shown);
        List<PromptMessage> turns = Prompt(before);
        if (said is not null) turns.Add(new PromptMessage(said.Role, said.Content!, MessageFields.Read(said.Fields)));
        Guid asked = said?.Id ?? before[^1].Id;
        GenerationSpec spec = await _specs.NewAsync(shown.Settings, turns, answerPrefix);
        MessageRow answer = Said(id, asked, Roles.Assistant);
        Guid generation = await _generations.StartAsync(spec, async (db, generationId) =>
        {
            if (said is not null) db.Messages.Add(said);
            answer.GenerationId = generationId;
            db.Messages.Add(answer);
            await ShowAsync(db, answer, used: true, title: said?.Content);
            _answering[generationId] = id;
        });
        return new SentMessage(asked, answer.Id, generation);
    }

    /// <summary>Stores a turn that is not answered now.</summary>
    async Task<Guid> StoreAsync(Guid id, Guid? parent, string role, string text, string? fields = null)
    {
        MessageRow said = Said(id, parent, role, text, fields);
        await _store.WriteAsync(async db =>
        {
            db.Messages.Add(said);
            await ShowAsync(db, said, used: true, title: text);
        });
        Changed?.Invoke(id);
        return said.Id;
    }

    /// <summary>Makes a message the last one on show.</summary>
    /// <param name="used">The conversation moves up in the list.</param>
    /// <param name="title">The title of a conversation that has none yet.</param>
    async Task ShowAsync(JuxtaDb db, MessageRow leaf, bool used, string? title = null)
    {
        ConversationRow row = await ConversationReader.RowAsync(db, leaf.ConversationId);
        int latest = await db.Messages.Where(message => message.ConversationId == row.Id).MaxAsync(message => (int?)message.Shown) ?? 0;
        leaf.Shown = latest + 1;
        row.LeafId = leaf.Id;
        if (row.Title.Length == 0 && title is not null) row.Title = Line.Start(title, TitleLength);
        if (used) row.Updated = _time.GetUtcNow();
    }

    async Task<Conversation> GetIdleAsync(Guid id)
    {
        Conversation shown = await GetAsync(id);
        return shown.RunningGeneration is null ? shown : throw StillAnswering();
    }

    /// <summary>The conversation from its first message to the given one.</summary>
    Task<IReadOnlyList<Message>> BranchAsync(Guid id, Guid last) => _store.ReadAsync(
        async db => (await new ConversationReader(db, _generations.FindLive).ConversationAsync(id, last, default)).Messages);

    MessageRow Said(Guid id, Guid? parent, string role, string? text = null, string? fields = null)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return new MessageRow { Id = Guid.CreateVersion7(now), ConversationId = id, ParentId = parent, Role = role, Content = text, Fields = fields, Created = now };
    }

    static List<PromptMessage> Prompt(IEnumerable<Message> messages) =>
        [.. messages.Select(message => new PromptMessage(message.Role, message.Content, MessageFields.Read(message.Fields)))];

    static WorkbenchException StillAnswering() => new("the last answer is still being written; stop it or wait for its end");

    /// <summary>What is to be answered.</summary>
    /// <param name="Before">Turns that are there.</param>
    /// <param name="Said">A turn to be added behind them; null = the last of them is answered.</param>
    sealed record Turn(IReadOnlyList<Message> Before, MessageRow? Said);

    /// <summary>Keeps a second answer from being started before the first is stored.</summary>
    sealed class OneAnswer : IDisposable
    {
        readonly ConcurrentDictionary<Guid, byte> _starting;
        readonly Guid _id;

        public OneAnswer(ConcurrentDictionary<Guid, byte> starting, Guid id)
        {
            if (!starting.TryAdd(id, 0)) throw StillAnswering();
            (_starting, _id) = (starting, id);
        }

        public void Dispose() => _starting.TryRemove(_id, out _);
    }
}

using System.Collections.Concurrent;
using Juxta.Engine;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>
/// People's conversations with models. Every change is on disk when its method returns, and <see cref="Changed"/> tells all open pages.
/// </summary>
public sealed partial class Conversations
{
    internal const int TitleLength = 60;

    readonly ModelShelf _shelf;
    readonly Generations _generations;
    readonly Store _store;
    readonly TimeProvider _time;
    readonly AnswerSpecs _specs;

    /// <summary>Conversations that are about to get an answer: only one at a time each.</summary>
    readonly ConcurrentDictionary<Guid, byte> _starting = new();

    /// <summary>Which conversation a running generation writes for.</summary>
    readonly ConcurrentDictionary<Guid, Guid> _answering = new();

    internal Conversations(ModelShelf shelf, Generations generations, Store store, TimeProvider time)
    {
        _shelf = shelf;
        _generations = generations;
        _store = store;
        _time = time;
        _specs = new AnswerSpecs(shelf, time);
        generations.Changed += GenerationChanged;
    }

    /// <summary>
    /// A conversation was made, changed, deleted, or its answer began or ended; read it again. What an answer says in between is followed with
    /// <see cref="Generations.FollowAsync"/>. Of conversations that come from one file, the last is named. Raised on any thread.
    /// </summary>
    public event Action<Guid>? Changed;

    /// <summary>All conversations, the last used first.</summary>
    public Task<IReadOnlyList<ConversationSummary>> ListAsync(CancellationToken cancel = default) => _store.ReadAsync<IReadOnlyList<ConversationSummary>>(
        async db => await db.Conversations.OrderByDescending(row => row.Updated).ThenByDescending(row => row.Id)
            .Select(row => new ConversationSummary(row.Id, row.Title, row.Created, row.Updated)).ToListAsync(cancel),
        cancel);

    /// <summary>Where a text occurs in titles and messages, upper and lower case alike; at most one hit for each.</summary>
    /// <param name="text">Any text; blanks around it do not count, and an empty one finds nothing.</param>
    /// <param name="limit">Most hits, those of the last used conversations.</param>
    /// <param name="cancel">Stops searching.</param>
    public Task<IReadOnlyList<SearchHit>> SearchAsync(string text, int limit = 100, CancellationToken cancel = default) =>
        _store.ReadAsync(db => new ConversationSearch(db, _generations.FindLive).FindAsync(text, limit, cancel), cancel);

    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public Task<Conversation> GetAsync(Guid id, CancellationToken cancel = default) =>
        _store.ReadAsync(db => new ConversationReader(db, _generations.FindLive).ConversationAsync(id, last: null, cancel), cancel);

    /// <summary>A new, empty conversation. Without a title it takes one from its first message.</summary>
    /// <exception cref="RequestException">The tool definitions are no JSON array of objects.</exception>
    public async Task<Conversation> CreateAsync(ConversationSettings settings, string? title = null)
    {
        ToolDefinitions.Read(settings.Tools);
        DateTimeOffset now = _time.GetUtcNow();
        var row = new ConversationRow { Id = Guid.CreateVersion7(now), Title = title ?? "", Settings = settings, Created = now, Updated = now };
        await _store.WriteAsync(db =>
        {
            db.Conversations.Add(row);
            return Task.CompletedTask;
        });
        Changed?.Invoke(row.Id);
        return new Conversation(row.Id, row.Title, now, now, settings, []);
    }

    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public Task RenameAsync(Guid id, string title) => ChangeAsync(id, row => row.Title = title);

    /// <summary>Holds for the answers to come.</summary>
    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    /// <exception cref="RequestException">The tool definitions are no JSON array of objects.</exception>
    public Task ChangeSettingsAsync(Guid id, ConversationSettings settings)
    {
        ToolDefinitions.Read(settings.Tools);
        return ChangeAsync(id, row => row.Settings = settings);
    }

    /// <summary>Deletes it with its messages and their generations; a running answer is cancelled.</summary>
    public async Task DeleteAsync(Guid id)
    {
        await _generations.DeleteAsync(async db =>
        {
            IQueryable<MessageRow> messages = db.Messages.Where(row => row.ConversationId == id);
            Guid[] generations = [
                .. await messages.Where(row => row.GenerationId != null).Select(row => row.GenerationId!.Value).ToListAsync(),
                .. await db.EarlierParts.Where(part => messages.Any(row => row.Id == part.MessageId)).Select(part => part.GenerationId).ToListAsync()];
            await db.Conversations.Where(row => row.Id == id).ExecuteDeleteAsync();
            return generations;
        });
        Changed?.Invoke(id);
    }

    /// <summary>Shows another branch: the one through <paramref name="messageId"/> that was on show last, to its end. An answer that runs goes on.</summary>
    /// <exception cref="NotFoundException">The conversation, or the message in it, is not there.</exception>
    public async Task SelectAsync(Guid id, Guid messageId)
    {
        await _store.WriteAsync(async db =>
        {
            await ConversationReader.RowAsync(db, id);
            MessageTree tree = await ConversationReader.TreeAsync(db, id);
            await ShowAsync(db, tree.LeafBelow(tree.Get(messageId)), used: false);
        });
        Changed?.Invoke(id);
    }

    /// <summary>All messages of a conversation, of every branch, the oldest first.</summary>
    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public Task<IReadOnlyList<MessageNode>> TreeAsync(Guid id, CancellationToken cancel = default) =>
        _store.ReadAsync(db => new ConversationReader(db, _generations.FindLive).NodesAsync(id, cancel), cancel);

    /// <summary>
    /// How much of the context the branch on show takes. Behind an answer it is what the engine counted; where a turn waits for its answer, what
    /// the prompt of that would have. Nothing is opened for it: without the model, only what earlier answers took is known.
    /// </summary>
    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public async Task<ContextUse> ContextAsync(Guid id, CancellationToken cancel = default)
    {
        Conversation shown = await GetAsync(id, cancel);
        Answer? last = shown.Messages.LastOrDefault(message => message.Answer is not null)?.Answer;
        int counted = last is null ? 0 : (last.Usage.PromptTokens + last.Usage.CompletionTokens) ?? 0;
        OpenModel? open = shown.Settings.Model is null && _shelf.FirstId is null ? null : _shelf.Models.FirstOrDefault(model => model.Id == _specs.ModelOf(shown.Settings))?.Open;
        if (open is null) return new ContextUse(counted, null);
        if (shown.Messages is [.., { Answer: null } waiting])
        {
            try
            {
                counted = _specs.Render(open, shown.Settings, Prompt(shown.Messages), goOn: waiting is { Role: Roles.Assistant, Content.Length: > 0 }).Ids.Count;
            }
            catch (RequestException)
            {
                // The template refuses these messages. Whoever asks for an answer is told so.
            }
        }
        return new ContextUse(counted, open.Engine.TokenLimit);
    }

    async Task ChangeAsync(Guid id, Action<ConversationRow> change)
    {
        await _store.WriteAsync(async db => change(await ConversationReader.RowAsync(db, id)));
        Changed?.Invoke(id);
    }

    void GenerationChanged(Guid generation)
    {
        if (!_answering.TryGetValue(generation, out Guid conversation)) return;
        if (_generations.FindLive(generation) is not { Running: true }) _answering.TryRemove(generation, out _);
        Changed?.Invoke(conversation);
    }
}

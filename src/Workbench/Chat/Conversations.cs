using System.Collections.Concurrent;
using System.Security.Cryptography;
using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>
/// People's conversations with models. Every change is on disk when its method returns, and <see cref="Changed"/> tells all open pages.
/// </summary>
public sealed class Conversations
{
    const int TitleLength = 60;

    readonly ModelShelf _shelf;
    readonly Generations _generations;
    readonly Store _store;
    readonly TimeProvider _time;

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
        generations.Changed += GenerationChanged;
    }

    /// <summary>
    /// A conversation was made, changed, deleted, or its answer began or ended; read it again. What an answer says in between is followed with
    /// <see cref="Generations.FollowAsync"/>. Raised on any thread.
    /// </summary>
    public event Action<Guid>? Changed;

    /// <summary>All conversations, the last used first.</summary>
    public Task<IReadOnlyList<ConversationSummary>> ListAsync(CancellationToken cancel = default) => _store.ReadAsync<IReadOnlyList<ConversationSummary>>(
        async db => await db.Conversations.OrderByDescending(row => row.Updated).ThenByDescending(row => row.Id)
            .Select(row => new ConversationSummary(row.Id, row.Title, row.Created, row.Updated)).ToListAsync(cancel),
        cancel);

    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public Task<Conversation> GetAsync(Guid id, CancellationToken cancel = default) =>
        _store.ReadAsync(db => ConversationReader.ReadAsync(db, id, _generations.FindLive, cancel), cancel);

    /// <summary>A new, empty conversation. Without a title it takes one from its first message.</summary>
    public async Task<Conversation> CreateAsync(ConversationSettings settings, string? title = null)
    {
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
    public Task ChangeSettingsAsync(Guid id, ConversationSettings settings) => ChangeAsync(id, row => row.Settings = settings);

    /// <summary>Deletes it with its messages and their generations; a running answer is cancelled.</summary>
    public async Task DeleteAsync(Guid id)
    {
        await _generations.DeleteAsync(async db =>
        {
            Guid[] generations = await db.Messages.Where(row => row.ConversationId == id && row.GenerationId != null).Select(row => row.GenerationId!.Value).ToArrayAsync();
            await db.Conversations.Where(row => row.Id == id).ExecuteDeleteAsync();
            return generations;
        });
        Changed?.Invoke(id);
    }

    /// <summary>
    /// Appends a user message and starts the answer. Both are stored together or, when this throws, neither is.
    /// Opens the model and loads its adapters where that is still to be done.
    /// </summary>
    /// <exception cref="NotFoundException">The conversation, its model or an adapter is not there.</exception>
    /// <exception cref="WorkbenchException">The last answer is still being written.</exception>
    /// <exception cref="Engine.RequestException">The prompt does not fit the context, or a setting is out of range.</exception>
    /// <exception cref="Engine.EngineBusyException">The engine's queue is full.</exception>
    public Task<SentMessage> SendAsync(Guid id, string text) => AnswerAsync(id, conversation =>
    {
        DateTimeOffset now = _time.GetUtcNow();
        return new MessageRow
        {
            Id = Guid.CreateVersion7(now),
            ConversationId = id,
            ParentId = conversation.Messages.Count > 0 ? conversation.Messages[^1].Id : null,
            Role = "user",
            Content = text,
            Created = now,
        };
    });

    /// <summary>Answers the last user message once more, with the settings of now. The earlier answer stays stored as an alternative.</summary>
    /// <exception cref="WorkbenchException">There is nothing to answer, or the last answer is still being written.</exception>
    public Task<SentMessage> RegenerateAsync(Guid id) => AnswerAsync(id, newMessage: null);

    /// <summary>Cancels the running answer; what is written stays. False when none runs.</summary>
    public async Task<bool> StopAsync(Guid id) => (await GetAsync(id)).RunningGeneration is Guid generation && _generations.Cancel(generation);

    async Task<SentMessage> AnswerAsync(Guid id, Func<Conversation, MessageRow>? newMessage)
    {
        if (!_starting.TryAdd(id, 0)) throw StillAnswering();
        try
        {
            Conversation conversation = await GetAsync(id);
            if (conversation.RunningGeneration is not null) throw StillAnswering();
            MessageRow? said = newMessage?.Invoke(conversation);
            List<Message> branch = [.. conversation.Messages];
            if (said is null)
            {
                while (branch.Count > 0 && branch[^1].Role == "assistant") branch.RemoveAt(branch.Count - 1);
                if (branch.Count == 0) throw new WorkbenchException("there is no message to answer yet");
            }
            Guid asked = said?.Id ?? branch[^1].Id;
            IEnumerable<PromptMessage> turns = branch.Select(message => new PromptMessage(message.Role, message.Content));
            if (said is not null) turns = turns.Append(new PromptMessage(said.Role, said.Content!));

            GenerationSpec spec = await SpecAsync(conversation.Settings, turns);
            Guid answer = Guid.CreateVersion7(_time.GetUtcNow());
            Guid generation = await _generations.StartAsync(spec, async (db, generationId) =>
            {
                ConversationRow row = await RowAsync(db, id);
                DateTimeOffset now = _time.GetUtcNow();
                if (said is not null) db.Messages.Add(said);
                db.Messages.Add(new MessageRow { Id = answer, ConversationId = id, ParentId = asked, Role = "assistant", GenerationId = generationId, Created = now });
                if (row.Title.Length == 0 && said is not null) row.Title = TitleOf(said.Content!);
                row.LeafId = answer;
                row.Updated = now;
                _answering[generationId] = id;
            });
            return new SentMessage(asked, answer, generation);
        }
        finally
        {
            _starting.TryRemove(id, out _);
        }
    }

    async Task<GenerationSpec> SpecAsync(ConversationSettings settings, IEnumerable<PromptMessage> turns)
    {
        string modelId = settings.Model ?? _shelf.FirstId ?? throw new NotFoundException("there is no model; start with --model DIR");
        OpenModel model = await _shelf.OpenAsync(new ModelChoice(modelId, settings.Adapters));
        RenderedPrompt prompt = PromptRenderer.Render(
            model.Model,
            new ChatPrompt
            {
                Messages = [.. string.IsNullOrEmpty(settings.SystemPrompt) ? turns : turns.Prepend(new PromptMessage("system", settings.SystemPrompt))],
                Template = settings.Template,
                ParseSpecialInMessages = settings.ParseSpecialInMessages,
            },
            _time.GetLocalNow());
        return new GenerationSpec
        {
            Model = modelId,
            Warnings = prompt.Warnings,
            Request = new GenerationRequest
            {
                PromptIds = prompt.Ids,
                Adapters = settings.Adapters,
                Sampling = settings.Sampling ?? model.Model.GenerationDefaults,
                Stop = settings.Stop,
                MaxTokens = settings.MaxTokens,
                Seed = settings.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
                LogProbs = settings.LogProbs,
            },
        };
    }

    async Task ChangeAsync(Guid id, Action<ConversationRow> change)
    {
        await _store.WriteAsync(async db => change(await RowAsync(db, id)));
        Changed?.Invoke(id);
    }

    void GenerationChanged(Guid generation)
    {
        if (!_answering.TryGetValue(generation, out Guid conversation)) return;
        if (_generations.FindLive(generation) is not { Running: true }) _answering.TryRemove(generation, out _);
        Changed?.Invoke(conversation);
    }

    static async Task<ConversationRow> RowAsync(JuxtaDb db, Guid id) =>
        await db.Conversations.SingleOrDefaultAsync(row => row.Id == id) ?? throw ConversationReader.NotFound(id);

    static WorkbenchException StillAnswering() => new("the last answer is still being written; stop it or wait for its end");

    static string TitleOf(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= TitleLength) return line;
        int end = char.IsHighSurrogate(line[TitleLength - 1]) ? TitleLength - 1 : TitleLength;
        return line[..end] + "…";
    }
}

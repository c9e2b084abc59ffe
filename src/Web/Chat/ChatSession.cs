using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Web.Chat.Messages;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;

namespace Juxta.Web.Chat;

/// <summary>
/// What one open page shows: the list, the conversation, the answer being written, the settings, a notice. Components render it and raise its methods.
/// Its state is replaced, never edited, and changes under one gate, so events of the Workbench may come on any thread.
/// </summary>
public sealed class ChatSession : IAnswerSettings, IAsyncDisposable
{
    readonly ModelShelf _shelf;
    readonly Conversations _conversations;
    readonly Generations _generations;
    readonly TimeProvider _time;
    readonly SemaphoreSlim _gate = new(1);
    volatile bool _left;

    public ChatSession(ModelShelf shelf, Conversations conversations, Generations generations, TimeProvider time)
    {
        (_shelf, _conversations, _generations, _time) = (shelf, conversations, generations, time);
        _conversations.Changed += OnConversationChanged;
        _shelf.Changed += Announce;
    }

    /// <summary>Something besides the text of <see cref="Live"/> changed. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<ConversationSummary> List { get; private set; } = [];

    public IReadOnlyList<ModelEntry> Models => _shelf.Models;

    /// <summary>The conversation on show; null while a new one has no message yet.</summary>
    public Conversation? Current { get; private set; }

    /// <summary>The settings of the next answer.</summary>
    public ConversationSettings Settings { get; private set; } = new();

    /// <summary>The answer being written in <see cref="Current"/>.</summary>
    public LiveAnswer? Live { get; private set; }

    /// <summary>A message on its way: shown at once, before the model is open and the server has stored it.</summary>
    public Outgoing? Sending { get; private set; }

    public Notice? Notice { get; private set; }

    public bool Answering => Live is not null || Sending is not null;

    /// <summary>The model that the next answer comes from; null when the shelf is empty or no longer has it.</summary>
    public ModelEntry? Model => Settings.Model is { } id ? Models.FirstOrDefault(model => model.Id == id) : Models.Count > 0 ? Models[0] : null;

    /// <summary>The weights and tokenizer of a model, where they are in memory.</summary>
    public LanguageModel? Opened(string? model) => Models.FirstOrDefault(entry => entry.Id == model)?.Open?.Model;

    /// <summary>Shows a conversation, or an empty one. An id that is no longer there is a notice, and an empty conversation.</summary>
    public Task OpenAsync(Guid? id) => ChangeAsync(async () =>
    {
        if (id == Current?.Id && (id is not null || List.Count > 0)) return;
        List = await _conversations.ListAsync();
        Show(null);
        if (id is not Guid wanted) return;
        Show(await _conversations.GetAsync(wanted));
        Settings = Current!.Settings;
    });

    /// <summary>Sends a message, first making the conversation where there is none. The id of the conversation, or null when it could not be sent.</summary>
    public async Task<Guid?> SendAsync(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || Answering) return null;
        Conversation? conversation = Current;
        ConversationSettings settings = Settings;
        Sending = new Outgoing(conversation?.Id, text);
        Announce();
        Guid? sent = null;
        bool open = Model is not { } model || await TryAsync(() => _shelf.OpenAsync(new ModelChoice(model.Id, settings.Adapters)));
        await ChangeAsync(async () =>
        {
            try
            {
                if (!open) return;
                bool stayed = Current?.Id == conversation?.Id;
                if (conversation is not null) await _conversations.SendAsync(conversation.Id, text);
                sent = conversation?.Id ?? await BeginAsync(stayed ? Settings : settings, text);
                if (stayed) await ReadAsync(sent.Value);
            }
            finally
            {
                Sending = null;
            }
        }, keepNotice: !open);
        return sent;
    }

    /// <summary>A conversation with its first message; none at all when that cannot be sent.</summary>
    async Task<Guid> BeginAsync(ConversationSettings settings, string text)
    {
        Conversation made = await _conversations.CreateAsync(settings);
        try
        {
            await _conversations.SendAsync(made.Id, text);
            return made.Id;
        }
        catch
        {
            await _conversations.DeleteAsync(made.Id);
            throw;
        }
    }

    public Task StopAsync() => ChangeAsync(async () =>
    {
        if (Current is { } conversation) await _conversations.StopAsync(conversation.Id);
    });

    public Task RegenerateAsync() => ChangeAsync(async () =>
    {
        if (Current is not { } conversation || Live is not null) return;
        await _conversations.RegenerateAsync(conversation.Id);
        await ReadAsync(conversation.Id);
    });

    public Task RenameAsync(Guid id, string title) => ChangeAsync(async () =>
    {
        if (!string.IsNullOrWhiteSpace(title)) await _conversations.RenameAsync(id, title.Trim());
    });

    public Task DeleteAsync(Guid id) => ChangeAsync(async () =>
    {
        await _conversations.DeleteAsync(id);
        if (Current?.Id == id) Show(null);
    });

    /// <summary>Holds for the answers to come.</summary>
    /// <param name="change">From the settings of then: several changes on their way do not undo each other.</param>
    public Task ChangeSettingsAsync(Func<ConversationSettings, ConversationSettings> change) => ChangeAsync(async () =>
    {
        Settings = change(Settings);
        if (Current is { } conversation) await _conversations.ChangeSettingsAsync(conversation.Id, Settings);
    });

    /// <summary>Takes another base; adapters belong to the one they were trained on. Begins to read it, so that the first answer need not wait.</summary>
    public async Task ChooseModelAsync(string id)
    {
        await ChangeSettingsAsync(settings => settings with { Model = id, Adapters = id == Model?.Id ? settings.Adapters : [] });
        await TryAsync(() => _shelf.OpenAsync(id));
    }

    /// <summary>
    /// Loads an adapter over the chosen model, by its listed name or by a path, and uses it from the next answer on; not when the page has gone to another
    /// model or conversation in the meantime.
    /// </summary>
    public async Task UseAdapterAsync(string nameOrPath, AdapterOptions? options = null)
    {
        if (Model is not { } model) return;
        Guid? conversation = Current?.Id;
        AdapterEntry? loaded = null;
        await TryAsync(async () => loaded = await _shelf.LoadAdapterAsync(model.Id, nameOrPath, options: options));
        if (loaded is null) return;
        await ChangeSettingsAsync(settings => Model?.Id != model.Id || Current?.Id != conversation || settings.Adapters.Any(use => use.Name == loaded.Name)
            ? settings : settings with { Model = model.Id, Adapters = [.. settings.Adapters, new(loaded.Name)] });
    }

    public Task LeaveAdapterAsync(string name) =>
        ChangeSettingsAsync(settings => settings with { Adapters = [.. settings.Adapters.Where(use => use.Name != name)] });

    public Task ScaleAdapterAsync(string name, float scale) =>
        ChangeSettingsAsync(settings => settings with { Adapters = [.. settings.Adapters.Select(use => use.Name == name ? use with { Scale = scale } : use)] });

    public void Dismiss()
    {
        Notice = null;
        Announce();
    }

    /// <summary>One change at a time; what goes wrong becomes a notice, and the page is told.</summary>
    async Task ChangeAsync(Func<Task> change, bool keepNotice = false)
    {
        await _gate.WaitAsync();
        try
        {
            if (!keepNotice) Notice = null;
            await change();
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
        }
        finally
        {
            _gate.Release();
        }
        Announce();
    }

    /// <summary>Outside the gate, for what takes long and changes nothing here but the notice.</summary>
    async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e) ?? Notice;
            Announce();
            return false;
        }
    }

    /// <summary>Another page, or the end of an answer, changed a conversation.</summary>
    async void OnConversationChanged(Guid id)
    {
        await ChangeAsync(async () =>
        {
            if (_left) return;
            List = await _conversations.ListAsync();
            if (Current?.Id != id) return;
            if (List.Any(conversation => conversation.Id == id)) await ReadAsync(id);
            else Show(null);
        }, keepNotice: true);
    }

    async Task ReadAsync(Guid id)
    {
        List = await _conversations.ListAsync();
        Show(await _conversations.GetAsync(id));
        Settings = Current!.Settings;
    }

    /// <summary>Puts a conversation on show and follows the answer that it is waiting for, from its beginning.</summary>
    void Show(Conversation? conversation)
    {
        Current = conversation;
        if (conversation?.RunningGeneration == Live?.Generation) return;
        Live?.Dispose();
        Live = null;
        if (conversation?.RunningGeneration is not Guid running) return;
        Message last = conversation.Messages[^1];
        Live = new LiveAnswer(running, last.Id, last.Answer!.Usage.PromptTokens);
        _ = TryAsync(() => Live.FollowAsync(_generations, _time));
    }

    void Announce()
    {
        if (!_left) Changed?.Invoke();
    }

    public async ValueTask DisposeAsync()
    {
        _left = true;
        _conversations.Changed -= OnConversationChanged;
        _shelf.Changed -= Announce;
        await _gate.WaitAsync();
        Live?.Dispose();
        _gate.Release();
    }
}

using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Web.Chat.Messages;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;

namespace Juxta.Web.Chat;

/// <summary>
/// What one open page shows: the list, the conversation, the answer being written, the settings, a notice. Components render it and raise its methods.
/// Its state is replaced, never edited, and changes under one gate, so events of the Workbench may come on any thread.
/// </summary>
public sealed partial class ChatSession : IAnswerSettings, IAsyncDisposable
{
    /// <summary>Alternatives kept per token unless a person says otherwise: about 150 bytes a token on disk.</summary>
    const int KeptAlternatives = 5;

    readonly ModelShelf _shelf;
    readonly Conversations _conversations;
    readonly Generations _generations;
    readonly TimeProvider _time;
    readonly TypedAhead _ahead;
    readonly SemaphoreSlim _gate = new(1);
    Task<bool> _coming = Task.FromResult(true); // adapters that were chosen and are being loaded; false = one could not be
    volatile bool _left;

    public ChatSession(ModelShelf shelf, Conversations conversations, Generations generations, TimeProvider time, TypedAhead ahead)
    {
        (_shelf, _conversations, _generations, _time, _ahead) = (shelf, conversations, generations, time, ahead);
        _conversations.Changed += OnConversationChanged;
        _shelf.Changed += OnShelfChanged;
        _ahead.Changed += OnAheadChanged;
    }

    /// <summary>Something besides the text of <see cref="Live"/> changed. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<ConversationSummary> List { get; private set; } = [];

    public IReadOnlyList<ModelEntry> Models => _shelf.Offered;

    /// <summary>The conversation on show; null while a new one has no message yet.</summary>
    public Conversation? Current { get; private set; }

    /// <summary>The settings of the next answer.</summary>
    public ConversationSettings Settings { get; private set; } = new() { LogProbs = KeptAlternatives };

    /// <summary>The answer being written in <see cref="Current"/>.</summary>
    public LiveAnswer? Live { get; private set; }

    public Notice? Notice { get; private set; }

    /// <summary>How full the context is, up to the last message on show; an answer being written adds to it.</summary>
    public ContextUse? Context { get; private set; }

    /// <summary>Every branch of the conversation; null while nobody looks at them.</summary>
    public IReadOnlyList<BranchRow>? Branches { get; private set; }

    /// <summary>The model that the next answer comes from; null when the shelf is empty or no longer has it.</summary>
    public ModelEntry? Model => Settings.Model is { } id ? Models.FirstOrDefault(model => model.Id == id) : Models.Count > 0 ? Models[0] : null;

    /// <summary>The weights and tokenizer of a model, where they are in memory.</summary>
    public LanguageModel? Opened(string? model) => Models.FirstOrDefault(entry => entry.Id == model)?.Open?.Model;

    /// <summary>Shows a conversation, or an empty one. An id that is no longer there is a notice, and an empty conversation.</summary>
    public Task OpenAsync(Guid? id) => ChangeAsync(async () =>
    {
        if (id == Current?.Id && (id is not null || List.Count > 0)) return;
        Begun = null;
        List = await _conversations.ListAsync();
        Show(null);
        await MeasureAsync();
        if (id is not Guid wanted) return;
        Show(await _conversations.GetAsync(wanted));
        Settings = Current!.Settings;
        await MeasureAsync();
    });

    /// <summary>Ends the answer; what waits for it comes back into the message box.</summary>
    public Task StopAsync() => ChangeAsync(async () =>
    {
        if (Current is not { } conversation) return;
        IReadOnlyList<QueuedMessage> waiting = _ahead.TakeAll(conversation.Id);
        if (waiting.Count > 0) GiveBack(conversation.Id, Joined(waiting));
        await _conversations.StopAsync(conversation.Id);
    });

    /// <summary>Shows or leaves the tree of branches.</summary>
    public Task ShowBranchesAsync(bool show) => ChangeAsync(async () =>
    {
        Branches = show ? [] : null;
        await MeasureAsync();
    }, keepNotice: true);

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
        await MeasureAsync();
    });

    /// <summary>Takes another base; adapters belong to the one they were trained on. Begins to read it, so that the first answer need not wait.</summary>
    public async Task ChooseModelAsync(string id)
    {
        await ChangeSettingsAsync(settings => settings with { Model = id, Adapters = id == Model?.Id ? settings.Adapters : [] });
        await TryAsync(() => _shelf.PrepareAsync(new ModelChoice(id, [])));
    }

    /// <summary>
    /// Loads an adapter over the chosen model, by its listed name or by a path, and uses it from the next answer on; not when the page has gone to another
    /// model or conversation in the meantime.
    /// </summary>
    public Task UseAdapterAsync(string nameOrPath, AdapterOptions? options = null)
    {
        Task<bool> use = LoadAndUseAsync(nameOrPath, options);
        _coming = _coming.IsCompleted ? use : Both(_coming, use);
        return use;

        static async Task<bool> Both(Task<bool> before, Task<bool> now) => await before & await now;
    }

    /// <returns>False when it could not be loaded, which a notice says.</returns>
    async Task<bool> LoadAndUseAsync(string nameOrPath, AdapterOptions? options)
    {
        if (Model is not { } model) return true;
        Guid? conversation = Current?.Id;
        AdapterEntry? loaded = null;
        await TryAsync(async () => loaded = await _shelf.LoadAdapterAsync(model.Id, nameOrPath, options: options));
        if (loaded is null) return false;
        await ChangeSettingsAsync(settings => Model?.Id != model.Id || Current?.Id != conversation || settings.Adapters.Any(use => use.Name == loaded.Name)
            ? settings : settings with { Model = model.Id, Adapters = [.. settings.Adapters, new(loaded.Name)] });
        return true;
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

    /// <summary>With the model in memory its limit is known.</summary>
    async void OnShelfChanged()
    {
        if (Context is { Limit: null } && Model?.Open is not null && !_left) await ChangeAsync(MeasureAsync, keepNotice: true);
        else Announce();
    }

    async Task ReadAsync(Guid id)
    {
        List = await _conversations.ListAsync();
        Show(await _conversations.GetAsync(id));
        Settings = Current!.Settings;
        await MeasureAsync();
    }

    /// <summary>Reads what is known about the whole conversation and not only about its messages.</summary>
    async Task MeasureAsync()
    {
        try
        {
            Context = Current is { } conversation ? await _conversations.ContextAsync(conversation.Id) : null;
            if (Branches is not null) Branches = Current is null ? [] : BranchRow.Of(await _conversations.TreeAsync(Current.Id));
        }
        catch (NotFoundException)
        {
            // Deleted this moment; the news of it is on its way.
            Context = null;
        }
    }

    /// <summary>Puts a conversation on show and follows the answer that it is waiting for, from its beginning.</summary>
    void Show(Conversation? conversation)
    {
        if (conversation?.Id != Current?.Id) Editing = null;
        Current = conversation;
        if (conversation?.RunningGeneration == Live?.Generation) return;
        Live?.Dispose();
        Live = null;
        if (conversation?.RunningGeneration is not Guid running) return;
        Message last = conversation.Messages[^1];
        Live = new LiveAnswer(running, last.Id, last.Answer!.Usage.PromptTokens ?? 0, last.Answer.OpensThought);
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
        _shelf.Changed -= OnShelfChanged;
        _ahead.Changed -= OnAheadChanged;
        await _gate.WaitAsync();
        Live?.Dispose();
        _gate.Release();
    }
}

using System.Collections.Concurrent;
using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Web.Chat;
using Juxta.Workbench.Hub;
using Juxta.Workbench.Models;

namespace Juxta.Web.Models;

/// <summary>What one open page of models shows: the shelf, what each folder says of itself, a notice. Components render it and raise its methods.</summary>
public sealed class ModelsSession : IDisposable
{
    readonly ModelShelf _shelf;

    /// <summary>By model: what its folder said, and in which look at the folders.</summary>
    readonly ConcurrentDictionary<string, (Peeked? Said, int Look)> _peeked = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> _unloading = new(StringComparer.Ordinal);
    int _look;

    public ModelsSession(ModelShelf shelf, HubDownloads downloads, TimeProvider time)
    {
        _shelf = shelf;
        Preview = new PromptPreview(shelf, time);
        Mask = new MaskView(shelf);
        Hub = new HubPanel(downloads);
        Remote = new RemotePanel(shelf);
        Doctor = new DoctorSession(shelf);
        _shelf.Changed += OnShelfChanged;
    }

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<ModelEntry> Models => _shelf.Models;

    /// <summary>Folders of trainings whose result is not there yet.</summary>
    public IReadOnlyList<string> Trainings() => _shelf.Trainings();

    public PromptPreview Preview { get; }

    public MaskView Mask { get; }

    public HubPanel Hub { get; }

    public RemotePanel Remote { get; }

    public DoctorSession Doctor { get; }

    public Notice? Notice { get; private set; }

    /// <summary>What a model's folder says before it is loaded; null while that is being read.</summary>
    public Peeked? Peek(string model) => _peeked.GetValueOrDefault(model).Said;

    /// <summary>Its engine is being closed.</summary>
    public bool Unloading(string model) => _unloading.ContainsKey(model);

    /// <summary>Reads what the folders say that have not been read yet.</summary>
    public async Task PeekAsync()
    {
        int look = Volatile.Read(ref _look);
        foreach (ModelEntry model in Models)
        {
            if (!_peeked.TryAdd(model.Id, (null, look))) continue;
            await PeekAsync(model.Id, look);
        }
    }

    /// <summary>Looks again at the configured folders, for models that have come, changed or gone and for unfinished downloads.</summary>
    public async Task LookAgainAsync()
    {
        int look = Interlocked.Increment(ref _look);
        await TryAsync(async () =>
        {
            await Task.Run(() =>
            {
                _shelf.LookAgain();
                Hub.Downloads.LookAgain();
            });
            foreach (ModelEntry model in Models) await PeekAsync(model.Id, look);
        });
    }

    /// <summary>What an older look finds late does not replace what a newer one found.</summary>
    async Task PeekAsync(string model, int look)
    {
        Peeked said;
        try
        {
            said = new Peeked(await _shelf.PeekAsync(model), null);
        }
        catch (Exception e)
        {
            said = new Peeked(null, Notices.Of(e)?.Text);
        }
        _peeked.AddOrUpdate(model, (said, look), (_, known) => known.Look > look ? known : (said, look));
        Announce();
    }

    /// <summary>One more name for a model or an adapter. False, with a notice, when it cannot have it.</summary>
    public Task<bool> AddAliasAsync(string target, string alias) => TryAsync(() => _shelf.AddAliasAsync(target, alias));

    public Task RemoveAliasAsync(string alias) => TryAsync(() => _shelf.RemoveAliasAsync(alias));

    /// <summary>Reads a model into memory; why it could not be is in its entry.</summary>
    public Task LoadAsync(string model) =>
        TryAsync(() => _shelf.OpenAsync(model), toldBy: () => Entry(model)?.Status is LoadStatus.Failed);

    /// <summary>Frees a model's memory; a notice says why it cannot be done now.</summary>
    public async Task UnloadAsync(string model)
    {
        if (!_unloading.TryAdd(model, true)) return;
        await TryAsync(() => _shelf.UnloadAsync(model));
        _unloading.TryRemove(model, out _);
        Announce();
    }

    /// <summary>Loads an adapter over its model, by its listed name or by a path. Why a listed one could not be loaded is in its entry.</summary>
    public Task LoadAdapterAsync(string model, string nameOrPath, AdapterOptions? options = null) => TryAsync(
        () => _shelf.LoadAdapterAsync(model, nameOrPath, options: options),
        toldBy: () => Entry(model)?.Adapters.Any(adapter => adapter.Name == nameOrPath && adapter.Status is LoadStatus.Failed) == true);

    public Task UnloadAdapterAsync(string model, string adapter) => TryAsync(() =>
    {
        _shelf.UnloadAdapter(model, adapter);
        return Task.CompletedTask;
    });

    public void Dismiss()
    {
        Notice = null;
        Announce();
    }

    ModelEntry? Entry(string model) => Models.FirstOrDefault(entry => entry.Id == model);

    /// <param name="work">Whose failure becomes a notice.</param>
    /// <param name="toldBy">Whether the failure can be read elsewhere on the page.</param>
    async Task<bool> TryAsync(Func<Task> work, Func<bool>? toldBy = null)
    {
        bool done = false;
        Notice = null;
        try
        {
            await work();
            done = true;
        }
        catch (Exception e)
        {
            // Others may have put a notice up in the meantime: it stays.
            if (toldBy?.Invoke() != true) Notice = Notices.Of(e) ?? Notice;
        }
        Announce();
        return done;
    }

    /// <summary>A model may have come: what its folder says is read too.</summary>
    async void OnShelfChanged()
    {
        Announce();
        await PeekAsync();
    }

    void Announce() => Changed?.Invoke();

    public void Dispose()
    {
        _shelf.Changed -= OnShelfChanged;
        Doctor.Dispose();
    }
}

/// <summary>What a folder says of itself, or why it cannot be used.</summary>
public sealed record Peeked(ModelPeek? Facts, string? Error);

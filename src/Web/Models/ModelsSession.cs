using System.Collections.Concurrent;
using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Web.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Models;

/// <summary>What one open page of models shows: the shelf, what each folder says of itself, a notice. Components render it and raise its methods.</summary>
public sealed class ModelsSession : IDisposable
{
    readonly ModelShelf _shelf;
    readonly ConcurrentDictionary<string, Peeked> _peeked = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> _unloading = new(StringComparer.Ordinal);

    public ModelsSession(ModelShelf shelf, TimeProvider time)
    {
        _shelf = shelf;
        Preview = new PromptPreview(shelf, time);
        _shelf.Changed += Announce;
    }

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<ModelEntry> Models => _shelf.Models;

    public PromptPreview Preview { get; }

    public Notice? Notice { get; private set; }

    /// <summary>What a model's folder says before it is loaded; null while that is being read.</summary>
    public Peeked? Peek(string model) => _peeked.GetValueOrDefault(model);

    /// <summary>Its engine is being closed.</summary>
    public bool Unloading(string model) => _unloading.ContainsKey(model);

    /// <summary>Reads what the folders say.</summary>
    public async Task PeekAsync()
    {
        foreach (ModelEntry model in Models)
        {
            try
            {
                _peeked[model.Id] = new Peeked(await _shelf.PeekAsync(model.Id), null);
            }
            catch (Exception e)
            {
                _peeked[model.Id] = new Peeked(null, Notices.Of(e)?.Text);
            }
            Announce();
        }
    }

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
    async Task TryAsync(Func<Task> work, Func<bool>? toldBy = null)
    {
        Notice = null;
        try
        {
            await work();
        }
        catch (Exception e)
        {
            // Others may have put a notice up in the meantime: it stays.
            if (toldBy?.Invoke() != true) Notice = Notices.Of(e) ?? Notice;
        }
        Announce();
    }

    void Announce() => Changed?.Invoke();

    public void Dispose() => _shelf.Changed -= Announce;
}

/// <summary>What a folder says of itself, or why it cannot be used.</summary>
public sealed record Peeked(ModelPeek? Facts, string? Error);

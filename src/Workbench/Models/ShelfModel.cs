using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Workbench.Hub;

namespace Juxta.Workbench.Models;

/// <summary>One model of the shelf: opened at most once, its adapters loaded at most once each, whoever asks and however often.</summary>
internal sealed class ShelfModel(string id, string folder, AdapterRoots roots, WorkbenchOptions options, Action changed)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, ShelfAdapter> _adapters = new(StringComparer.Ordinal);
    Task<OpenModel>? _opening;
    double _progress;
    HubOrigin? _origin;

    public string Id => id;

    public string Folder => folder;

    /// <summary>Why it can no longer be opened, as of the last look.</summary>
    public string? Gone { get; set; }

    public ModelEntry Entry()
    {
        lock (_gate)
        {
            (LoadStatus status, string? error) = Status(_opening);
            OpenModel? open = status is LoadStatus.Ready ? _opening!.Result : null;
            Discover();
            return new ModelEntry(
                id, folder, status, open is null ? _progress : 1, error, open?.Model.Description,
                [.. _adapters.Values.OrderBy(adapter => adapter.Name, StringComparer.Ordinal).Select(adapter => adapter.Entry(id))])
            {
                Open = open,
                Gone = Gone,
                Origin = _origin ??= HubFolder.Origin(folder),
            };
        }
    }

    public Task<OpenModel> OpenAsync()
    {
        Task<OpenModel> opening;
        lock (_gate)
        {
            if (_opening is { IsFaulted: false }) return _opening;
            _progress = 0;
            opening = _opening = Task.Run(Open);
        }
        changed();
        _ = opening.ContinueWith(_ => changed(), TaskScheduler.Default);
        return opening;
    }

    public bool HasAdapter(string name)
    {
        lock (_gate)
        {
            Discover();
            return _adapters.ContainsKey(name);
        }
    }

    /// <summary>Loads an adapter of the list, or of a path within the roots, under a name.</summary>
    public async Task<AdapterEntry> LoadAsync(string nameOrPath, string? name, AdapterOptions? options)
    {
        // What cannot be loaded is said before gigabytes of weights are read.
        Find(nameOrPath, name);
        OpenModel model = await OpenAsync();
        ShelfAdapter adapter;
        Task<LoraAdapter> loading;
        bool first;
        lock (_gate)
        {
            if (_opening is not { IsCompletedSuccessfully: true } || !ReferenceEquals(_opening.Result, model))
                throw new WorkbenchException($"{id} was unloaded before its adapter could be loaded; load it again");
            adapter = Find(nameOrPath, name);
            _adapters[adapter.Name] = adapter;
            first = adapter.Loading is not { IsFaulted: false, IsCanceled: false };
            if (first) adapter.Loading = Task.Run(() => model.Engine.LoadAdapterAsync(adapter.Folder, adapter.Name, options));
            loading = adapter.Loading!;
        }
        if (first)
        {
            changed();
            await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            changed();
        }
        await loading;
        return adapter.Entry(id);
    }

    public bool Unload(string name)
    {
        lock (_gate)
        {
            if (!_adapters.TryGetValue(name, out ShelfAdapter? adapter) || Status(adapter.Loading).Status is not LoadStatus.Ready) return false;
            _opening!.Result.Engine.UnloadAdapter(name);
            adapter.Loading = null;
        }
        changed();
        return true;
    }

    public LoraAdapter Loaded(string name)
    {
        lock (_gate)
        {
            return _adapters.GetValueOrDefault(name)?.Loading is { IsCompletedSuccessfully: true } loading
                ? loading.Result
                : throw new NotFoundException($"the adapter {name} of {id} is not loaded");
        }
    }

    /// <summary>Closes the engine and frees the weights and the adapters. False when the model is not in memory.</summary>
    /// <exception cref="WorkbenchException">Something still uses it.</exception>
    public async Task<bool> UnloadAsync()
    {
        OpenModel open;
        lock (_gate)
        {
            switch (Status(_opening).Status)
            {
                case LoadStatus.NotLoaded or LoadStatus.Failed:
                    return false;
                case LoadStatus.Loading:
                    throw new WorkbenchException($"{id} is still being read; unload it when that is done");
            }
            open = _opening!.Result;
            RefuseWhileUsed(open);
            _opening = null;
            _progress = 0;
            foreach (ShelfAdapter adapter in _adapters.Values) adapter.Loading = null;
        }
        changed();
        await open.Engine.DisposeAsync();
        open.Model.Dispose();
        return true;
    }

    void RefuseWhileUsed(OpenModel open)
    {
        if (_adapters.Values.FirstOrDefault(adapter => Status(adapter.Loading).Status is LoadStatus.Loading) is { } loading)
            throw new WorkbenchException($"the adapter {loading.Name} of {id} is still being loaded; unload the model when that is done");
        EngineLoad load = open.Engine.Load;
        if (load.Running + load.Waiting is > 0 and var busy)
            throw new WorkbenchException($"{id} is answering {busy} request{(busy == 1 ? "" : "s")}; stop {(busy == 1 ? "it" : "them")} or wait for the end, then unload the model");
    }

    public async ValueTask CloseAsync()
    {
        Task<OpenModel>? opening;
        lock (_gate) opening = _opening;
        if (opening is null) return;
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!opening.IsCompletedSuccessfully) return;
        await opening.Result.Engine.DisposeAsync();
        opening.Result.Model.Dispose();
    }

    OpenModel Open()
    {
        if (HubFolder.IsIncomplete(folder)) throw new ModelFormatException($"{id} cannot be opened: {ModelFolders.Gone(folder)}");
        var progress = new Steps(share =>
        {
            lock (_gate) _progress = share;
            changed();
        });
        EngineOptions engine = options.Engine;
        return new OpenModel(id, new InferenceEngine(LanguageModel.Open(folder, engine.Threads, progress, engine.Backend, options.Weights, options.Cache), engine));
    }

    /// <summary>The listed adapter of that name, else one for that path.</summary>
    ShelfAdapter Find(string nameOrPath, string? name)
    {
        lock (_gate)
        {
            Discover();
            if (_adapters.TryGetValue(nameOrPath, out ShelfAdapter? listed) && (name is null || name == listed.Name)) return listed;
            string folder = listed?.Folder ?? roots.Locate(nameOrPath);
            string wanted = name ?? new UniqueNames().For(folder);
            if (wanted.Length == 0 || wanted.Contains(':')) throw new RequestException($"'{wanted}' cannot be an adapter's name: it must be neither empty nor contain ':'", "name");
            if (!_adapters.TryGetValue(wanted, out ShelfAdapter? taken)) return new ShelfAdapter(wanted, folder);
            return taken.Folder == folder
                ? taken
                : throw new RequestException($"{id} has another adapter called {wanted} (from {taken.Folder}); give this one its own name", "name");
        }
    }

    /// <summary>Adds adapter folders that have appeared on disk and drops those that are gone and not loaded.</summary>
    void Discover()
    {
        IReadOnlyList<(string Name, string Folder)> found = roots.Find();
        foreach (ShelfAdapter gone in _adapters.Values.Where(adapter => adapter.Loading is null && !found.Contains((adapter.Name, adapter.Folder))).ToArray())
            _adapters.Remove(gone.Name);
        foreach ((string name, string folder) in found) _adapters.TryAdd(name, new ShelfAdapter(name, folder));
    }

    internal static (LoadStatus Status, string? Error) Status(Task? loading) => loading switch
    {
        null => (LoadStatus.NotLoaded, null),
        { IsCompletedSuccessfully: true } => (LoadStatus.Ready, null),
        { IsCompleted: true } => (LoadStatus.Failed, loading.Exception?.InnerException?.Message ?? "cancelled"),
        _ => (LoadStatus.Loading, null),
    };

    /// <summary>Passes progress on in steps of a hundredth.</summary>
    sealed class Steps(Action<double> report) : IProgress<double>
    {
        double _last;

        public void Report(double value)
        {
            if (value - _last < 0.01) return;
            _last = value;
            report(value);
        }
    }
}

/// <summary>One adapter of a <see cref="ShelfModel"/>, guarded by its lock.</summary>
internal sealed class ShelfAdapter(string name, string folder)
{
    public string Name => name;

    public string Folder => folder;

    public Task<LoraAdapter>? Loading { get; set; }

    public AdapterEntry Entry(string model)
    {
        (LoadStatus status, string? error) = ShelfModel.Status(Loading);
        return new AdapterEntry(model, name, folder, status, status is LoadStatus.Ready ? Loading!.Result.Receipt : null, error);
    }
}

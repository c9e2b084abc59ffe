using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Engine.Tokenization;

namespace Juxta.Workbench.Models;

/// <summary>
/// The models this instance offers, each with its adapters. A model is read when first asked for (or at start) and then shared by all;
/// opening goes on although the one who asked has left.
/// </summary>
public sealed partial class ModelShelf
{
    readonly WorkbenchOptions _options;
    readonly ModelFolders _folders;
    readonly Aliases _aliases;
    readonly RemoteShelf _remotes;
    readonly UniqueNames _names = new();
    readonly Lock _looking = new();
    volatile IReadOnlyList<ShelfModel> _models = [];

    /// <param name="ownFolder">A folder of models that is looked at besides the configured ones.</param>
    /// <param name="aliases">Null = there are none and none can be given.</param>
    /// <param name="remotes">Null = there are none and none is kept.</param>
    /// <exception cref="WorkbenchException">A folder does not exist, or the list of other servers' models cannot be read.</exception>
    internal ModelShelf(WorkbenchOptions options, string? ownFolder = null, Aliases? aliases = null, RemoteShelf? remotes = null)
    {
        ModelFolders.Require(options);
        (_options, _folders, _aliases, _remotes) = (options, new ModelFolders(options, ownFolder), aliases ?? new Aliases(null, []), remotes ?? new RemoteShelf(null));
        LookAgain();
    }

    /// <summary>Something about a model or an adapter changed; read <see cref="Models"/> again. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>All models in the order they were configured, behind them those that came later.</summary>
    public IReadOnlyList<ModelEntry> Models => [.. _models.Select(Entry)];

    /// <exception cref="NotFoundException">No model has that id.</exception>
    public ModelEntry Model(string id) => Remote(id) is { } remote ? Entry(remote) : Entry(Find(id));

    /// <summary>The folders of model folders that are looked at.</summary>
    internal ModelFolders Folders => _folders;

    /// <summary>Folders of trainings under way or broken off, wherever models and adapters may come from. Looks at the folders.</summary>
    public IReadOnlyList<string> Trainings() =>
        [.. _folders.Roots.Concat(_options.AdapterFolders).Concat(Models.Select(model => Path.Combine(model.Folder, "adapters"))).Select(Path.GetFullPath).Distinct().SelectMany(TrainingFolders.In).Distinct()];

    /// <summary>Offers what has come into the configured folders, and marks what is gone from them (<see cref="ModelEntry.Gone"/>). What is in memory stays there.</summary>
    public void LookAgain()
    {
        lock (_looking)
        {
            _remotes.LookAgain();
            foreach (RemoteModel remote in Remotes) _names.Take(remote.Id);
            ShelfModel[] come = [.. _folders.Find().Where(folder => _models.All(model => model.Folder != folder))
                .Select(folder => new ShelfModel(_names.For(folder), folder, new AdapterRoots(folder, _options.AdapterFolders, _folders.Roots), _options, () => Changed?.Invoke()))];
            if (come.Length > 0) _models = [.. _models, .. come];
            foreach (ShelfModel model in _models) model.Gone = ModelFolders.Gone(model.Folder);
        }
        Changed?.Invoke();
    }

    /// <summary>Gives a model or an adapter one more name, which requests can use from then on. Nothing happens when it has that name already.</summary>
    /// <param name="target">What is to be named so: any name that <see cref="Resolve"/> knows.</param>
    /// <param name="alias">The new name.</param>
    /// <exception cref="NotFoundException">Nothing is called <paramref name="target"/>.</exception>
    /// <exception cref="RequestException">It is no name, or something else has it.</exception>
    public async Task AddAliasAsync(string target, string alias)
    {
        string name = Aliases.Clean(alias), id = IdOf(Resolve(target));
        if (_aliases.Find(name) == id) return;
        await _aliases.AddAsync(name, id, refuse: () =>
        {
            if (_aliases.Find(name) is { } other) throw new RequestException($"'{name}' is an alias of {other} already; remove it there first, or choose another", "the alias");
            if (_models.Any(model => model.Id == name) || Remote(name) is not null) throw new RequestException($"'{name}' is a model's own name; choose another", "the alias");
            if (Models.SelectMany(model => model.Adapters).FirstOrDefault(adapter => adapter.Id == name || adapter.Name == name) is { } adapter)
                throw new RequestException($"'{name}' is the name of the adapter {adapter.Id}; choose another", "the alias");
        });
        Changed?.Invoke();
    }

    /// <summary>Takes an alias away. False when there is none of that name.</summary>
    public async Task<bool> RemoveAliasAsync(string alias)
    {
        bool removed = await _aliases.RemoveAsync(alias);
        if (removed) Changed?.Invoke();
        return removed;
    }

    /// <summary>
    /// What a name stands for: a model's id, an alias, <c>model:adapter</c>, or an adapter's name that only one model has. Case counts.
    /// </summary>
    /// <exception cref="NotFoundException">Nothing, or more than one thing, is called that; the message lists what there is.</exception>
    public ModelChoice Resolve(string name)
    {
        if (_models.Any(model => model.Id == name) || Remote(name) is not null) return new ModelChoice(name, []);
        if (_aliases.Find(name) is { } target)
            return ByOwnName(target) ?? throw new NotFoundException($"'{name}' is an alias of {target}, which is not offered here; there are {Known()}");
        ModelChoice[] adapters = [.. _models.Where(model => name.StartsWith(model.Id + ":", StringComparison.Ordinal))
            .Select(model => (model, adapter: name[(model.Id.Length + 1)..]))
            .Concat(_models.Select(model => (model, adapter: name)))
            .Where(pair => pair.model.HasAdapter(pair.adapter))
            .Select(pair => new ModelChoice(pair.model.Id, [new AdapterUse(pair.adapter)]))];
        return adapters.Length switch
        {
            1 => adapters[0],
            0 => throw new NotFoundException($"there is no model or adapter '{name}'; there are {Known()}"),
            _ => throw new NotFoundException($"several models have an adapter '{name}'; say which: {string.Join(", ", adapters.Select(choice => $"{choice.Model}:{choice.Adapters[0].Name}"))}"),
        };
    }

    /// <summary>The model or adapter of that id.</summary>
    ModelChoice? ByOwnName(string id)
    {
        if (_models.Any(model => model.Id == id) || Remote(id) is not null) return new ModelChoice(id, []);
        ShelfModel? model = _models.FirstOrDefault(model => id.StartsWith(model.Id + ":", StringComparison.Ordinal) && model.HasAdapter(id[(model.Id.Length + 1)..]));
        return model is null ? null : new ModelChoice(model.Id, [new AdapterUse(id[(model.Id.Length + 1)..])]);
    }

    static string IdOf(ModelChoice choice) => choice.Adapters is [{ } use, ..] ? $"{choice.Model}:{use.Name}" : choice.Model;

    ModelEntry Entry(ShelfModel model)
    {
        ModelEntry entry = model.Entry();
        return entry with { Aliases = _aliases.Of(entry.Id), Adapters = [.. entry.Adapters.Select(adapter => adapter with { Aliases = _aliases.Of(adapter.Id) })] };
    }

    /// <summary>The opened model; reads it first where that is still to be done.</summary>
    /// <param name="id">The model.</param>
    /// <param name="cancel">Stops waiting, not reading.</param>
    /// <exception cref="NotFoundException">No model has that id.</exception>
    /// <exception cref="ModelFormatException">The folder cannot be used.</exception>
    public Task<OpenModel> OpenAsync(string id, CancellationToken cancel = default) => Find(id).OpenAsync().WaitAsync(cancel);

    /// <summary>The opened model with the choice's adapters loaded.</summary>
    /// <param name="choice">A base and adapters of it.</param>
    /// <param name="cancel">Stops waiting, not reading.</param>
    /// <exception cref="NotFoundException">No such model or adapter.</exception>
    /// <exception cref="ModelFormatException">The model or an adapter cannot be used.</exception>
    public async Task<OpenModel> OpenAsync(ModelChoice choice, CancellationToken cancel = default)
    {
        ShelfModel model = Find(choice.Model);
        foreach (AdapterUse use in choice.Adapters)
        {
            if (!model.HasAdapter(use.Name)) throw new NotFoundException($"{choice.Model} has no adapter '{use.Name}'; there are {Known()}");
            await model.LoadAsync(use.Name, name: null, options: null).WaitAsync(cancel);
        }
        return await model.OpenAsync().WaitAsync(cancel);
    }

    /// <summary>
    /// Closes a model's engine and frees its weights and adapters, where nothing runs on it; it is read again when next asked for. False when it was not
    /// in memory.
    /// </summary>
    /// <exception cref="NotFoundException">No model has that id.</exception>
    /// <exception cref="WorkbenchException">It is being read, an adapter is being loaded, or it is answering: the message says which.</exception>
    public Task<bool> UnloadAsync(string id) => Find(id).UnloadAsync();

    /// <summary>What a model's folder says of itself, without reading weights.</summary>
    /// <exception cref="NotFoundException">No model has that id.</exception>
    /// <exception cref="ModelFormatException">The folder cannot be used.</exception>
    public Task<ModelPeek> PeekAsync(string id, CancellationToken cancel = default)
    {
        string folder = Find(id).Folder;
        return Task.Run(() => ModelPeek.Read(folder), cancel);
    }

    /// <summary>A model's tokenizer, with its chat template, from its folder where the model is not in memory. Null when it has none.</summary>
    /// <exception cref="NotFoundException">No model has that id.</exception>
    /// <exception cref="ModelFormatException">The tokenizer cannot be used.</exception>
    public Task<Tokenizer?> TokenizerAsync(string id, CancellationToken cancel = default)
    {
        ShelfModel model = Find(id);
        return model.Entry().Open is { } open
            ? Task.FromResult(open.Model.Tokenizer)
            : Task.Run(() => Tokenizer.LoadIfAny(model.Folder), cancel);
    }

    /// <summary>Loads an adapter over a model and returns its entry with the receipt.</summary>
    /// <param name="model">Id of the base.</param>
    /// <param name="adapter">Name of a listed adapter, or a path inside the model's <c>adapters/</c> or a configured adapter folder.</param>
    /// <param name="name">The name to give it; null = the folder's.</param>
    /// <param name="options">What may pass.</param>
    /// <param name="cancel">Stops waiting, not loading.</param>
    /// <exception cref="NotFoundException">No such model.</exception>
    /// <exception cref="RequestException">There is no such adapter, its path leads out of the configured folders, or the name is taken.</exception>
    /// <exception cref="ModelFormatException">It does not fit, has unused tensors or no effect, and the options do not allow that.</exception>
    public Task<AdapterEntry> LoadAdapterAsync(
        string model, string adapter, string? name = null, AdapterOptions? options = null, CancellationToken cancel = default) =>
        Find(model).LoadAsync(adapter, name, options).WaitAsync(cancel);

    /// <summary>Takes an adapter away from new requests. False when it was not loaded.</summary>
    /// <exception cref="NotFoundException">No such model.</exception>
    public bool UnloadAdapter(string model, string adapter) => Find(model).Unload(adapter);

    /// <summary>Closes all engines and frees the weights.</summary>
    internal async ValueTask CloseAsync()
    {
        foreach (ShelfModel model in _models) await model.CloseAsync();
        _remotes.Close();
    }

    /// <summary>The model that answers when none is named; null on an empty shelf.</summary>
    public string? FirstId => _models.Count > 0 ? _models[0].Id : Remotes is [{ } remote, ..] ? remote.Id : null;

    /// <summary>Starts opening the models that were named one by one; failures show in their entries.</summary>
    internal void BeginOpening()
    {
        string[] named = [.. _folders.Named];
        foreach (ShelfModel model in _models.Where(model => named.Contains(model.Folder))) _ = model.OpenAsync();
    }

    internal string AdapterHash(string model, string adapter) => Find(model).Loaded(adapter).Receipt.Hash;

    /// <exception cref="RequestException">Another server runs it.</exception>
    ShelfModel Find(string id) =>
        _models.FirstOrDefault(model => model.Id == id) ?? throw (Remote(id) is { } remote ? NotHere(remote) : new NotFoundException($"there is no model '{id}'; there are {Known()}") as Exception);

    string Known()
    {
        string[] names = [.. Models.SelectMany(model => model.Adapters.Select(adapter => adapter.Id).Prepend(model.Id)), .. Remotes.Select(remote => remote.Id)];
        return names.Length == 0 ? "none: start with --model DIR, or download one on the Models page" : string.Join(", ", names);
    }
}

using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>An adapter folder: its config and its tensors, sorted by the module of the base that they belong to.</summary>
internal sealed class AdapterFile : IDisposable
{
    static readonly string[] FileNames = ["adapter_model.safetensors", "adapter_model.bin"];

    readonly TensorFile _tensors;
    readonly Dictionary<string, ModuleTensors> _modules = new(StringComparer.Ordinal);
    readonly List<string> _unused = [];

    AdapterFile(string folder, PeftConfig config, TensorFile tensors)
    {
        Folder = folder;
        Config = config;
        _tensors = tensors;
    }

    public string Folder { get; }

    public PeftConfig Config { get; }

    public int TensorCount => _tensors.Tensors.Count;

    public IReadOnlyCollection<TensorView> Tensors => [.. _tensors.Tensors.Values];

    /// <summary>Tensors that belong to no module of the base, in order.</summary>
    public IReadOnlyList<string> Unused => _unused;

    /// <summary>What there is for each module, by path.</summary>
    public IReadOnlyDictionary<string, ModuleTensors> Modules => _modules;

    /// <summary>SHA-256 of config and tensors.</summary>
    public string Hash => WeightsHash.OfFiles([Config.File, _tensors.Path]);

    /// <exception cref="ModelFormatException">No adapter, a damaged file, or a kind of adapter that is not supported.</exception>
    public static AdapterFile Open(string folder)
    {
        PeftConfig config = PeftConfig.Read(folder);
        string? path = FileNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (path is null)
            throw new ModelFormatException($"{folder}: no adapter weights: expected adapter_model.safetensors or adapter_model.bin; found {NameList.Join([.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)])}", folder);
        TensorFile tensors = TensorFile.Open(path);
        if (tensors.Tensors.Count > 0) return new AdapterFile(folder, config, tensors);
        tensors.Dispose();
        throw new ModelFormatException($"{path}: no tensors; an adapter saved under DeepSpeed ZeRO-3 or FSDP without gathering its weights looks like this: save it again with them gathered", path);
    }

    /// <summary>Sorts the tensors by module. A module trained through a weight it shares with another changes both.</summary>
    public void Sort(ModuleTable modules)
    {
        foreach (TensorView tensor in _tensors.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            AdapterKey? key = AdapterKey.Parse(tensor.Name);
            if (key is { Part: AdapterPart.Ignored }) continue;
            // A bias for a module that has none in the base is as much a stranger as a module that is not there.
            if (key is { } known && modules.Find(known.Path) is { } module && (module.Bias is not null || known.Part is not (AdapterPart.Bias or AdapterPart.SavedBias)))
                Of(known.Path).Add(known.Part, tensor);
            else _unused.Add(tensor.Name);
        }
        foreach (AdaptableModule head in modules.Modules.Where(module => module.TiedTo is not null)) ShareTied(head.Path, head.TiedTo!);
    }

    /// <summary>
    /// A resized or trained weight that both sides of a tie share is saved once or twice under either name, trained rows under the embedding's.
    /// A copy of modules_to_save is its module's own.
    /// </summary>
    void ShareTied(string head, string embedding)
    {
        ModuleTensors? headTensors = _modules.GetValueOrDefault(head), embeddingTensors = _modules.GetValueOrDefault(embedding);
        if (Shared(embedding, embeddingTensors) is { } fromEmbedding && headTensors?.Replacement is null) Of(head).Add(AdapterPart.Weight, fromEmbedding);
        else if (Shared(head, headTensors) is { } fromHead && embeddingTensors?.Replacement is null) Of(embedding).Add(AdapterPart.Weight, fromHead);
        bool headIsCopy = headTensors?[AdapterPart.SavedWeight] is not null || Config.Saves(head);
        if (!headIsCopy && embeddingTensors?[AdapterPart.TokenRows] is { } rows) Of(head).Add(AdapterPart.TokenRows, rows);
    }

    TensorView? Shared(string path, ModuleTensors? tensors) => tensors?[AdapterPart.SavedWeight] is null && !Config.Saves(path) ? tensors?[AdapterPart.Weight] : null;

    ModuleTensors Of(string path)
    {
        if (!_modules.TryGetValue(path, out ModuleTensors? tensors)) _modules.Add(path, tensors = new ModuleTensors());
        return tensors;
    }

    public void Dispose() => _tensors.Dispose();
}

/// <summary>The tensors of one module.</summary>
internal sealed class ModuleTensors
{
    readonly Dictionary<AdapterPart, TensorView> _parts = [];

    public TensorView? this[AdapterPart part] => _parts.TryGetValue(part, out TensorView tensor) ? tensor : null;

    public IReadOnlyCollection<TensorView> All => _parts.Values;

    /// <summary>The weight that stands in for the base's.</summary>
    public TensorView? Replacement => this[AdapterPart.SavedWeight] ?? this[AdapterPart.Weight];

    public TensorView? Bias => this[AdapterPart.SavedBias] ?? this[AdapterPart.Bias];

    /// <summary>Two spellings of one part do not occur in files that PEFT or a trainer wrote; the first in order of name counts.</summary>
    public void Add(AdapterPart part, TensorView tensor) => _parts.TryAdd(part, tensor);
}

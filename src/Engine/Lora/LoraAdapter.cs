using Juxta.Engine.Kernels;
using Juxta.Engine.Models;

namespace Juxta.Engine.Lora;

/// <summary>A PEFT adapter bound to one base model: per module of the base, what it changes.</summary>
public sealed class LoraAdapter : IDisposable
{
    static readonly string[] TokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json"];

    readonly ModuleDelta?[] _deltas;

    internal LoraAdapter(string name, string folder, ModuleDelta?[] deltas, int? vocabulary, AdapterReceipt? receipt = null)
    {
        Name = name;
        Folder = folder;
        _deltas = deltas;
        Vocabulary = vocabulary;
        Receipt = receipt ?? new AdapterReceipt { Name = name, Folder = folder, Method = "", Modules = [], Hash = "" };
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Rows of the head where the adapter resized the vocabulary, else null.</summary>
    public int? Vocabulary { get; }

    /// <summary>What it does, proved when it was loaded. The engine adds the two probe numbers, which need a running model.</summary>
    public AdapterReceipt Receipt { get; internal set; }

    /// <summary>
    /// The folder of the adapter's own tokenizer, or null: trainers that add tokens or change the end-of-sequence token save it here and leave the base's
    /// config as it was.
    /// </summary>
    public string? TokenizerFolder => TokenizerFiles.Any(file => File.Exists(Path.Combine(Folder, file))) ? Folder : null;

    /// <summary>Reads an adapter folder and binds it to a model's modules. Blocks; the model may serve others meanwhile.</summary>
    /// <exception cref="ModelFormatException">It is damaged, unsupported, made for another base, has unused tensors or no effect (unless allowed).</exception>
    internal static LoraAdapter Load(string folder, string name, ModuleTable modules, WorkerPool pool, AdapterOptions? options = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        using AdapterFile file = AdapterFile.Open(folder);
        file.Sort(modules);
        return new AdapterBinding(file, modules, options ?? new AdapterOptions()).Bind(name, pool);
    }

    /// <summary>Paths of the modules whose weight, bias or rows this adapter puts its own in place of.</summary>
    internal IEnumerable<string> ReplacedModules =>
        _deltas.OfType<ModuleDelta>().Zip(Receipt.Modules).Where(changed => changed.First.Replaces).Select(changed => changed.Second.Path);

    /// <summary>The change to the module at <paramref name="moduleIndex"/> of the base's module table, or null.</summary>
    internal ModuleDelta? Delta(int moduleIndex) => _deltas[moduleIndex];

    public void Dispose()
    {
        foreach (ModuleDelta? delta in _deltas) delta?.Dispose();
    }
}

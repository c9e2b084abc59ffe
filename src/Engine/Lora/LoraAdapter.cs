using Juxta.Engine.Kernels;
using Juxta.Engine.Models;

namespace Juxta.Engine.Lora;

/// <summary>A PEFT adapter or a P-Tuning v2 prefix bound to one base model: per module of the base, what it changes.</summary>
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

    /// <summary>Whether a folder says of itself that it is an adapter: by PEFT's adapter_config.json, or by a P-Tuning v2 prefix in its weights.</summary>
    public static bool IsAdapter(string folder)
    {
        if (File.Exists(Path.Combine(folder, "adapter_config.json"))) return true;
        try
        {
            return PrefixCheckpoint.IsOne(folder);
        }
        catch (ModelFormatException)
        {
            return false;
        }
    }

    /// <summary>Reads an adapter folder and binds it to a model's modules. Blocks; the model may serve others meanwhile.</summary>
    /// <param name="rounding">What the model's weights were rounded to; null = nothing, and low-rank factors stay as the file has them.</param>
    /// <exception cref="ModelFormatException">It is damaged, unsupported, made for another base, has unused tensors or no effect (unless allowed).</exception>
    internal static LoraAdapter Load(string folder, string name, ModuleTable modules, WorkerPool pool, AdapterOptions? options = null, WeightStorage? rounding = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        options ??= new AdapterOptions();
        if (PrefixCheckpoint.IsOne(folder)) return PrefixCheckpoint.Load(folder, name, modules, pool, options);
        using AdapterFile file = AdapterFile.Open(folder);
        file.Sort(modules);
        return new AdapterBinding(file, modules, options, rounding).Bind(name, pool);
    }

    /// <summary>Keys and values that it puts before the text, or null.</summary>
    internal KeyValuePrefix? Prefix { get; init; }

    /// <summary>Paths of the modules whose weight, bias or rows this adapter puts its own in place of.</summary>
    internal IEnumerable<string> ReplacedModules => Prefix is not null
        ? [PrefixEncoder.Path]
        : _deltas.OfType<ModuleDelta>().Zip(Receipt.Modules).Where(changed => changed.First.Replaces).Select(changed => changed.Second.Path);

    /// <summary>The change to the module at <paramref name="moduleIndex"/> of the base's module table, or null.</summary>
    internal ModuleDelta? Delta(int moduleIndex) => _deltas[moduleIndex];

    public void Dispose()
    {
        foreach (ModuleDelta? delta in _deltas) delta?.Dispose();
    }
}

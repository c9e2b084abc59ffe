using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>Binds a sorted adapter file to a base: everything that does not fit is told in one message, then the changes are packed and the receipt written.</summary>
internal sealed class AdapterBinding(AdapterFile file, ModuleTable modules, AdapterOptions options, WeightStorage? rounding)
{
    readonly AdaptableModule? _embedding = modules.Modules.FirstOrDefault(module => module.Kind == ModuleKind.Embedding);
    readonly List<ModuleFit> _fits = [];
    readonly List<ModuleReceipt> _receipts = [];
    readonly List<string> _warnings = [.. file.Config.Warnings];

    PeftConfig Config => file.Config;

    /// <exception cref="ModelFormatException">It does not fit, or does not act and options do not allow that.</exception>
    public LoraAdapter Bind(string name, WorkerPool pool)
    {
        Check();
        var deltas = new ModuleDelta?[modules.Count];
        var idle = new List<string>();
        try
        {
            ModuleFit[] changes = [.. _fits.Where(fit => fit.ChangesAnything)];
            foreach (ModuleFit fit in changes)
            {
                (ModuleDelta delta, ModuleReceipt receipt, bool acts) = ModuleBuilder.Build(fit, pool, rounding is null ? null : WeightStorage.Factors);
                deltas[fit.Module.Index] = delta;
                _receipts.Add(receipt);
                if (!acts) idle.Add(fit.Module.Path);
            }
            if (idle.Count == changes.Length && !options.AllowNoEffect)
                throw Refused("zero-effect adapter: every lora_B is zero and whatever it replaces equals the base, so its answers would be the base's. It was probably saved before it was trained. Allow it explicitly if that is wanted", ModelFault.NoEffect);
            if (idle.Count > 0) _warnings.Add($"{idle.Count} of {changes.Length} modules are left as they are: their lora_B is zero");
            return new LoraAdapter(name, file.Folder, deltas, ResizedHead(), Receipt(name, deltas, idle));
        }
        catch
        {
            foreach (ModuleDelta? delta in deltas) delta?.Dispose();
            throw;
        }
    }

    void Check()
    {
        if (file.Modules.Count == 0)
            throw Refused($"none of its {file.TensorCount} tensors belongs to a module of this base: the adapter has {(file.Unused.Count > 0 ? file.Unused[0] : "nothing")}, the base {(modules.Count > 0 ? modules.Modules[0].Path : "nothing")}", ModelFault.AnotherBase);
        if (Config.Dora && modules.Modules.FirstOrDefault(module => module.Kind == ModuleKind.Embedding && file.Modules.GetValueOrDefault(module.Path) is { } tensors && (tensors[AdapterPart.EmbeddingA] ?? tensors[AdapterPart.Magnitude]) is not null) is { } embedding)
            throw Refused($"DoRA on an embedding ({embedding.Path}) is not supported; nothing was read. Merge it with PEFT, or train the embedding with plain LoRA", ModelFault.UnsupportedAdapter);
        var infinite = new List<string>();
        foreach (AdaptableModule module in modules.Modules)
        {
            if (!file.Modules.TryGetValue(module.Path, out ModuleTensors? tensors)) continue;
            infinite.AddRange(tensors.All.Where(tensor => tensor.Type.IsFloat() && !tensor.IsFinite()).Select(tensor => tensor.Name));
            _fits.Add(new ModuleFit(module, tensors, Config, module.Kind == ModuleKind.Embedding || IsHead(module), TokensOf(module)));
        }
        string[] misfits = [.. _fits.SelectMany(fit => fit.Problems)];
        var problems = new List<string>();
        if (misfits.Length > 0) problems.Add($"it does not fit this base: {NameList.Join(misfits, "; ")}");
        if (infinite.Count > 0) problems.Add($"tensors with NaN or infinity (a diverged training?): {NameList.Join(infinite)}");
        if (file.Unused.Count > 0 && !options.AllowUnused) problems.Add($"tensors that belong to no module of this base and would be ignored: {NameList.Join(file.Unused)}");
        if (misfits.Length == 0 && VocabularyProblem() is { } vocabulary) problems.Add(vocabulary);
        if (problems.Count > 0) throw Refused(string.Join(". And: ", problems), _fits.Exists(fit => fit.OfAnotherWidth) ? ModelFault.AnotherBase : ModelFault.Other);
    }

    /// <summary>An id that the head can draw must be one that the embedding can read.</summary>
    string? VocabularyProblem()
    {
        if (_embedding is null || modules.Modules.FirstOrDefault(IsHead) is not { } head) return null;
        int rows = RowsOf(_embedding), heads = RowsOf(head);
        if (rows < heads && (rows != _embedding.Rows || heads != head.Rows))
            return $"its head knows {heads} tokens, but the embedding would know {rows}: both must be resized together (modules_to_save: {_embedding.Path}, {head.Path})";
        if (rows > heads) _warnings.Add($"the embedding knows {rows} tokens, the head {heads}: ids from {heads} on can be read but never written");
        return null;
    }

    int RowsOf(AdaptableModule module) => _fits.FirstOrDefault(fit => fit.Module == module)?.Rows ?? module.Rows;

    int? ResizedHead() => _fits.FirstOrDefault(fit => IsHead(fit.Module) && fit.Rows != fit.Module.Rows)?.Rows;

    /// <summary>The linear layer of the vocabulary's size outside the decoder layers.</summary>
    bool IsHead(AdaptableModule module) => module.Kind == ModuleKind.Linear
        && (module.TiedTo is not null || (_embedding is not null && module.Rows == _embedding.Rows && module.Columns == _embedding.Columns && ModulePattern.LayerIndex(module.Path + ".", []) is null));

    int[]? TokensOf(AdaptableModule module) =>
        Config.TokensOf(module) ?? (module.TiedTo is { } tied && modules.Find(tied) is { } embedding ? Config.TokensOf(embedding) : null);

    AdapterReceipt Receipt(string name, ModuleDelta?[] deltas, List<string> idle)
    {
        string[] missing = [.. Missing()];
        if (missing.Length > 0) _warnings.Add($"the config asks for modules for which the file holds nothing: {NameList.Join(missing)}");
        return new AdapterReceipt
        {
            Name = name,
            Folder = file.Folder,
            Method = Config.Method,
            TrainedOn = Config.TrainedOn,
            Modules = _receipts,
            UnusedTensors = file.Unused,
            MissingModules = missing,
            IdleModules = idle,
            Warnings = _warnings,
            Parameters = _fits.SelectMany(fit => fit.Tensors).DistinctBy(tensor => tensor.Name).Sum(tensor => tensor.Elements),
            Bytes = deltas.Sum(delta => delta?.Bytes ?? 0),
            Hash = file.Hash,
        };
    }

    IEnumerable<string> Missing()
    {
        foreach (AdaptableModule module in modules.Modules)
        {
            ModuleTensors? tensors = file.Modules.GetValueOrDefault(module.Path);
            bool lacksLora = Config.IsTarget(module, IsHead(module)) && (tensors?[AdapterPart.LoraA] ?? tensors?[AdapterPart.EmbeddingA]) is null;
            bool lacksTokens = Config.TokensOf(module) is not null && tensors?[AdapterPart.TokenRows] is null;
            if (lacksLora || lacksTokens || (Config.Saves(module.Path) && tensors?.Replacement is null)) yield return module.Path;
        }
    }

    ModelFormatException Refused(string why, ModelFault fault) =>
        new($"{file.Folder}: the adapter{(Config.TrainedOn is { Length: > 0 } trainedOn ? $" (trained on {trainedOn})" : "")} was not loaded: {why}", file.Folder) { Fault = fault };
}

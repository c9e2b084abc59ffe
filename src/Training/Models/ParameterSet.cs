using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>The parameters of one run: all weights of a model, or the low-rank changes and the whole modules that its LoRA settings name. Owns them.</summary>
/// <param name="lora">Null = full-parameter training.</param>
/// <param name="seed">Decides the first values of A.</param>
internal sealed class ParameterSet(LoraSettings? lora, ulong seed) : IDisposable
{
    const string AllLinear = "all-linear", AdapterPrefix = "base_model.model.";

    readonly List<Parameter> _trained = [];
    readonly List<Parameter> _frozen = [];
    readonly Dictionary<string, Gradients.LowRank> _changes = new(StringComparer.Ordinal);
    readonly ModulePattern _targets = lora is null ? ModulePattern.None
        : lora.TargetPattern is { } pattern ? ModulePattern.Parse(pattern, "preparing LoRA", "target_modules")
        : lora.TargetModules.Contains(AllLinear) ? ModulePattern.Parse(AllLinear, "preparing LoRA", "target_modules") : ModulePattern.List(lora.TargetModules);

    /// <summary>Whether every weight is trained.</summary>
    public bool Full => lora is null;

    /// <summary>Whether a module's own weights are trained: all are, or modules_to_save names it. PEFT compares the path's end, even inside a name.</summary>
    public bool Trains(string path) => lora is null || lora.ModulesToSave.Any(name => path.EndsWith(name, StringComparison.Ordinal));

    /// <summary>In the order in which the model asked for them.</summary>
    public IReadOnlyList<Parameter> Trained => _trained;

    /// <summary>Low-rank changes by module path.</summary>
    public IReadOnlyDictionary<string, Gradients.LowRank> Changes => _changes;

    /// <param name="tensors">Matrices of equal columns, stacked; trained.</param>
    public Parameter Matrix(IReadOnlyList<NamedShape> tensors, RowReader readRow) => Read(tensors, tensors.Sum(tensor => tensor.Shape[0]), tensors[0].Shape[1], decays: true, trained: true, readRow);

    /// <summary>As <see cref="Matrix"/>, of what is not trained but must be read beside what is.</summary>
    public Parameter Frozen(IReadOnlyList<NamedShape> tensors, RowReader readRow) => Read(tensors, tensors.Sum(tensor => tensor.Shape[0]), tensors[0].Shape[1], decays: true, trained: false, readRow);

    /// <param name="trained">Whether training changes it.</param>
    public Parameter Vector(IReadOnlyList<NamedShape> tensors, float[] values, bool trained) => Read(tensors, 1, values.Length, decays: false, trained, (_, target) => values.CopyTo(target));

    /// <summary>The change of a module that the settings name: A uniform within ±1/√inputs, as PEFT begins, and B zero, so that nothing changes at first. Null = not named.</summary>
    public Gradients.LowRank? LowRank(AdaptableModule module)
    {
        if (lora is null || !Names(module)) return null;
        var a = new Parameter([new($"{AdapterPrefix}{module.Path}.lora_A.weight", [lora.Rank, module.Columns])], lora.Rank, module.Columns, decays: true);
        var b = new Parameter([new($"{AdapterPrefix}{module.Path}.lora_B.weight", [module.Rows, lora.Rank])], module.Rows, lora.Rank, decays: true);
        double bound = 1 / Math.Sqrt(module.Columns);
        for (int row = 0; row < a.Rows; row++)
        {
            Span<float> values = a.Value.Row(row);
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(((2 * Philox.Uniform(seed, ((ulong)(uint)module.Index << 40) + ((ulong)row * (ulong)values.Length) + (ulong)i)) - 1) * bound);
        }
        _trained.Add(a);
        _trained.Add(b);
        var change = new Gradients.LowRank(a, b, lora.Scale, lora.Dropout);
        _changes.Add(module.Path, change);
        return change;
    }

    /// <exception cref="ModelFormatException">The settings name a module that the model has not.</exception>
    public void ThrowIfNothingNamed(ModuleTable modules)
    {
        if (lora is null) return;
        if (lora.TargetPattern is null) Refuse("target_modules", lora.TargetModules.Where(target => target != AllLinear && !modules.Modules.Any(module => Matches(module.Path, target))), LinearNames(modules));
        Refuse("modules_to_save", lora.ModulesToSave.Where(saved => !modules.Modules.Any(module => module.Path.EndsWith(saved, StringComparison.Ordinal))), modules.Modules.Select(module => LastName(module.Path)));
        if (_changes.Count == 0) Refuse("target_modules", [lora.TargetPattern ?? "nothing"], LinearNames(modules));
    }

    static void Refuse(string field, IEnumerable<string> unknown, IEnumerable<string> known)
    {
        string names = string.Join(", ", unknown);
        if (names.Length > 0) throw new ModelFormatException($"preparing LoRA: {field} names {names}, which this model has not; it has {string.Join(", ", known.Distinct())}{(field == "target_modules" ? ", or say all-linear" : "")}");
    }

    static IEnumerable<string> LinearNames(ModuleTable modules) => modules.Modules.Where(module => module.Kind == ModuleKind.Linear && !IsHead(module.Path)).Select(module => LastName(module.Path));

    static string LastName(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>A module that is trained whole needs no change beside that.</summary>
    bool Names(AdaptableModule module) =>
        module.Kind == ModuleKind.Linear && !Trains(module.Path) && (_targets.AllLinear ? module.Path.Contains('.') && !IsHead(module.Path) : _targets.Matches(module.Path));

    /// <summary>The head is no part of the layers that are counted.</summary>
    static bool IsHead(string path) => !path.Any(char.IsAsciiDigit);

    static bool Matches(string path, string target) => path == target || path.EndsWith("." + target, StringComparison.Ordinal);

    Parameter Read(IReadOnlyList<NamedShape> tensors, int rows, int columns, bool decays, bool trained, RowReader readRow)
    {
        // An adapter's tensors are named as PEFT wraps the model.
        var parameter = new Parameter(trained && !Full ? [.. tensors.Select(tensor => tensor with { Name = AdapterPrefix + tensor.Name })] : tensors, rows, columns, decays);
        for (int row = 0; row < rows; row++) readRow(row, parameter.Value.Row(row));
        (trained ? _trained : _frozen).Add(parameter);
        return parameter;
    }

    public void Dispose()
    {
        foreach (Gradients.LowRank change in _changes.Values) change.Dispose();
        foreach (Parameter parameter in _trained.Concat(_frozen)) parameter.Dispose();
    }
}

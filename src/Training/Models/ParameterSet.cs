using Juxta.Engine;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>The parameters of one run: all weights of a model, or the low-rank changes that its LoRA settings name. Owns them.</summary>
/// <param name="lora">Null = full-parameter training.</param>
/// <param name="seed">Decides the first values of A.</param>
internal sealed class ParameterSet(LoraSettings? lora, ulong seed) : IDisposable
{
    readonly List<Parameter> _trained = [];
    readonly List<Parameter> _frozen = [];
    readonly Dictionary<string, LowRank> _changes = new(StringComparer.Ordinal);

    /// <summary>Whether every weight is trained.</summary>
    public bool Full => lora is null;

    /// <summary>In the order in which the model asked for them.</summary>
    public IReadOnlyList<Parameter> Trained => _trained;

    /// <summary>Low-rank changes by module path.</summary>
    public IReadOnlyDictionary<string, LowRank> Changes => _changes;

    /// <param name="tensors">Matrices of equal columns, stacked.</param>
    public Parameter Matrix(IReadOnlyList<NamedShape> tensors, RowReader readRow) => Read(tensors, tensors.Sum(tensor => tensor.Shape[0]), tensors[0].Shape[1], decays: true, trained: Full, readRow);

    /// <param name="trained">Whether training changes it.</param>
    public Parameter Vector(IReadOnlyList<NamedShape> tensors, float[] values, bool trained) => Read(tensors, 1, values.Length, decays: false, trained, (_, target) => values.CopyTo(target));

    /// <summary>The change of a module that the settings name: A uniform within ±1/√inputs, as PEFT begins, and B zero, so that nothing changes at first. Null = not named.</summary>
    public LowRank? LowRank(AdaptableModule module)
    {
        if (lora is null || !Names(module)) return null;
        var a = new Parameter([new($"base_model.model.{module.Path}.lora_A.weight", [lora.Rank, module.Columns])], lora.Rank, module.Columns, decays: true);
        var b = new Parameter([new($"base_model.model.{module.Path}.lora_B.weight", [module.Rows, lora.Rank])], module.Rows, lora.Rank, decays: true);
        double bound = 1 / Math.Sqrt(module.Columns);
        for (int row = 0; row < a.Rows; row++)
        {
            Span<float> values = a.Value.Row(row);
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(((2 * Philox.Uniform(seed, ((ulong)(uint)module.Index << 40) + ((ulong)row * (ulong)values.Length) + (ulong)i)) - 1) * bound);
        }
        _trained.Add(a);
        _trained.Add(b);
        var change = new LowRank(a, b, lora.Scale, lora.Dropout);
        _changes.Add(module.Path, change);
        return change;
    }

    /// <exception cref="ModelFormatException">The settings name a module that the model has not.</exception>
    public void ThrowIfNothingNamed(ModuleTable modules)
    {
        if (lora is null) return;
        string[] unknown = [.. lora.TargetModules.Where(target => target != "all-linear" && !modules.Modules.Any(module => Matches(module.Path, target)))];
        if (unknown.Length == 0 && _changes.Count > 0) return;
        IEnumerable<string> known = modules.Modules.Where(module => module.Kind == ModuleKind.Linear && !IsHead(module.Path)).Select(module => module.Path[(module.Path.LastIndexOf('.') + 1)..]).Distinct();
        throw new ModelFormatException($"preparing LoRA: target_modules names {string.Join(", ", unknown.DefaultIfEmpty("nothing"))}, which this model has not; it has {string.Join(", ", known)}, or say all-linear");
    }

    bool Names(AdaptableModule module) =>
        module.Kind == ModuleKind.Linear && lora!.TargetModules.Any(target => target == "all-linear" ? module.Path.Contains('.') && !IsHead(module.Path) : Matches(module.Path, target));

    /// <summary>The head is no part of the layers that are counted.</summary>
    static bool IsHead(string path) => !path.Any(char.IsAsciiDigit);

    static bool Matches(string path, string target) => path == target || path.EndsWith("." + target, StringComparison.Ordinal);

    Parameter Read(IReadOnlyList<NamedShape> tensors, int rows, int columns, bool decays, bool trained, RowReader readRow)
    {
        var parameter = new Parameter(tensors, rows, columns, decays);
        for (int row = 0; row < rows; row++) readRow(row, parameter.Value.Row(row));
        (trained ? _trained : _frozen).Add(parameter);
        return parameter;
    }

    public void Dispose()
    {
        foreach (LowRank change in _changes.Values) change.Dispose();
        foreach (Parameter parameter in _trained.Concat(_frozen)) parameter.Dispose();
    }
}

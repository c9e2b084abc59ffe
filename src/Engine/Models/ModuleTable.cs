using Juxta.Engine.Lora;

namespace Juxta.Engine.Models;

/// <summary>Kinds of module that an adapter can name.</summary>
internal enum ModuleKind
{
    Linear,
    Embedding,
    Norm,
}

/// <summary>
/// One module as the checkpoint names it, though its weight may be packed together with its neighbours (q, k and v into one matrix).
/// </summary>
/// <param name="Path">Checkpoint path without ".weight": <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Index">Position in the table: an adapter's changes are found by it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Rows">Linear: outputs. Embedding: vocabulary. Norm: channels.</param>
/// <param name="Columns">Linear: inputs. Embedding: channels. Norm: 1.</param>
/// <param name="ReadRow">Widens one row of the base weight to f32 (for norms of rows and of ΔW).</param>
/// <param name="Bias">The base bias, or null.</param>
/// <param name="TiedTo">For a head that shares the embedding's weight: the embedding's path.</param>
internal sealed record AdaptableModule(
    string Path, int Index, ModuleKind Kind, int Rows, int Columns, RowReader ReadRow, float[]? Bias = null, string? TiedTo = null);

/// <summary>Writes row <paramref name="row"/> of a weight, widened to f32, to <paramref name="destination"/>.</summary>
internal delegate void RowReader(int row, Span<float> destination);

/// <summary>The modules of a loaded model that adapters may act on, by path.</summary>
internal sealed class ModuleTable
{
    readonly List<AdaptableModule> _modules = [];
    readonly Dictionary<string, AdaptableModule> _byPath = new(StringComparer.Ordinal);

    public IReadOnlyList<AdaptableModule> Modules => _modules;

    public int Count => _modules.Count;

    /// <summary>What a P-Tuning v2 prefix must have to fit; null for families that take none.</summary>
    public PrefixShape? Prefix { get; set; }

    public AdaptableModule? Find(string path) => _byPath.GetValueOrDefault(path);

    public AdaptableModule Add(string path, ModuleKind kind, int rows, int columns, RowReader readRow, float[]? bias = null, string? tiedTo = null)
    {
        var module = new AdaptableModule(path, _modules.Count, kind, rows, columns, readRow, bias, tiedTo);
        _byPath.Add(path, module);
        _modules.Add(module);
        return module;
    }
}

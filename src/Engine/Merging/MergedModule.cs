using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;

namespace Juxta.Engine.Merging;

/// <summary>
/// What a module's weight and bias become, row by row in f32: the formula of <see cref="ModuleDelta"/> with the input taken out of it. For an adapter scale t
/// <code>
/// row i = W'[i] + t·( (g[i]−1)·W'[i] + g[i]·s·(BA)[i] )    then replaced rows;  an embedding takes its low-rank part on replaced rows too
/// bias  = b' + t·s·lora_B.bias
/// </code>
/// </summary>
internal sealed class MergedModule
{
    readonly ModuleDelta _delta;
    readonly LowRank? _lowRank;
    readonly float _scale;

    public MergedModule(AdaptableModule module, ModuleDelta delta, float scale)
    {
        Module = module;
        _delta = delta;
        _scale = scale;
        _lowRank = delta.EmbeddingA is { } a && delta.EmbeddingB is { } b ? new LowRank(a, LowRank.Transpose(b, module.Columns, b.Length / module.Columns), b.Length / module.Columns, delta.Scale)
            : delta.A is { } down && delta.B is { } up ? new LowRank(Rows(up), Rows(down), down.Rows, delta.Scale)
            : null;
    }

    public AdaptableModule Module { get; }

    /// <summary>Rows of the merged weight; more than the module's where a vocabulary grew.</summary>
    public int RowCount => _delta.Weight?.Rows ?? (_delta.EmbeddingTable is { } table ? table.Length / Module.Columns : Module.Rows);

    /// <summary>Whether the weight is another; a bias may change alone.</summary>
    public bool ChangesWeight => _lowRank is not null || _delta.Weight is not null || _delta.EmbeddingTable is not null || _delta.EmbeddingRows is not null
        || _delta.ReplacedRows is not null || _delta.NormWeight is not null;

    /// <summary>The merged bias, or null where it stays as it is.</summary>
    public float[]? Bias
    {
        get
        {
            if (_delta.LoraBias is null) return _delta.Bias;
            float[] bias = [.. _delta.Bias ?? Module.Bias ?? new float[RowCount]];
            for (int i = 0; i < bias.Length; i++) bias[i] += _scale * _delta.LoraBias[i];
            return bias;
        }
    }

    /// <summary>One row of the merged weight. Any number of threads may read.</summary>
    public void ReadRow(int row, Span<float> destination)
    {
        if (Module.Kind == ModuleKind.Norm)
        {
            destination[0] = _delta.NormWeight![row];
            return;
        }
        if (Module.Kind == ModuleKind.Linear && _delta.ReplacedRowIds is { } ids && Array.BinarySearch(ids, row) is >= 0 and var at)
        {
            _delta.ReplacedRows!.ReadRow(at, destination);
            return;
        }
        if (_delta.EmbeddingRows is { } rows && rows.TryGetValue(row, out float[]? replaced)) replaced.CopyTo(destination);
        else if (_delta.EmbeddingTable is { } table) table.AsSpan(row * Module.Columns, Module.Columns).CopyTo(destination);
        else if (_delta.Weight is { } weight) weight.ReadRow(row, destination);
        else Module.ReadRow(row, destination);
        if (_lowRank is null) return;

        float gain = _delta.Gain?[row] ?? 1;
        if (gain != 1)
        {
            float factor = 1 + (_scale * (gain - 1));
            for (int i = 0; i < destination.Length; i++) destination[i] *= factor;
        }
        _lowRank.AddRow(row, destination, _scale * gain);
    }

    static float[] Rows(PackedMatrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (int row = 0; row < matrix.Rows; row++) matrix.ReadRow(row, values.AsSpan(row * matrix.Columns, matrix.Columns));
        return values;
    }
}

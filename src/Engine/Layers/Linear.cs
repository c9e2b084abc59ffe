using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>
/// y = W x + b, plus what each row's adapters add (formula in <see cref="ModuleDelta"/>). Modules that read the same input
/// (q, k and v; gate and up) are stacked into one weight; adapters still see each under its own checkpoint path.
/// </summary>
internal sealed class Linear(PackedMatrix weight, float[]? bias, IReadOnlyList<LinearPart> parts)
{
    readonly LinearPart[] _parts = [.. parts];

    public int Inputs => weight.Columns;

    public int Outputs => weight.Rows;

    public PackedMatrix Weight => weight;

    /// <summary>Of all outputs; null = none.</summary>
    public float[]? Bias => bias;

    public IReadOnlyList<LinearPart> Parts => _parts;

    /// <param name="x">(rows, <see cref="Inputs"/>).</param>
    /// <param name="y">(rows, at least the outputs of any weight in use).</param>
    public void Forward(WorkerPool pool, Workspace workspace, List<AdapterRun> runs, Matrix x, Matrix y)
    {
        MatMul.Multiply(pool, weight, x, y.ColumnRange(0, Outputs));
        foreach (AdapterRun run in runs)
        {
            Matrix yRun = y.RowRange(run.FirstRow, run.Rows);
            if (run.Adapters.IsEmpty)
            {
                if (bias is not null) Residual.AddToRows(yRun.ColumnRange(0, Outputs), bias);
                continue;
            }
            Matrix xRun = x.RowRange(run.FirstRow, run.Rows);
            foreach (LinearPart part in _parts) Apply(pool, workspace, run.Adapters, part, xRun, yRun);
        }
    }

    void Apply(WorkerPool pool, Workspace workspace, AdapterSet adapters, LinearPart part, Matrix x, Matrix y)
    {
        Workspace.Mark mark = workspace.Hold();
        Matrix own = y.ColumnRange(part.FirstRow, part.Module.Rows);
        ReadOnlySpan<float> ownBias = bias is null ? default : bias.AsSpan(part.FirstRow, part.Module.Rows);

        foreach ((LoraAdapter adapter, _) in adapters.Entries)
        {
            if (adapter.Delta(part.Module.Index) is not { } delta) continue;
            if (delta.Weight is { } replacement)
            {
                own = y.ColumnRange(part.FirstRow, replacement.Rows);
                MatMul.Multiply(pool, replacement, x, own);
            }
            if (delta.Bias is { } replacementBias) ownBias = replacementBias;
        }

        // Every adapter starts from the same W'x, so that their order does not matter but for rounding.
        Matrix product = default;
        foreach ((LoraAdapter adapter, _) in adapters.Entries)
        {
            if (adapter.Delta(part.Module.Index)?.Gain is null) continue;
            product = workspace.Rent(own.Rows, own.Columns);
            for (int row = 0; row < own.Rows; row++) own.Row(row).CopyTo(product.Row(row));
            break;
        }

        foreach ((LoraAdapter adapter, float scale) in adapters.Entries)
        {
            if (adapter.Delta(part.Module.Index) is not { } delta) continue;
            if (delta.A is { } a && delta.B is { } b)
            {
                Matrix low = workspace.Rent(x.Rows, a.Rows);
                MatMul.Multiply(pool, a, x, low);
                Matrix high = workspace.Rent(x.Rows, b.Rows);
                MatMul.Multiply(pool, b, low, high);
                for (int row = 0; row < x.Rows; row++)
                {
                    if (delta.Gain is { } gain)
                        Residual.AddDora(own.Row(row), product.Row(row), high.Row(row), gain, delta.Scale, scale);
                    else
                        Elementwise.AddScaled(high.Row(row), delta.Scale * scale, own.Row(row)[..b.Rows]);
                }
            }
            if (delta.ReplacedRows is { } rows) ReplaceRows(pool, workspace, delta.ReplacedRowIds!, rows, x, own);
            if (delta.LoraBias is { } loraBias)
            {
                for (int row = 0; row < own.Rows; row++) Elementwise.AddScaled(loraBias, scale, own.Row(row));
            }
        }
        if (!ownBias.IsEmpty) Residual.AddToRows(own, ownBias);
        workspace.Release(mark);
    }

    static void ReplaceRows(WorkerPool pool, Workspace workspace, int[] ids, PackedMatrix rows, Matrix x, Matrix y)
    {
        Matrix replaced = workspace.Rent(x.Rows, rows.Rows);
        MatMul.Multiply(pool, rows, x, replaced);
        for (int row = 0; row < x.Rows; row++)
        {
            Span<float> target = y.Row(row);
            for (int i = 0; i < ids.Length; i++) target[ids[i]] = replaced.Row(row)[i];
        }
    }
}

/// <summary>A module's place in the stacked weight.</summary>
/// <param name="Module">The module by its checkpoint path; its rows are the part's.</param>
/// <param name="FirstRow">First output row of the stacked weight.</param>
internal sealed record LinearPart(AdaptableModule Module, int FirstRow);

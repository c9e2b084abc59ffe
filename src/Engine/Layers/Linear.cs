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
        Workspace.Mark mark = workspace.Hold();

        // Ax of every row's adapters reads what Wx reads, and is narrow: as one job the threads meet once, and none waits for another's Ax.
        Matrix low = workspace.Rent(x.Rows, Ranks(runs));
        foreach (AdapterRun run in runs)
        {
            int column = 0;
            foreach ((LoraAdapter adapter, _) in run.Adapters.Entries)
            {
                foreach (LinearPart part in _parts)
                    if (adapter.Delta(part.Module.Index)?.A is { } a) workspace.Products.Add(new(a, run.Of(x), Next(run.Of(low), a.Rows, ref column)));
            }
        }
        workspace.Products.Add(new(weight, x, y.ColumnRange(0, Outputs)));
        workspace.Multiply(pool);

        foreach (AdapterRun run in runs)
            if (!run.Adapters.IsEmpty) Adapt(pool, workspace, run.Adapters, run.Of(x), run.Of(low), run.Of(y));
        workspace.Multiply(pool);
        foreach (AdapterRun run in runs)
        {
            foreach (LinearPart part in _parts)
                if (OwnBias(run.Adapters, part) is { IsEmpty: false } own) Residual.AddToRows(Own(run.Adapters, part, run.Of(y)), own);
        }
        workspace.Release(mark);
    }

    /// <summary>What the adapters of a run add to Wx; the last low-rank products are left waiting.</summary>
    /// <param name="low">Ax of every adapter and part, in their order.</param>
    void Adapt(WorkerPool pool, Workspace workspace, AdapterSet adapters, Matrix x, Matrix low, Matrix y)
    {
        bool dora = false;
        foreach ((LoraAdapter adapter, _) in adapters.Entries)
        {
            foreach (LinearPart part in _parts)
            {
                ModuleDelta? delta = adapter.Delta(part.Module.Index);
                if (delta?.Weight is { } replacement) MatMul.Multiply(pool, replacement, x, Own(adapters, part, y));
                dora |= delta?.Gain is not null;
            }
        }

        // Every adapter starts from the same W'x, so that their order does not matter but for rounding.
        Matrix product = workspace.Rent(dora ? y.Rows : 0, y.Columns);
        for (int row = 0; row < product.Rows; row++) y.Row(row).CopyTo(product.Row(row));

        int column = 0;
        for (int i = 0; i < adapters.Entries.Length; i++)
        {
            if (i > 0) workspace.Multiply(pool); // what the adapter before adds to the same outputs
            (LoraAdapter adapter, float scale) = adapters.Entries[i];
            foreach (LinearPart part in _parts)
            {
                if (adapter.Delta(part.Module.Index) is not { } delta) continue;
                Matrix own = Own(adapters, part, y);
                if (delta.A is { } a && delta.B is { } b)
                {
                    Matrix partLow = Next(low, a.Rows, ref column);
                    if (delta.Gain is { } gain) AddDora(pool, workspace, delta, scale, gain, partLow, product.ColumnRange(part.FirstRow, own.Columns), own);
                    else workspace.Products.Add(new(b, partLow, own.ColumnRange(0, b.Rows), delta.Scale * scale));
                }
                if (delta.ReplacedRows is null && delta.LoraBias is null) continue;
                workspace.Multiply(pool);
                if (delta.ReplacedRows is { } rows) ReplaceRows(pool, workspace, delta.ReplacedRowIds!, rows, x, own);
                if (delta.LoraBias is { } loraBias)
                {
                    for (int row = 0; row < own.Rows; row++) Elementwise.AddScaled(loraBias, scale, own.Row(row));
                }
            }
        }
    }

    static void AddDora(WorkerPool pool, Workspace workspace, ModuleDelta delta, float scale, float[] gain, Matrix low, Matrix product, Matrix y)
    {
        Matrix high = workspace.Rent(low.Rows, delta.B!.Rows);
        MatMul.Multiply(pool, delta.B, low, high);
        for (int row = 0; row < low.Rows; row++) Residual.AddDora(y.Row(row), product.Row(row), high.Row(row), gain, delta.Scale, scale);
    }

    /// <summary>Columns that Ax of a row takes, at most.</summary>
    int Ranks(List<AdapterRun> runs)
    {
        int most = 0;
        foreach (AdapterRun run in runs)
        {
            int ranks = 0;
            foreach ((LoraAdapter adapter, _) in run.Adapters.Entries)
                foreach (LinearPart part in _parts) ranks += adapter.Delta(part.Module.Index)?.A?.Rows ?? 0;
            most = Math.Max(most, ranks);
        }
        return most;
    }

    static Matrix Next(Matrix low, int rank, ref int column)
    {
        Matrix next = low.ColumnRange(column, rank);
        column += rank;
        return next;
    }

    /// <summary>The part's outputs; as many as a replaced weight has.</summary>
    static Matrix Own(AdapterSet adapters, LinearPart part, Matrix y)
    {
        int rows = part.Module.Rows;
        foreach ((LoraAdapter adapter, _) in adapters.Entries) rows = adapter.Delta(part.Module.Index)?.Weight?.Rows ?? rows;
        return y.ColumnRange(part.FirstRow, rows);
    }

    ReadOnlySpan<float> OwnBias(AdapterSet adapters, LinearPart part)
    {
        ReadOnlySpan<float> own = bias is null ? default : bias.AsSpan(part.FirstRow, part.Module.Rows);
        foreach ((LoraAdapter adapter, _) in adapters.Entries)
            if (adapter.Delta(part.Module.Index)?.Bias is { } replacement) own = replacement;
        return own;
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

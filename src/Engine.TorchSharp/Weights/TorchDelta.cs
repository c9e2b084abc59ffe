using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Weights;

/// <summary>An adapter's change of one module on the device: the tensors of <see cref="ModuleDelta"/> under their names there. Made when first used, freed with the adapter.</summary>
internal sealed class TorchDelta : IDisposable
{
    readonly List<Tensor> _owned = [];

    TorchDelta(ModuleDelta delta, AdaptableModule module, Compute compute)
    {
        A = Matrix(delta.A, compute);
        B = Matrix(delta.B, compute);
        Weight = Matrix(delta.Weight, compute);
        ReplacedRows = Matrix(delta.ReplacedRows, compute);
        ReplacedRowIds = delta.ReplacedRowIds is { } ids ? Own(compute.Indices([.. ids.Select(id => (long)id)])) : null;
        Gain = Vector(delta.Gain, compute);
        LoraBias = Vector(delta.LoraBias, compute);
        Bias = Vector(delta.Bias, compute);
        NormWeight = Vector(delta.NormWeight, compute);
        Scale = delta.Scale;
        EmbeddingTable = Table(delta.EmbeddingTable, module.Columns, compute);
        if (delta is { EmbeddingA: { } a, EmbeddingB: { } b })
        {
            int rank = b.Length / module.Columns;
            EmbeddingA = Table(a, rank, compute);
            EmbeddingB = Table(b, rank, compute);
        }
        if (delta.EmbeddingRows is { } rows)
        {
            EmbeddingRowIds = [.. rows.Keys];
            EmbeddingRows = Own(compute.Rows(rows.Count, module.Columns, (row, target) => rows[EmbeddingRowIds[row]].CopyTo(target)));
        }
    }

    /// <summary>(rank, inputs).</summary>
    public Tensor? A { get; }

    /// <summary>(outputs, rank).</summary>
    public Tensor? B { get; }

    public float Scale { get; }

    /// <summary>(outputs), f32.</summary>
    public Tensor? Gain { get; }

    /// <summary>(outputs), f32.</summary>
    public Tensor? LoraBias { get; }

    /// <summary>(outputs, inputs).</summary>
    public Tensor? Weight { get; }

    /// <summary>(outputs), f32.</summary>
    public Tensor? Bias { get; }

    /// <summary>(rows).</summary>
    public Tensor? ReplacedRowIds { get; }

    /// <summary>(rows, inputs).</summary>
    public Tensor? ReplacedRows { get; }

    /// <summary>Ids of <see cref="EmbeddingRows"/>, in their order.</summary>
    public IReadOnlyList<int>? EmbeddingRowIds { get; }

    /// <summary>(rows, channels).</summary>
    public Tensor? EmbeddingRows { get; }

    /// <summary>(vocabulary, channels).</summary>
    public Tensor? EmbeddingTable { get; }

    /// <summary>(vocabulary, rank).</summary>
    public Tensor? EmbeddingA { get; }

    /// <summary>(channels, rank).</summary>
    public Tensor? EmbeddingB { get; }

    /// <summary>(channels), f32.</summary>
    public Tensor? NormWeight { get; }

    /// <summary>What the adapter does to the module; null = nothing.</summary>
    public static TorchDelta? Of(LoraAdapter adapter, AdaptableModule module, Compute compute) =>
        adapter.Delta(module.Index) is { } delta ? (TorchDelta)(delta.Mirror ??= new TorchDelta(delta, module, compute)) : null;

    public void Dispose()
    {
        foreach (Tensor tensor in _owned) tensor.Dispose();
    }

    Tensor? Matrix(PackedMatrix? packed, Compute compute) => packed is null ? null : Own(compute.Rows(packed.Rows, packed.Columns, packed.ReadRow));

    Tensor? Table(float[]? values, int columns, Compute compute) => values is null
        ? null
        : Own(compute.Rows(values.Length / columns, columns, (row, target) => values.AsSpan(row * columns, columns).CopyTo(target)));

    Tensor? Vector(float[]? values, Compute compute) => values is null ? null : Own(compute.Floats(values));

    /// <summary>Made in the middle of a step, it outlives it.</summary>
    Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}

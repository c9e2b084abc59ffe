using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>Token ids → rows of the embedding table, with each sequence's adapters.</summary>
internal sealed class TorchEmbedding(Embedding described, TorchWeights weights, Compute compute)
{
    readonly Tensor _table = weights.Of(described.Module);

    /// <returns>(tokens of the batch, channels).</returns>
    public Tensor Forward(TorchStep step)
    {
        int[] ids = step.Batch.TokenIds.ToArray();
        // An id of a resized vocabulary lies beyond the base's table; its adapter puts a row there.
        Tensor hidden = _table.index_select(0, compute.Indices([.. ids.Select(id => (long)Math.Min(id, described.Vocabulary - 1))]));
        foreach (AdapterRun run in step.Runs)
        {
            if (!run.Adapters.IsEmpty) Apply(run.Adapters, ids.AsSpan(run.FirstRow, run.Rows).ToArray(), hidden.narrow(0, run.FirstRow, run.Rows));
        }
        return hidden;
    }

    /// <param name="rows">(ids, channels), changed in place.</param>
    void Apply(AdapterSet adapters, int[] ids, Tensor rows)
    {
        TorchDelta?[] deltas = [.. adapters.Entries.Select(entry => TorchDelta.Of(entry.Adapter, described.Module, compute))];
        if (Array.TrueForAll(deltas, delta => delta is null)) return;
        Tensor own = compute.Indices([.. ids.Select(id => (long)id)]);
        foreach (TorchDelta delta in deltas.OfType<TorchDelta>())
        {
            if (delta.EmbeddingTable is { } table) rows.copy_(table.index_select(0, own));
            if (delta.EmbeddingRows is { } replaced) Replace(ids, delta.EmbeddingRowIds!, replaced, rows);
        }
        foreach ((TorchDelta? delta, float scale) in deltas.Zip(adapters.Entries, (delta, entry) => (delta, entry.Scale)))
        {
            if (delta is { EmbeddingA: { } a, EmbeddingB: { } b }) rows.add_(nn.functional.linear(a.index_select(0, own), b), delta.Scale * scale);
        }
    }

    void Replace(int[] ids, IReadOnlyList<int> replacedIds, Tensor replaced, Tensor rows)
    {
        List<long> targets = [], sources = [];
        for (int i = 0; i < ids.Length; i++)
        {
            for (int j = 0; j < replacedIds.Count; j++)
            {
                if (replacedIds[j] != ids[i]) continue;
                targets.Add(i);
                sources.Add(j);
            }
        }
        if (targets.Count > 0) rows.index_copy_(0, compute.Indices([.. targets]), replaced.index_select(0, compute.Indices([.. sources])));
    }
}

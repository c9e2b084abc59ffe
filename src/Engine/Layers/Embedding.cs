using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>Token ids → rows of the embedding table, with each sequence's adapters.</summary>
internal sealed class Embedding(AdaptableModule module)
{
    public AdaptableModule Module => module;

    public int Vocabulary => module.Rows;

    public int Channels => module.Columns;

    /// <summary>(tokens of the batch, channels).</summary>
    public Matrix Forward(Step step)
    {
        Matrix hidden = step.Rent(Channels);
        ReadOnlySpan<int> ids = step.Batch.TokenIds;
        foreach (AdapterRun run in step.Runs)
        {
            for (int i = 0; i < run.Rows; i++)
            {
                int token = run.FirstRow + i;
                Lookup(ids[token], run.Adapters, hidden.Row(token));
            }
        }
        return hidden;
    }

    void Lookup(int id, AdapterSet adapters, Span<float> row)
    {
        ReadOnlySpan<float> replacement = default;
        foreach ((LoraAdapter adapter, _) in adapters.Entries)
        {
            if (adapter.Delta(module.Index) is not { } delta) continue;
            if (delta.EmbeddingTable is { } table) replacement = table.AsSpan(id * Channels, Channels);
            if (delta.EmbeddingRows is { } rows && rows.TryGetValue(id, out float[]? replaced)) replacement = replaced;
        }
        if (replacement.IsEmpty) module.ReadRow(id, row);
        else replacement.CopyTo(row);

        foreach ((LoraAdapter adapter, float scale) in adapters.Entries)
        {
            if (adapter.Delta(module.Index) is not { EmbeddingA: { } a, EmbeddingB: { } b } delta) continue;
            int rank = b.Length / Channels;
            ReadOnlySpan<float> column = a.AsSpan(id * rank, rank);
            for (int c = 0; c < Channels; c++)
            {
                float sum = 0;
                for (int r = 0; r < rank; r++) sum = MathF.FusedMultiplyAdd(b[(c * rank) + r], column[r], sum);
                row[c] = MathF.FusedMultiplyAdd(sum, delta.Scale * scale, row[c]);
            }
        }
    }
}

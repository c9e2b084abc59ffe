using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>Consecutive rows of activations on which the same adapters act.</summary>
internal readonly record struct AdapterRun(int FirstRow, int Rows, AdapterSet Adapters)
{
    /// <summary>The run's rows of all rows.</summary>
    public Matrix Of(Matrix all) => all.RowRange(FirstRow, Rows);

    /// <summary>The runs of a batch's token rows and of the rows whose logits are wanted, in order.</summary>
    public static void Collect(Batch batch, List<AdapterRun> runs, List<AdapterRun> logitRuns)
    {
        runs.Clear();
        logitRuns.Clear();
        ReadOnlySpan<int> logitTokens = batch.LogitTokens;
        int logitRow = 0;
        foreach (BatchSequence sequence in batch.Sequences)
        {
            Extend(runs, sequence.FirstToken, sequence.TokenCount, sequence);
            int first = logitRow;
            while (logitRow < logitTokens.Length && logitTokens[logitRow] < sequence.FirstToken + sequence.TokenCount) logitRow++;
            Extend(logitRuns, first, logitRow - first, sequence);
        }
    }

    static void Extend(List<AdapterRun> runs, int firstRow, int rows, in BatchSequence sequence)
    {
        if (rows == 0) return;
        if (runs.Count > 0 && ReferenceEquals(runs[^1].Adapters, sequence.Adapters))
            runs[^1] = runs[^1] with { Rows = runs[^1].Rows + rows };
        else
            runs.Add(new AdapterRun(firstRow, rows, sequence.Adapters));
    }
}

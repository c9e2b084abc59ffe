using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>What the layers of a model share while one batch passes through them. One per decoder, begun anew for each batch.</summary>
internal sealed class Step(WorkerPool pool) : IDisposable
{
    readonly List<AdapterRun> _runs = [];
    readonly List<AdapterRun> _logitRuns = [];
    int[] _positions = [];

    public WorkerPool Pool { get; } = pool;

    public Workspace Workspace { get; } = new();

    public Batch Batch { get; private set; } = null!;

    public KvCache Cache { get; private set; } = null!;

    /// <summary>Index in its own sequence of each token of the batch.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Batch.Tokens);

    /// <summary>Runs of the batch's token rows with equal adapters, in order.</summary>
    public List<AdapterRun> Runs => _runs;

    /// <summary>The same for the rows of <see cref="Batch.LogitTokens"/>.</summary>
    public List<AdapterRun> LogitRuns => _logitRuns;

    public void Begin(Batch batch, KvCache cache)
    {
        Batch = batch;
        Cache = cache;
        Workspace.Reset();
        if (_positions.Length < batch.Tokens) _positions = new int[Math.Max(batch.Tokens, 2 * _positions.Length)];
        AdapterRun.Collect(batch, _runs, _logitRuns);
        foreach (BatchSequence sequence in batch.Sequences)
        {
            for (int i = 0; i < sequence.TokenCount; i++) _positions[sequence.FirstToken + i] = sequence.Start + i;
        }
    }

    public Matrix Rent(int columns) => Workspace.Rent(Batch.Tokens, columns);

    /// <summary>The rows of <paramref name="hidden"/> whose logits are wanted; the matrix itself when these are all.</summary>
    public Matrix SelectLogitRows(Matrix hidden)
    {
        ReadOnlySpan<int> tokens = Batch.LogitTokens;
        if (tokens.Length == hidden.Rows) return hidden;
        Matrix selected = Workspace.Rent(tokens.Length, hidden.Columns);
        for (int i = 0; i < tokens.Length; i++) hidden.Row(tokens[i]).CopyTo(selected.Row(i));
        return selected;
    }

    public void Dispose() => Workspace.Dispose();
}

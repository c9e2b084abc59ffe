using Juxta.Engine.Layers;
using Juxta.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>What the layers of a model share while one batch passes through them, as tensors on the device.</summary>
internal sealed class TorchStep
{
    readonly List<AdapterRun> _runs = [];
    readonly List<AdapterRun> _logitRuns = [];
    readonly Dictionary<object, Tensor[]> _shared = [];
    readonly DisposeScope _scope;

    /// <param name="scope">Ends with the step.</param>
    public TorchStep(Batch batch, TorchCache cache, Compute compute, DisposeScope scope)
    {
        (Batch, Cache, Compute, _scope) = (batch, cache, compute, scope);
        AdapterRun.Collect(batch, _runs, _logitRuns);
        long[] places = new long[batch.Tokens];
        var positions = new float[batch.Tokens];
        foreach (BatchSequence sequence in batch.Sequences)
        {
            for (int i = 0; i < sequence.TokenCount; i++)
            {
                places[sequence.FirstToken + i] = TorchCache.Place(sequence.BlockTable, sequence.CacheStart + i);
                positions[sequence.FirstToken + i] = sequence.Start + i;
            }
        }
        Places = compute.Indices(places);
        Positions = compute.Floats(positions);
        Groups = AttentionGroup.Of(batch, compute);
    }

    public Batch Batch { get; }

    public TorchCache Cache { get; }

    public Compute Compute { get; }

    /// <summary>Runs of the batch's token rows with equal adapters, in order.</summary>
    public IReadOnlyList<AdapterRun> Runs => _runs;

    /// <summary>The same for the rows of <see cref="Batch.LogitTokens"/>.</summary>
    public IReadOnlyList<AdapterRun> LogitRuns => _logitRuns;

    /// <summary>(tokens): each one's place in the cache.</summary>
    public Tensor Places { get; }

    /// <summary>(tokens), f32: each one's index in its text.</summary>
    public Tensor Positions { get; }

    public IReadOnlyList<AttentionGroup> Groups { get; }

    /// <summary>Tensors that several layers need: made by the first that asks.</summary>
    public Tensor[] Shared(object key, Func<Tensor[]> make)
    {
        if (_shared.TryGetValue(key, out Tensor[]? known)) return known;
        Tensor[] made = make();
        _scope.Attach(made);
        return _shared[key] = made;
    }

    /// <summary>The rows of <paramref name="hidden"/> whose logits are wanted.</summary>
    public Tensor SelectLogitRows(Tensor hidden)
    {
        ReadOnlySpan<int> tokens = Batch.LogitTokens;
        if (tokens.Length == Batch.Tokens) return hidden;
        long[] rows = new long[tokens.Length];
        for (int i = 0; i < rows.Length; i++) rows[i] = tokens[i];
        return hidden.index_select(0, Compute.Indices(rows));
    }
}

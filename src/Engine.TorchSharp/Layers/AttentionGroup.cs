using Juxta.Engine.Models;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>The sequences of a step that have equally many new tokens: they attend together. While answers are written, that is all of them.</summary>
internal sealed class AttentionGroup
{
    AttentionGroup(ReadOnlySpan<BatchSequence> sequences, bool isWholeBatch, Compute compute)
    {
        Sequences = sequences.Length;
        Tokens = sequences[0].TokenCount;
        foreach (BatchSequence sequence in sequences) Keys = Math.Max(Keys, sequence.CacheStart + Tokens);
        long[] places = new long[Sequences * Keys], rows = new long[Sequences * Tokens];
        float[] starts = new float[Sequences], prefixes = new float[Sequences];
        for (int s = 0; s < Sequences; s++)
        {
            BatchSequence sequence = sequences[s];
            int last = sequence.CacheStart + Tokens - 1;
            // Beyond its own keys a text is given its last one again, which the mask hides: another text's could be anything.
            for (int key = 0; key < Keys; key++) places[(s * Keys) + key] = TorchCache.Place(sequence.BlockTable, Math.Min(key, last));
            for (int i = 0; i < Tokens; i++) rows[(s * Tokens) + i] = sequence.FirstToken + i;
            starts[s] = sequence.CacheStart;
            prefixes[s] = sequence.Context.VirtualTokens + sequence.Context.PrefixLength;
        }
        Places = compute.Indices(places);
        Rows = isWholeBatch ? null : compute.Indices(rows);
        Index = compute.Floats(starts).reshape(Sequences, 1, 1) + arange(Tokens, dtype: ScalarType.Float32, device: compute.Device).reshape(1, Tokens, 1);
        Key = arange(Keys, dtype: ScalarType.Float32, device: compute.Device).reshape(1, 1, Keys);
        Prefix = compute.Floats(prefixes).reshape(Sequences, 1, 1);
    }

    public int Sequences { get; }

    /// <summary>New tokens of each sequence.</summary>
    public int Tokens { get; }

    /// <summary>Keys of the longest sequence, its new ones included.</summary>
    public int Keys { get; }

    /// <summary>(Sequences · Keys): where in the cache they lie.</summary>
    public Tensor Places { get; }

    /// <summary>(Sequences · Tokens): rows of the batch; null = all of them in order.</summary>
    public Tensor? Rows { get; }

    /// <summary>(Sequences, Tokens, 1): each token's index among its text's keys.</summary>
    Tensor Index { get; }

    /// <summary>(1, 1, Keys).</summary>
    Tensor Key { get; }

    /// <summary>(Sequences, 1, 1): keys before it are seen by all.</summary>
    Tensor Prefix { get; }

    public static IReadOnlyList<AttentionGroup> Of(Batch batch, Compute compute)
    {
        BatchSequence[] sequences = batch.Sequences.ToArray();
        IGrouping<int, BatchSequence>[] groups = [.. sequences.GroupBy(sequence => sequence.TokenCount)];
        return [.. groups.Select(group => new AttentionGroup([.. group], groups.Length == 1, compute))];
    }

    /// <summary>(Sequences, Tokens, Keys): the keys that a token does not see.</summary>
    /// <param name="window">Keys each token sees, itself included; 0 = all before it.</param>
    public Tensor Hidden(TorchStep step, int window) => step.Shared((this, window), () =>
    {
        using var scope = NewDisposeScope();
        Tensor hidden = Key.gt(Index).logical_and(Key.ge(Prefix));
        if (window > 0) hidden = hidden.logical_or(Key.le(Index - window));
        return [hidden.MoveToOuterDisposeScope()];
    })[0];
}

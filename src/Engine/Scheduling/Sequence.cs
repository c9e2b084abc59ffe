using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;

namespace Juxta.Engine.Scheduling;

/// <summary>
/// One text in the engine: its ids so far, how many of them the cache holds, and in which blocks. Its cache may be taken away at any step
/// and computed again. What becomes of its logits is for the subclass. Touched by the engine thread alone.
/// </summary>
/// <param name="promptIds">What it begins with.</param>
/// <param name="answer">Tokens that it may grow by: there is room for them, as far as is usual, before it begins.</param>
internal abstract class Sequence(IReadOnlyList<int> promptIds, AdapterLease adapters, TextContext context, int answer = 0)
{
    const int UsualAnswer = 4096;

    int[] _ids = WithRoom(promptIds, Math.Min(answer, UsualAnswer));
    int[] _blocks = new int[BlocksFor(context.VirtualTokens + promptIds.Count + Math.Min(answer, UsualAnswer))];

    public int PromptLength { get; } = promptIds.Count;

    /// <summary>Ids known: the prompt's and those drawn.</summary>
    public int Length { get; private set; } = promptIds.Count;

    /// <summary>Ids whose keys and values the cache holds.</summary>
    public int Computed { get; set; }

    /// <summary>Ids still to be computed.</summary>
    public int Pending => Length - Computed;

    public int BlockCount { get; private set; }

    /// <summary>Cache blocks in order; the first <see cref="BlockCount"/> are valid.</summary>
    public int[] BlockTable => _blocks;

    public AdapterSet Adapters => Lease.Set;

    /// <summary>What the decoder read from the ids.</summary>
    public TextContext Context { get; set; } = context;

    public AdapterLease Lease { get; } = adapters;

    /// <summary>When its first token was computed, in <see cref="System.Diagnostics.Stopwatch"/> ticks; null while it waits.</summary>
    public long? StartedAt { get; set; }

    /// <summary>First position whose logits are still wanted; all later ones are wanted too.</summary>
    public abstract int WantedFrom { get; }

    public abstract bool IsCancelled { get; }

    /// <summary>True once it ended, by itself or by <see cref="End"/>.</summary>
    public abstract bool Ended { get; }

    public ReadOnlySpan<int> Ids(int start, int count) => _ids.AsSpan(start, count);

    /// <summary>Takes the logits that follow the id at <paramref name="position"/>. The row is scratch: it may be edited.</summary>
    public abstract void TakeLogits(int position, Span<float> row);

    /// <summary>Ends it from outside.</summary>
    public abstract void End(Outcome outcome);

    static int[] WithRoom(IReadOnlyList<int> ids, int more)
    {
        var room = new int[ids.Count + more];
        for (int i = 0; i < ids.Count; i++) room[i] = ids[i];
        return room;
    }

    protected void Append(int id)
    {
        if (Length == _ids.Length) Array.Resize(ref _ids, Math.Max(16, _ids.Length * 2));
        _ids[Length++] = id;
    }

    public static int BlocksFor(int tokens) => (tokens + KvCache.BlockTokens - 1) / KvCache.BlockTokens;

    /// <summary>Blocks that its first <paramref name="tokens"/> ids take, virtual tokens included.</summary>
    public int BlocksOf(int tokens) => BlocksFor(Context.VirtualTokens + tokens);

    public void AddBlock(int block)
    {
        if (BlockCount == _blocks.Length) Array.Resize(ref _blocks, Math.Max(4, _blocks.Length * 2));
        _blocks[BlockCount++] = block;
    }

    /// <summary>The last of its blocks that it shares with other texts; all before it are shared too. Null = none.</summary>
    public CachedBlock? Prefix { get; set; }

    /// <summary>The cache holds nothing of this sequence any more.</summary>
    public void Clear()
    {
        BlockCount = 0;
        Computed = 0;
        Prefix = null;
    }
}

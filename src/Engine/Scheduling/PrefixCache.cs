using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;

namespace Juxta.Engine.Scheduling;

/// <summary>
/// Cache blocks that hold the beginnings of texts computed before, so that the next turn of a conversation, or another text that begins alike, need not compute
/// them again. Only whole blocks are kept, which are never written any more; equal ids at equal places under equal adapters make equal bits (design D2), so a
/// hit changes nothing but the time. A block stays while a sequence holds it and afterwards until its place is needed, the longest unused first.
/// </summary>
/// <param name="pool">Where blocks come from and go to.</param>
/// <param name="keeps">False: nothing is kept; blocks are only handed out and taken back.</param>
internal sealed class PrefixCache(KvBlockPool pool, bool keeps)
{
    const int BlockTokens = KvCache.BlockTokens;

    readonly Dictionary<BlockKey, CachedBlock> _blocks = [];
    readonly List<CachedBlock> _roots = [];

    // Held by no sequence, the first to give up first. A sequence holds a block with all before it, so no block stands here before one that follows it.
    readonly LinkedList<CachedBlock> _idle = [];

    public int Blocks => pool.Blocks;

    /// <summary>Blocks that can be rented: those of the pool and those that no sequence holds.</summary>
    public int Free => pool.Free + _idle.Count;

    /// <summary>A block to write into; the longest unused beginning is forgotten for it where none is free.</summary>
    public bool TryRent(out int block)
    {
        if (pool.TryRent(out block)) return true;
        if (_idle.First is not { } oldest) return false;
        Forget(oldest.Value);
        return pool.TryRent(out block);
    }

    /// <summary>Gives a sequence that holds nothing the blocks of the longest beginning it shares with a text computed before; at least one of its ids stays to be computed.</summary>
    public void Adopt(Sequence sequence)
    {
        if (!Shares(sequence) || sequence.BlockCount > 0) return;
        int most = Math.Min(sequence.Length - 1, sequence.WantedFrom) / BlockTokens;
        if (most == 0) return;
        CachedBlock last = Root(sequence.Adapters);
        while (last.Depth < most && Find(last, sequence.Ids(last.Depth * BlockTokens, BlockTokens)) is { } next)
        {
            Hold(next);
            sequence.AddBlock(next.Block);
            last = next;
        }
        (sequence.Prefix, sequence.Computed) = (last.Depth == 0 ? null : last, last.Depth * BlockTokens);
    }

    /// <summary>Keeps the whole blocks among a sequence's first <paramref name="tokens"/> computed ids for others; where another computed the same meanwhile, that one's are used.</summary>
    public void Keep(Sequence sequence, int tokens)
    {
        int whole = Math.Min(tokens, sequence.Computed) / BlockTokens;
        if (!Shares(sequence) || whole <= (sequence.Prefix?.Depth ?? 0)) return;
        CachedBlock last = sequence.Prefix ?? Root(sequence.Adapters);
        while (last.Depth < whole)
        {
            ReadOnlySpan<int> ids = sequence.Ids(last.Depth * BlockTokens, BlockTokens);
            int own = sequence.BlockTable[last.Depth];
            if (Find(last, ids) is { } same)
            {
                Hold(same);
                sequence.BlockTable[last.Depth] = same.Block;
                pool.Return(own);
                last = same;
                continue;
            }
            var kept = new CachedBlock(own, last, ids.ToArray(), sequence.Adapters) { Users = 1 };
            // Other ids with the same hash keep the place: these blocks then just stay the sequence's own.
            if (!_blocks.TryAdd(new BlockKey(last, Hash(ids)), kept)) break;
            last.Followers++;
            last = kept;
        }
        sequence.Prefix = last.Depth == 0 ? null : last;
    }

    /// <summary>Takes back all blocks of a sequence; what was computed of it may serve others.</summary>
    public void Return(Sequence sequence)
    {
        Keep(sequence, sequence.Computed);
        for (int i = sequence.Prefix?.Depth ?? 0; i < sequence.BlockCount; i++) pool.Return(sequence.BlockTable[i]);
        for (CachedBlock? held = sequence.Prefix; held is { Depth: > 0 }; held = held.Parent)
        {
            if (--held.Users == 0) held.Idle = _idle.AddLast(held);
        }
        sequence.Clear();
    }

    bool Shares(Sequence sequence) => keeps && sequence.Context.SharesBeginnings;

    void Hold(CachedBlock block)
    {
        if (block.Users++ > 0) return;
        _idle.Remove(block.Idle!);
        block.Idle = null;
    }

    void Forget(CachedBlock block)
    {
        _idle.Remove(block.Idle!);
        _blocks.Remove(new BlockKey(block.Parent!, Hash(block.Ids)));
        pool.Return(block.Block);
        if (--block.Parent!.Followers == 0 && block.Parent.Depth == 0) _roots.Remove(block.Parent);
    }

    CachedBlock? Find(CachedBlock parent, ReadOnlySpan<int> ids) =>
        _blocks.TryGetValue(new BlockKey(parent, Hash(ids)), out CachedBlock? block) && ids.SequenceEqual(block.Ids) ? block : null;

    /// <summary>Where texts under these adapters begin. An adapter loaded anew under an old name is another adapter.</summary>
    CachedBlock Root(AdapterSet adapters)
    {
        CachedBlock? root = _roots.Find(root => root.Adapters.Entries.SequenceEqual(adapters.Entries));
        if (root is not null) return root;
        root = new CachedBlock(-1, null, [], adapters);
        _roots.RemoveAll(root => root.Followers == 0);
        _roots.Add(root);
        return root;
    }

    /// <summary>FNV-1a over the ids.</summary>
    static ulong Hash(ReadOnlySpan<int> ids)
    {
        ulong hash = 14695981039346656037;
        foreach (int id in ids) hash = (hash ^ (uint)id) * 1099511628211;
        return hash;
    }

    readonly record struct BlockKey(CachedBlock Parent, ulong Hash);
}

/// <summary>A whole cache block with the ids it was computed from; its parents hold what comes before.</summary>
internal sealed class CachedBlock(int block, CachedBlock? parent, int[] ids, AdapterSet adapters)
{
    public int Block { get; } = block;

    public CachedBlock? Parent { get; } = parent;

    public int[] Ids { get; } = ids;

    public AdapterSet Adapters { get; } = adapters;

    /// <summary>Blocks up to and with this one; 0 = the place where texts begin, which has no block.</summary>
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>Sequences that hold it.</summary>
    public int Users { get; set; }

    /// <summary>Kept blocks right behind it.</summary>
    public int Followers { get; set; }

    /// <summary>Its place among those that nobody holds.</summary>
    public LinkedListNode<CachedBlock>? Idle { get; set; }
}

using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>
/// Keys and values of all sequences in blocks of <see cref="TokenCache.BlockTokens"/> tokens. For each (layer, block, head) the keys lie as
/// (HeadDim, 32 tokens) and right behind them the values as (HeadDim/32 rounded up, 32 tokens, 32 channels): both are panels, so the kernel of the
/// matrix product computes scores and sums from them, whatever type their numbers have and with what scales.
/// </summary>
/// <remarks>Memory is reserved at once and taken block by block as it is written.</remarks>
internal sealed unsafe class KvCache : TokenCache
{
    readonly AlignedBuffer _buffer;
    readonly bool[] _misfits;
    bool _anyMisfit;

    public KvCache(int layers, int kvHeads, int headDim, int blocks, CacheFormat format) : base(blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kvHeads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headDim);
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        Layers = layers;
        KvHeads = kvHeads;
        HeadDim = headDim;
        Format = format;
        KeyBytes = format.KeyBytes(headDim);
        HeadBytes = BytesOfHead(headDim, format);
        _buffer = new AlignedBuffer(blocks * BytesPerBlock(layers, kvHeads, headDim, format));
        _misfits = new bool[blocks];
    }

    public int Layers { get; }

    public int KvHeads { get; }

    public int HeadDim { get; }

    /// <summary>What the numbers are.</summary>
    public CacheFormat Format { get; }

    /// <summary>Bytes of one head's keys in one block: from them to its values there.</summary>
    public long KeyBytes { get; }

    /// <summary>Bytes of one head's keys and values in one block: from one head's keys to the next head's.</summary>
    public long HeadBytes { get; }

    public override long Bytes => _buffer.Bytes;

    /// <summary>Bytes of one block of 32 tokens over all layers and heads.</summary>
    public static long BytesPerBlock(int layers, int kvHeads, int headDim, CacheFormat format) => layers * (long)kvHeads * BytesOfHead(headDim, format);

    /// <summary>Stores the keys and values of one token.</summary>
    /// <param name="slot">The token's place in the block, 0 … 31.</param>
    /// <param name="keys">(KvHeads, HeadDim)</param>
    /// <param name="values">(KvHeads, HeadDim)</param>
    public void Write(int layer, int block, int slot, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)BlockTokens, nameof(slot));
        ArgumentOutOfRangeException.ThrowIfLessThan(keys.Length, KvHeads * HeadDim, nameof(keys));
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, KvHeads * HeadDim, nameof(values));
        if (layer == 0 && slot == 0) _misfits[block] = false; // a block is filled from its start: another text begins to use it
        for (int head = 0; head < KvHeads; head++)
        {
            byte* place = Keys(layer, block, head);
            if (Format.Write(place, place + KeyBytes, slot, keys.Slice(head * HeadDim, HeadDim), values.Slice(head * HeadDim, HeadDim))) continue;
            _misfits[block] = _anyMisfit = true;
        }
    }

    /// <summary>Keys of one head in one block, (HeadDim, 32 tokens).</summary>
    public byte* Keys(int layer, int block, int head)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)Layers, nameof(layer));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)block, (uint)Blocks, nameof(block));
        return _buffer.Pointer + ((((((long)layer * Blocks) + block) * KvHeads) + head) * HeadBytes);
    }

    public override string? Misfit(ReadOnlySpan<int> blocks)
    {
        if (!_anyMisfit) return null;
        foreach (int block in blocks)
        {
            if (_misfits[block]) return $"its keys or values hold a number that {Format} cannot (too large, or none at all); keep the cache in bf16 or f32 (--cache)";
        }
        return null;
    }

    public override void Dispose() => _buffer.Dispose();

    static long BytesOfHead(int headDim, CacheFormat format) => format.KeyBytes(headDim) + format.ValueBytes(headDim);
}

using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>
/// Keys and values of all sequences in blocks of <see cref="TokenCache.BlockTokens"/> tokens, f32. For each (layer, block, head) the keys lie as
/// (HeadDim, 32 tokens) and right behind them the values as (HeadDim/32 rounded up, 32 tokens, 32 channels): both are panels, so the kernel of the
/// matrix product computes scores and sums from them.
/// </summary>
/// <remarks>Memory is reserved at once and taken block by block as it is written.</remarks>
internal sealed unsafe class KvCache : TokenCache
{
    readonly AlignedBuffer _buffer;

    public KvCache(int layers, int kvHeads, int headDim, int blocks) : base(blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kvHeads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headDim);
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        Layers = layers;
        KvHeads = kvHeads;
        HeadDim = headDim;
        HeadFloats = FloatsOfHead(headDim);
        _buffer = new AlignedBuffer(blocks * BytesPerBlock(layers, kvHeads, headDim));
    }

    public int Layers { get; }

    public int KvHeads { get; }

    public int HeadDim { get; }

    /// <summary>Floats of one head's keys and values in one block: from one head's keys to the next head's.</summary>
    public long HeadFloats { get; }

    public override long Bytes => _buffer.Bytes;

    /// <summary>Bytes of one block of 32 tokens over all layers and heads.</summary>
    public static long BytesPerBlock(int layers, int kvHeads, int headDim) => layers * (long)kvHeads * FloatsOfHead(headDim) * sizeof(float);

    /// <summary>Stores the keys and values of one token.</summary>
    /// <param name="slot">The token's place in the block, 0 … 31.</param>
    /// <param name="keys">(KvHeads, HeadDim)</param>
    /// <param name="values">(KvHeads, HeadDim)</param>
    public void Write(int layer, int block, int slot, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)BlockTokens, nameof(slot));
        ArgumentOutOfRangeException.ThrowIfLessThan(keys.Length, KvHeads * HeadDim, nameof(keys));
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, KvHeads * HeadDim, nameof(values));
        for (int head = 0; head < KvHeads; head++)
        {
            float* keyPanel = Keys(layer, block, head) + slot;
            ReadOnlySpan<float> key = keys.Slice(head * HeadDim, HeadDim);
            for (int d = 0; d < key.Length; d++) keyPanel[d * BlockTokens] = key[d];

            float* valuePanel = Values(layer, block, head) + (slot * 32);
            for (int d = 0; d < HeadDim; d += 32, valuePanel += BlockTokens * 32)
            {
                int channels = Math.Min(32, HeadDim - d);
                values.Slice((head * HeadDim) + d, channels).CopyTo(new Span<float>(valuePanel, channels));
            }
        }
    }

    /// <summary>Keys of one head in one block, (HeadDim, 32 tokens).</summary>
    public float* Keys(int layer, int block, int head)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)Layers, nameof(layer));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)block, (uint)Blocks, nameof(block));
        return (float*)_buffer.Pointer + ((((((long)layer * Blocks) + block) * KvHeads) + head) * HeadFloats);
    }

    /// <summary>Values of one head in one block, (panels of 32 channels, 32 tokens, 32 channels).</summary>
    public float* Values(int layer, int block, int head) => Keys(layer, block, head) + (HeadDim * BlockTokens);

    public override void Dispose() => _buffer.Dispose();

    static long FloatsOfHead(int headDim) => BlockTokens * (long)(headDim + ((headDim + 31) & ~31));
}

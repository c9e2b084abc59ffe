using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;

namespace Juxta.Engine.Kernels;

/// <summary>
/// What the numbers of a cache are: where a choice at run time turns into code made for one type. Keys and values lie in the lines of weight formats, so the
/// kernel that multiplies weights widens them in its registers, or reads what <see cref="WidenedBlock"/> wrote for it: attention computes what it computes over f32 from the
/// numbers as rounded, to the last bit.
/// </summary>
internal abstract unsafe class CacheFormat
{
    public static CacheFormat Float32 { get; } = new FloatCacheFormat<Float32Weights>();

    public static CacheFormat Float16 { get; } = new FloatCacheFormat<Float16Weights>();

    public static CacheFormat BFloat16 { get; } = new FloatCacheFormat<BFloat16Weights>();

    public static CacheFormat Int8 { get; } = new Int8CacheFormat();

    /// <summary>Bytes of one head's keys in a block: lines (headDim), of the block's 32 tokens each, with the scales before each of the format's blocks of lines.</summary>
    public abstract long KeyBytes(int headDim);

    /// <summary>Bytes of one head's values in a block: lines (panels of 32 channels, 32 tokens), of 32 channels each, with the scale before each line.</summary>
    public abstract long ValueBytes(int headDim);

    /// <summary>Stores one token's key and value of one head in its place in a block, rounded once.</summary>
    /// <param name="keys"><see cref="KeyBytes"/></param>
    /// <param name="values"><see cref="ValueBytes"/></param>
    /// <param name="slot">The token's place, 0 … 31.</param>
    /// <returns>False where the type cannot hold a number: then what is read again has no meaning.</returns>
    public abstract bool Write(byte* keys, byte* values, int slot, ReadOnlySpan<float> key, ReadOnlySpan<float> value);

    /// <summary>The function that computes one item of <see cref="Attention"/>.</summary>
    public abstract delegate*<Attention.Job*, int, int, void> Item<TPanel, TLanes>() where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes>;
}

/// <typeparam name="TKeys">A panel whose rows are the block's tokens and whose columns are channels.</typeparam>
/// <typeparam name="TValues">A panel whose rows are 32 channels and whose columns are tokens; attention begins at any of them, so scales, if any, lie before each column.</typeparam>
internal abstract unsafe class CacheFormat<TKeys, TValues> : CacheFormat where TKeys : struct, IWeightFormat<TKeys> where TValues : struct, IWeightFormat<TValues>
{
    /// <summary>From one token's line of values to the next token's.</summary>
    public static int ValueStep => TValues.ScaleBytes + TValues.LineBytes;

    public sealed override long KeyBytes(int headDim) => ((((headDim - 1L) / TKeys.BlockColumns) + 1) * TKeys.ScaleBytes) + ((long)headDim * TKeys.LineBytes);

    public sealed override long ValueBytes(int headDim) => (headDim + Panel.Rows - 1L) / Panel.Rows * TokenCache.BlockTokens * ValueStep;

    public sealed override delegate*<Attention.Job*, int, int, void> Item<TPanel, TLanes>() => &Attention.Item<TPanel, TLanes, TKeys, TValues>;
}

using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;

namespace Juxta.Engine.Kernels;

/// <summary>
/// What the numbers of a cache are: where a choice at run time turns into code made for one type. A line of 32 numbers is that of a weight format, so keys and
/// values are widened, exactly, in the registers of the kernel that multiplies weights.
/// </summary>
internal abstract unsafe class CacheFormat
{
    public static CacheFormat Float32 { get; } = new CacheFormat<Float32Weights>();

    public static CacheFormat Float16 { get; } = new CacheFormat<Float16Weights>();

    public static CacheFormat BFloat16 { get; } = new CacheFormat<BFloat16Weights>();

    /// <summary>Bytes of 32 numbers.</summary>
    public abstract int LineBytes { get; }

    /// <summary>Stores one token's key and value of one head in its place in a block, rounded to nearest, ties to even.</summary>
    /// <param name="keys">Lines (HeadDim), of the block's 32 tokens each.</param>
    /// <param name="values">Lines (panels of 32 channels, 32 tokens), of 32 channels each.</param>
    /// <param name="slot">The token's place, 0 … 31.</param>
    /// <returns>False where the type cannot hold a number: then what is read again has no meaning.</returns>
    public abstract bool Write(byte* keys, byte* values, int slot, ReadOnlySpan<float> key, ReadOnlySpan<float> value);

    /// <summary>The function that computes one item of <see cref="Attention"/>.</summary>
    public abstract delegate*<Attention.Job*, int, int, void> Item<TPanel, TLanes>() where TPanel : struct, IPanelKernel where TLanes : struct, ILanes<TLanes>;
}

internal sealed unsafe class CacheFormat<TFormat> : CacheFormat where TFormat : struct, IWeightFormat<TFormat>
{
    public override int LineBytes => TFormat.LineBytes;

    public override bool Write(byte* keys, byte* values, int slot, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        bool held = true;
        for (int d = 0; d < key.Length; d++, keys += TFormat.LineBytes) held &= TFormat.Encode(keys, slot, key[d]);
        values += slot * TFormat.LineBytes;
        for (int first = 0; first < value.Length; first += Panel.Rows, values += TokenCache.BlockTokens * TFormat.LineBytes)
        {
            int channels = Math.Min(Panel.Rows, value.Length - first);
            for (int c = 0; c < channels; c++) held &= TFormat.Encode(values, c, value[first + c]);
        }
        return held;
    }

    public override delegate*<Attention.Job*, int, int, void> Item<TPanel, TLanes>() => &Attention.Item<TPanel, TLanes, TFormat>;

    public override string ToString() => TFormat.Name;
}

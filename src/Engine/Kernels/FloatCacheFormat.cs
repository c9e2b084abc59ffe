using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;

namespace Juxta.Engine.Kernels;

/// <summary>Keys and values are floats of some width, each rounded to nearest, ties to even, and widened exactly.</summary>
internal sealed unsafe class FloatCacheFormat<TFormat> : CacheFormat<TFormat, TFormat> where TFormat : struct, IWeightFormat<TFormat>
{
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

    public override string ToString() => TFormat.Name;
}

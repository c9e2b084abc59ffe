using Juxta.Engine.Kernels.Blocks;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;

namespace Juxta.Engine.Kernels;

/// <summary>
/// 8 bits a number, <c>q8_0</c>: 32 channels of a token's key, or of its value, share one scale, the last of a head fewer. They are rounded as activations are where
/// weights are blocks (<see cref="TokenBlocks"/>): scale = largest magnitude / 127 in f32; integer = x · (1 / scale), to nearest, ties to even, so within ±127;
/// where 1 / scale is infinite all are 0. A number is read as integer · scale, rounded to f32, and enters sums like any other. Infinity and NaN are not held, nor is
/// what 127 · scale makes infinite, which the last few numbers of f32 may.
/// </summary>
/// <remarks>
/// Scales are f32, 9 bits a number in all, where GGUF's are f16 and 8.5: f32 has a scale for numbers of every size (a half loses
/// precision where all are below 0.008), and that of a line of values is one load and no conversion.
/// </remarks>
internal sealed unsafe class Int8CacheFormat : CacheFormat<ScaledBytes<TokenScales>, ScaledBytes<LineScale>>
{
    public override bool Write(byte* keys, byte* values, int slot, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        bool held = true;
        byte* rounded = stackalloc byte[TokenBlocks.Bytes];
        for (int first = 0; first < key.Length; first += Block.Columns)
        {
            int channels = Math.Min(Block.Columns, key.Length - first);
            held &= Round(key.Slice(first, channels), rounded, out ((float*)keys)[slot]);
            keys += TokenScales.Bytes;
            for (int c = 0; c < channels; c++, keys += Int8Weights.LineBytes) keys[slot] = rounded[c];
        }
        values += slot * ValueStep;
        for (int first = 0; first < value.Length; first += Block.Columns, values += TokenCache.BlockTokens * ValueStep)
        {
            held &= Round(value.Slice(first, Math.Min(Block.Columns, value.Length - first)), rounded, out *(float*)values);
            new Span<byte>(rounded, Block.Columns).CopyTo(new Span<byte>(values + LineScale.Bytes, Panel.Rows));
        }
        return held;
    }

    public override string ToString() => ScaledBytes<TokenScales>.Name;

    /// <param name="channels">At most 32; those that are missing are zeros.</param>
    /// <param name="rounded">A block of <see cref="TokenBlocks"/>; its integers come first.</param>
    static bool Round(ReadOnlySpan<float> channels, byte* rounded, out float scale)
    {
        float* x = stackalloc float[Block.Columns];
        channels.CopyTo(new Span<float>(x, Block.Columns));
        TokenBlocks.Round<Q8Blocks>(x, Block.Columns, rounded, TokenBlocks.Bytes);
        scale = *(float*)(rounded + TokenBlocks.Scale);
        return float.IsFinite(127 * scale);
    }
}

using Juxta.Engine.Kernels;

namespace Juxta.Engine.Lora;

/// <summary>
/// Keys and values of virtual tokens that every token of a text sees (P-Tuning v2, Liu et al. 2021): they are not rotated and take no position. Immutable.
/// </summary>
/// <param name="values">(tokens, layers, [key, value], width), row-major.</param>
/// <param name="width">Key/value heads times channels per head.</param>
internal sealed class KeyValuePrefix(float[] values, int layers, int width)
{
    /// <summary>Virtual tokens.</summary>
    public int Tokens { get; } = values.Length / (2 * layers * width);

    public long Bytes => values.LongLength * sizeof(float);

    /// <summary>‖·‖_F of all keys and values.</summary>
    public double Norm => Math.Sqrt(LowRank.Dot(values, values));

    /// <summary>(width) of one token in one layer.</summary>
    public ReadOnlySpan<float> Key(int layer, int token) => values.AsSpan(checked(((token * 2 * layers) + (2 * layer)) * width), width);

    /// <summary>(width) of one token in one layer.</summary>
    public ReadOnlySpan<float> Value(int layer, int token) => values.AsSpan(checked(((token * 2 * layers) + (2 * layer) + 1) * width), width);

    /// <summary>Puts one layer's keys and values into the first places of a text's cache blocks.</summary>
    public void Write(KvCache cache, int layer, int[] blockTable)
    {
        for (int token = 0; token < Tokens; token++)
            cache.Write(layer, blockTable[token / KvCache.BlockTokens], token % KvCache.BlockTokens, Key(layer, token), Value(layer, token));
    }
}

/// <summary>What a base asks of a prefix.</summary>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Width">Key/value heads times channels per head.</param>
internal readonly record struct PrefixShape(int Layers, int Width)
{
    /// <summary>Numbers of one virtual token: a key and a value per layer.</summary>
    public int TokenWidth => 2 * Layers * Width;
}

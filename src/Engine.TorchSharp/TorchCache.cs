using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp;

/// <summary>Keys and values on the device: for each layer one tensor of (blocks · 32, heads, channels) each, whose places are those of the scheduler's blocks.</summary>
internal sealed class TorchCache : TokenCache
{
    readonly Tensor[] _keys;
    readonly Tensor[] _values;

    /// <remarks>A place is read after it was written only, so the memory is left as it is.</remarks>
    public TorchCache(DecoderShape shape, int blocks, Compute compute) : base(blocks)
    {
        long[] size = [(long)blocks * BlockTokens, shape.KvHeads, shape.HeadDim];
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => empty(size, compute.Type, compute.Device))];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => empty(size, compute.Type, compute.Device))];
    }

    public override long Bytes => _keys.Concat(_values).Sum(tensor => tensor.NumberOfElements * tensor.ElementSize);

    /// <summary>(places, heads, channels).</summary>
    public Tensor Keys(int layer) => _keys[layer];

    /// <summary>(places, heads, channels).</summary>
    public Tensor Values(int layer) => _values[layer];

    /// <summary>The place of a text's token.</summary>
    /// <param name="blockTable">The text's blocks.</param>
    /// <param name="index">The token's index among what the text has in the cache.</param>
    public static long Place(int[] blockTable, int index) => ((long)blockTable[index / BlockTokens] * BlockTokens) + (index % BlockTokens);

    public override void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values)) tensor.Dispose();
    }
}

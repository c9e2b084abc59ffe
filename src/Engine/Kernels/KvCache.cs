namespace Juxta.Engine.Kernels;

/// <summary>Keys and values of all sequences in blocks of <see cref="BlockTokens"/> tokens, f32.</summary>
internal sealed class KvCache : IDisposable
{
    public const int BlockTokens = 32;

    public KvCache(int layers, int kvHeads, int headDim, int blocks) => Blocks = blocks;

    public int Blocks { get; }

    public void Dispose() { }
}

namespace Juxta.Engine.Kernels;

/// <summary>
/// Keys and values of all sequences, in blocks of <see cref="BlockTokens"/> tokens. Which blocks are whose is the scheduler's matter; where they lie and in which
/// form is the decoder's, which made the cache.
/// </summary>
internal abstract class TokenCache(int blocks) : IDisposable
{
    public const int BlockTokens = 32;

    public int Blocks => blocks;

    public abstract long Bytes { get; }

    public abstract void Dispose();
}

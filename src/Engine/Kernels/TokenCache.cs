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

    /// <summary>Why a text cannot go on from these blocks: what they were to hold does not fit them. Null = all does.</summary>
    public virtual string? Misfit(ReadOnlySpan<int> blocks) => null;

    public abstract void Dispose();
}

using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Models;

/// <summary>
/// What every model family provides: one step over a batch. Coarse on purpose, so that another backend can stand behind it.
/// Called from one thread at a time.
/// </summary>
internal abstract class Decoder : IDisposable
{
    public abstract DecoderShape Shape { get; }

    /// <summary>The modules that an adapter may act on, by checkpoint path.</summary>
    public abstract ModuleTable Modules { get; }

    /// <summary>The virtual tokens before a text with these adapters; null = none. Safe from any thread.</summary>
    public virtual KeyValuePrefix? PrefixOf(AdapterSet adapters) => adapters.Prefix;

    /// <summary>What the rows of a text must know of it as a whole. Depends on nothing but the arguments; safe from any thread.</summary>
    /// <param name="ids">The text as far as it is known when it is first computed.</param>
    /// <exception cref="RequestException">The family cannot read such a text.</exception>
    public virtual TextContext ReadContext(ReadOnlySpan<int> ids, AdapterSet adapters) =>
        PrefixOf(adapters) is { } prefix ? TextContext.Causal with { Virtual = prefix } : TextContext.Causal;

    /// <summary>Plain ids with whatever marks the family expects at the end of a prompt.</summary>
    public virtual int[] AsPrompt(int[] ids) => ids;

    /// <summary>Bytes of packed weights in memory.</summary>
    public abstract long WeightBytes { get; }

    /// <summary>Bytes of weights that a step of one token reads: all of them but an embedding table, of which it reads a row.</summary>
    public virtual long StepBytes => WeightBytes;

    /// <summary>Bytes of one token's keys and values in the cache.</summary>
    public virtual long CacheTokenBytes => 2L * Shape.Layers * Shape.KvHeads * Shape.HeadDim * sizeof(float);

    /// <summary>A cache for this decoder's texts.</summary>
    /// <param name="blocks">Blocks of <see cref="TokenCache.BlockTokens"/> tokens.</param>
    public abstract TokenCache NewCache(int blocks);

    /// <summary>Tokens of a cache whose size nobody chose; null = by this machine's free memory.</summary>
    public virtual int? UsualCacheTokens => null;

    /// <summary>
    /// Appends the batch's keys and values to <paramref name="cache"/> and writes next-token logits,
    /// one row per entry of <see cref="Batch.LogitTokens"/>. Columns beyond a row's own vocabulary hold −∞.
    /// </summary>
    /// <param name="cache">One that <see cref="NewCache"/> made.</param>
    /// <param name="logits">(LogitTokens, at least the largest vocabulary among the batch's adapters).</param>
    public abstract void Forward(Batch batch, TokenCache cache, Matrix logits);

    public abstract void Dispose();
}

/// <summary>The numbers that scheduling and the cache need.</summary>
/// <param name="Layers">Decoder layers.</param>
/// <param name="KvHeads">Key/value heads per layer.</param>
/// <param name="HeadDim">Channels per head.</param>
/// <param name="Vocabulary">Rows of the base model's head.</param>
/// <param name="ContextLength">Positions the checkpoint was made for.</param>
internal readonly record struct DecoderShape(int Layers, int KvHeads, int HeadDim, int Vocabulary, int ContextLength);

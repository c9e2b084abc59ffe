using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Scheduling;

/// <summary>How many blocks the key/value cache gets.</summary>
internal static class CacheSize
{
    /// <summary>What the options ask for; by default what the decoder says, or four full contexts, or what half the free memory holds if that is less, but at least one block.</summary>
    public static int Blocks(Decoder decoder, int cacheTokens)
    {
        if (cacheTokens > 0) return Sequence.BlocksFor(cacheTokens);
        if (decoder.UsualCacheTokens is { } usual) return Sequence.BlocksFor(usual);
        long tokens = Math.Min(4L * decoder.Shape.ContextLength, FreeMemory.Bytes() / 2 / Math.Max(1, decoder.CacheTokenBytes));
        return (int)Math.Clamp((tokens + KvCache.BlockTokens - 1) / KvCache.BlockTokens, 1, int.MaxValue / KvCache.BlockTokens);
    }
}

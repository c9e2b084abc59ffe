using System.Numerics;
using System.Runtime.InteropServices;

namespace Juxta.Engine.Weights.Packed;

/// <summary>
/// Notices damage as fast as memory is read: chunks of 4 MB, each four CRC-32C over every fourth word, so that none waits for the one before it, folded into
/// one; and the same over the chunks' sums. No seal against malice: whoever may write the folder may write anything.
/// </summary>
internal static class Checksum
{
    public const int Chunk = 4 << 20;

    public static uint OfChunk(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        uint a = ~0u, b = ~1u, c = ~2u, d = ~3u;
        int i = 0;
        for (; i <= words.Length - 4; i += 4)
        {
            a = BitOperations.Crc32C(a, words[i]);
            b = BitOperations.Crc32C(b, words[i + 1]);
            c = BitOperations.Crc32C(c, words[i + 2]);
            d = BitOperations.Crc32C(d, words[i + 3]);
        }
        for (; i < words.Length; i++) a = BitOperations.Crc32C(a, words[i]);
        foreach (byte last in bytes[(words.Length * sizeof(ulong))..]) a = BitOperations.Crc32C(a, last);
        return Fold([a, b, c, d]);
    }

    /// <summary>One for the sums of all chunks in order.</summary>
    public static uint Fold(ReadOnlySpan<uint> sums)
    {
        uint all = ~0u;
        foreach (uint sum in sums) all = BitOperations.Crc32C(all, sum);
        return all;
    }
}

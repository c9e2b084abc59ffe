using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// Remembers the ids of words seen before. One slot per hash, newest wins: bounded memory, no locks (a slot is one reference to an
/// immutable entry), and any number of threads at once.
/// </summary>
sealed class WordCache
{
    /// <summary>Longer words are not kept: they seldom come again.</summary>
    public const int LongestWord = 64;

    const int SlotBits = 16;
    const ulong Multiplier = 0x9E3779B97F4A7C15;

    // The runtime's hashes are seeded per process: nobody can prepare words that meet in one slot.
    static readonly ulong Seed = (ulong)(uint)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2);

    /// <summary>The length of the word, its units two by two, its ids: an entry is one stretch of memory.</summary>
    readonly int[]?[] _entries = new int[1 << SlotBits][];

    public bool TryAppend(ReadOnlySpan<char> word, List<int> ids)
    {
        int[]? entry = _entries[Slot(word)];
        if (entry is null || entry[0] != word.Length || !word.SequenceEqual(MemoryMarshal.Cast<int, char>(entry.AsSpan(1))[..word.Length])) return false;
        int first = FirstId(word.Length);
        if (entry.Length == first + 1) ids.Add(entry[first]);
        else ids.AddRange(entry.AsSpan(first));
        return true;
    }

    public void Keep(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        int first = FirstId(word.Length);
        int[] entry = new int[first + ids.Length];
        entry[0] = word.Length;
        word.CopyTo(MemoryMarshal.Cast<int, char>(entry.AsSpan(1, first - 1)));
        ids.CopyTo(entry.AsSpan(first));
        Volatile.Write(ref _entries[Slot(word)], entry);
    }

    static int FirstId(int wordLength) => 1 + ((wordLength + 1) >> 1);

    static int Slot(ReadOnlySpan<char> word)
    {
        ulong hash = Seed;
        int at = 0;
        for (; at + 4 <= word.Length; at += 4)
        {
            hash = (hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<char, byte>(ref Unsafe.AsRef(in word[at])))) * Multiplier;
            hash ^= hash >> 29;
        }
        ulong rest = (ulong)word.Length;
        for (; at < word.Length; at++) rest = (rest << 16) | word[at];
        return (int)((hash ^ rest) * Multiplier >> (64 - SlotBits));
    }
}

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// Remembers the ids of words seen before. One slot per hash, newest wins: bounded memory, no locks (a slot is one reference to an
/// immutable entry), and any number of threads at once.
/// </summary>
sealed class WordCache
{
    /// <summary>Longer words are not kept: they seldom come again.</summary>
    public const int LongestWord = 64;

    const int Slots = 1 << 16;

    sealed record Entry(string Word, int[] Ids);

    readonly Entry?[] _entries = new Entry?[Slots];

    public bool TryAppend(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_entries[Slot(word)] is not { } entry || !word.SequenceEqual(entry.Word)) return false;
        if (entry.Ids.Length == 1) ids.Add(entry.Ids[0]);
        else ids.AddRange(entry.Ids.AsSpan());
        return true;
    }

    public void Keep(ReadOnlySpan<char> word, ReadOnlySpan<int> ids) => _entries[Slot(word)] = new(word.ToString(), ids.ToArray());

    // The runtime's hash is seeded per process: nobody can craft words that meet in one slot.
    static int Slot(ReadOnlySpan<char> word) => string.GetHashCode(word) & (Slots - 1);
}

namespace Juxta.Engine.Tokenization.Models;

/// <summary>A set of pairs of code points. Open addressing in one table.</summary>
sealed class PairSet
{
    ulong[] _slots = new ulong[16];
    int _count;

    public void Add(int first, int second)
    {
        ulong pair = Key(first, second);
        int slot = SlotOf(pair);
        if (_slots[slot] == pair) return;
        _slots[slot] = pair;
        if (++_count * 2 <= _slots.Length) return;
        ulong[] smaller = _slots;
        _slots = new ulong[smaller.Length * 2];
        foreach (ulong kept in smaller)
            if (kept != 0) _slots[SlotOf(kept)] = kept;
    }

    public bool Contains(int first, int second)
    {
        ulong pair = Key(first, second);
        return _slots[SlotOf(pair)] == pair;
    }

    int SlotOf(ulong pair)
    {
        var slots = _slots;
        // The runtime's hash of a number of 64 bits folds its halves: characters that differ alike would meet.
        int slot = (int)(pair * 0x9E3779B97F4A7C15 >> 32) & (slots.Length - 1);
        while (slots[slot] != 0 && slots[slot] != pair) slot = (slot + 1) & (slots.Length - 1);
        return slot;
    }

    // Plus one, so that no pair is 0, the empty slot.
    static ulong Key(int first, int second) => ((ulong)(uint)first << 32 | (uint)second) + 1;
}

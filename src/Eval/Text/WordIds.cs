namespace Juxta.Eval.Text;

/// <summary>
/// Numbers the words of one answer and its references 0, 1, 2, … by equality. The words lie in one buffer that the caller fills; nothing is allocated per word.
/// </summary>
internal sealed class WordIds
{
    struct Slot
    {
        public int Stamp, Hash, Start, Length, Id;
    }

    Slot[] _slots = new Slot[512];
    int _stamp, _count;

    /// <summary>Forgets all words.</summary>
    public void Clear()
    {
        _count = 0;
        if (++_stamp != int.MaxValue) return;
        Array.Clear(_slots);
        _stamp = 1;
    }

    /// <summary>Number of different words so far.</summary>
    public int Count => _count;

    /// <summary>The id of a word of <paramref name="text"/>; a text seen before keeps its id. All calls between two Clear must speak of one buffer.</summary>
    public int Of(ReadOnlySpan<char> text, int start, int length)
    {
        ReadOnlySpan<char> word = text.Slice(start, length);
        uint hash = 2166136261;
        foreach (char c in word) hash = (hash ^ c) * 16777619;
        hash ^= hash >> 15;
        Slot[] slots = _slots;
        for (int at = (int)hash & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            ref Slot slot = ref slots[at];
            if (slot.Stamp != _stamp)
            {
                if (_count * 2 >= slots.Length)
                {
                    Grow();
                    return Of(text, start, length);
                }
                slot = new Slot { Stamp = _stamp, Hash = (int)hash, Start = start, Length = length, Id = _count };
                return _count++;
            }
            if (slot.Hash == (int)hash && slot.Length == length && text.Slice(slot.Start, length).SequenceEqual(word)) return slot.Id;
        }
    }

    void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        foreach (Slot slot in old)
        {
            if (slot.Stamp != _stamp) continue;
            int at = slot.Hash & (_slots.Length - 1);
            while (_slots[at].Stamp == _stamp) at = (at + 1) & (_slots.Length - 1);
            _slots[at] = slot;
        }
    }
}

using System.Numerics;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// The merges of byte-pair encoding: a pair of ids → its rank (lower is earlier) and the id it becomes. Open addressing, a pair and what becomes of it side by side. New words cost what looking
/// here costs, which is waiting for memory: pairs of the first ids (the bytes, as a rule) have a small table of their own, and most pairs that do not merge end at a bit.
/// </summary>
sealed class MergeTable
{
    /// <param name="Pair">0 in an empty slot.</param>
    readonly record struct Slot(ulong Pair, int Rank, int Id);

    const int FirstIds = 256;

    readonly (int Rank, int Id)[] _ofFirstIds = new (int, int)[FirstIds * FirstIds];
    readonly Slot[] _slots;
    readonly int _slotShift;

    /// <summary>A bit per leading bits of a hash: whether any pair has them.</summary>
    readonly ulong[] _seen;
    readonly int _seenShift;

    public const int NoRank = int.MaxValue;

    /// <param name="merges">In order of rank; the last of two equal pairs counts.</param>
    /// <param name="ranks">The rank of each merge, where that is not its place: several ways to one token share a rank.</param>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Result)> merges, IReadOnlyList<int>? ranks = null)
    {
        int bits = Math.Max(4, BitOperations.Log2((uint)merges.Count + 1) + 2);
        (_slotShift, _seenShift) = (64 - bits, 64 - bits - 2);
        _slots = new Slot[1 << bits];
        _seen = new ulong[Math.Max(1, 1 << (bits + 2 - 6))];
        Array.Fill(_slots, new(0, NoRank, -1));
        Array.Fill(_ofFirstIds, (NoRank, -1));
        for (int i = 0; i < merges.Count; i++)
        {
            var (left, right, result) = merges[i];
            int rank = ranks is null ? i : ranks[i];
            ulong pair = Key(left, right), hash = Hash(pair);
            _slots[SlotOf(pair, hash)] = new(pair, rank, result);
            _seen[hash >> _seenShift >> 6] |= 1UL << (int)(hash >> _seenShift);
            if ((uint)(left | right) < FirstIds) _ofFirstIds[left * FirstIds + right] = (rank, result);
        }
    }

    /// <summary>Rank <see cref="NoRank"/> when the pair does not merge.</summary>
    public (int Rank, int Id) Find(int left, int right)
    {
        if ((uint)(left | right) < FirstIds) return _ofFirstIds[left * FirstIds + right];
        ulong pair = Key(left, right), hash = Hash(pair), place = hash >> _seenShift;
        if ((_seen[place >> 6] >> (int)place & 1) == 0) return (NoRank, -1);
        ref readonly var slot = ref _slots[SlotOf(pair, hash)];
        return (slot.Rank, slot.Id);
    }

    int SlotOf(ulong pair, ulong hash)
    {
        var slots = _slots;
        int at = (int)(hash >> _slotShift);
        while (slots[at].Pair != 0 && slots[at].Pair != pair) at = (at + 1) & (slots.Length - 1);
        return at;
    }

    // Plus one, so that no key is 0, the empty slot.
    static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;

    static ulong Hash(ulong pair) => pair * 0x9E3779B97F4A7C15;
}

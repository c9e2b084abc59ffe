using System.Numerics;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>The merges of byte-pair encoding: a pair of ids → its rank (lower is earlier) and the id it becomes. Open addressing.</summary>
sealed class MergeTable
{
    readonly ulong[] _pairs;
    readonly (int Rank, int Id)[] _merges;
    readonly int _shift;

    public const int NoRank = int.MaxValue;

    /// <param name="merges">In order of rank; the last of two equal pairs counts.</param>
    /// <param name="ranks">The rank of each merge, where that is not its place: several ways to one token share a rank.</param>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Result)> merges, IReadOnlyList<int>? ranks = null)
    {
        int bits = Math.Max(4, BitOperations.Log2((uint)merges.Count + 1) + 2);
        _shift = 64 - bits;
        _pairs = new ulong[1 << bits];
        _merges = new (int, int)[1 << bits];
        for (int i = 0; i < merges.Count; i++)
        {
            var (left, right, result) = merges[i];
            int slot = SlotOf(left, right);
            _pairs[slot] = Key(left, right);
            _merges[slot] = (ranks is null ? i : ranks[i], result);
        }
    }

    /// <summary>Rank <see cref="NoRank"/> when the pair does not merge.</summary>
    public (int Rank, int Id) Find(int left, int right)
    {
        int slot = SlotOf(left, right);
        return _pairs[slot] == 0 ? (NoRank, -1) : _merges[slot];
    }

    int SlotOf(int left, int right)
    {
        ulong key = Key(left, right);
        int slot = (int)(key * 0x9E3779B97F4A7C15 >> _shift);
        while (_pairs[slot] != 0 && _pairs[slot] != key) slot = (slot + 1) & (_pairs.Length - 1);
        return slot;
    }

    // Plus one, so that no key is 0, the empty slot.
    static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;
}

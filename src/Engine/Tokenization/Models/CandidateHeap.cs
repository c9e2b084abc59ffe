using System.Buffers;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>Merges that could be made: the lowest rank first, the leftmost of equals. A heap of four children per node, each entry one number.</summary>
struct CandidateHeap(int capacity) : IDisposable
{
    const int Children = 4;

    ulong[] _entries = ArrayPool<ulong>.Shared.Rent(Math.Max(16, capacity));
    int _count;

    public void Offer(int rank, int position)
    {
        if (rank == MergeTable.NoRank) return;
        if (_count == _entries.Length)
        {
            ulong[] larger = ArrayPool<ulong>.Shared.Rent(_count * 2);
            _entries.CopyTo(larger, 0);
            ArrayPool<ulong>.Shared.Return(_entries);
            _entries = larger;
        }
        ulong entry = (ulong)(uint)rank << 32 | (uint)position;
        int at = _count++;
        while (at > 0 && _entries[(at - 1) / Children] is var parent && entry < parent)
        {
            _entries[at] = parent;
            at = (at - 1) / Children;
        }
        _entries[at] = entry;
    }

    public bool TryTake(out int rank, out int position)
    {
        if (_count == 0)
        {
            (rank, position) = (0, 0);
            return false;
        }
        ulong top = _entries[0], last = _entries[--_count];
        int at = 0;
        while (at * Children + 1 is var first && first < _count)
        {
            int least = first;
            for (int child = first + 1; child < Math.Min(first + Children, _count); child++)
                if (_entries[child] < _entries[least]) least = child;
            if (last <= _entries[least]) break;
            _entries[at] = _entries[least];
            at = least;
        }
        _entries[at] = last;
        (rank, position) = ((int)(top >> 32), (int)(uint)top);
        return true;
    }

    public readonly void Dispose() => ArrayPool<ulong>.Shared.Return(_entries);
}

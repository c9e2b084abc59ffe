using System.Buffers;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// The merging of byte-pair encoding (Sennrich et al. 2016): as long as any neighbours merge, the pair of lowest rank does, the
/// leftmost of equals. Both ways give the same result; the second is for words so long that looking through all pairs each time
/// would take quadratic time.
/// </summary>
static class PairMerging
{
    /// <summary>Above this many symbols the heap is faster.</summary>
    const int ShortWord = 40;

    /// <summary>Merges in place; the result is the returned count of symbols from the start.</summary>
    public static int Merge(Span<int> symbols, MergeTable merges) =>
        symbols.Length <= ShortWord ? MergeByScanning(symbols, merges) : MergeByHeap(symbols, merges);

    internal static int MergeByScanning(Span<int> symbols, MergeTable merges)
    {
        Span<(int Rank, int Id)> pairs = stackalloc (int, int)[symbols.Length <= ShortWord ? ShortWord : symbols.Length];
        int count = symbols.Length;
        for (int i = 0; i + 1 < count; i++) pairs[i] = merges.Find(symbols[i], symbols[i + 1]);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
                if (pairs[i].Rank < pairs[best].Rank) best = i;
            if (pairs[best].Rank == MergeTable.NoRank) break;

            symbols[best] = pairs[best].Id;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0) pairs[best - 1] = merges.Find(symbols[best - 1], symbols[best]);
            if (best + 1 < count) pairs[best] = merges.Find(symbols[best], symbols[best + 1]);
        }
        return count;
    }

    internal static int MergeByHeap(Span<int> symbols, MergeTable merges)
    {
        int count = symbols.Length;
        int[] links = ArrayPool<int>.Shared.Rent(2 * count);
        Span<int> previous = links.AsSpan(0, count), following = links.AsSpan(count, count);
        var queue = new CandidateHeap(count);
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            following[i] = i + 1;
            if (i + 1 < count) queue.Offer(merges.Find(symbols[i], symbols[i + 1]).Rank, i);
        }

        // A removed symbol is -1. A candidate is checked against the present pair when it comes up.
        while (queue.TryTake(out int rank, out int at))
        {
            int right = following[at];
            if (symbols[at] < 0 || right >= count) continue;
            var merge = merges.Find(symbols[at], symbols[right]);
            if (merge.Rank != rank) continue;

            symbols[at] = merge.Id;
            symbols[right] = -1;
            right = following[at] = following[right];
            if (right < count)
            {
                previous[right] = at;
                queue.Offer(merges.Find(symbols[at], symbols[right]).Rank, at);
            }
            if (previous[at] is >= 0 and var left) queue.Offer(merges.Find(symbols[left], symbols[at]).Rank, left);
        }
        queue.Dispose();
        ArrayPool<int>.Shared.Return(links);

        int kept = 0;
        foreach (int symbol in symbols)
            if (symbol >= 0) symbols[kept++] = symbol;
        return kept;
    }
}

using Juxta.Engine.Tokenization.Models;

namespace Juxta.EngineTests.Tokenization;

public sealed class PairMergingTests
{
    [Fact]
    public void Scanning_and_the_heap_give_the_same_result()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            List<(int, int, int)> merges = [];
            for (int id = 4; id < 40; id++) merges.Add((random.Next(id), random.Next(id), id));
            var table = new MergeTable(merges);
            int[] word = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.Next(4))];
            int[] scanned = [.. word], heaped = [.. word];
            int scannedCount = PairMerging.MergeByScanning(scanned, table), heapedCount = PairMerging.MergeByHeap(heaped, table);
            Assert.Equal(scanned[..scannedCount], heaped[..heapedCount]);
        }
    }

    [Fact]
    public void The_lowest_rank_merges_first_and_the_leftmost_of_equals()
    {
        // 0 0 → 1 (rank 0), 1 0 → 2 (rank 1)
        int[] word = [0, 0, 0];
        Assert.Equal(1, PairMerging.Merge(word, new([(0, 0, 1), (1, 0, 2)])));
        Assert.Equal(2, word[0]);
    }

    [Fact]
    public void Of_two_equal_merges_the_last_counts()
    {
        int[] word = [0, 0];
        PairMerging.Merge(word, new([(0, 0, 1), (0, 0, 2)]));
        Assert.Equal(2, word[0]);
    }
}

using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Sampling;

public class RepetitionDetectorTests
{
    [Theory]
    [InlineData(1, 4, 64)] // one token: at least 64 tokens must be covered
    [InlineData(3, 4, 64)]
    [InlineData(40, 4, 160)]
    [InlineData(40, 2, 80)]
    [InlineData(500, 3, 1500)]
    public void A_cycle_is_found_as_soon_as_it_has_come_often_enough(int cycle, int limit, int expected)
    {
        var detector = new RepetitionDetector(limit);
        for (int i = 0; i < 37; i++) Assert.False(detector.Add(100_000 + i)); // what came before does not matter
        int tokens = 1;
        while (!detector.Add((tokens - 1) % cycle)) tokens++;
        Assert.Equal(expected, tokens);
    }

    [Fact]
    public void Text_without_a_cycle_is_left_alone()
    {
        var detector = new RepetitionDetector(2);
        var random = new Random(1);
        for (int i = 0; i < 5000; i++) Assert.False(detector.Add(random.Next(50)));
    }

    [Fact]
    public void Findings_equal_those_of_a_search_at_every_length()
    {
        var random = new Random(2);
        for (int round = 0; round < 60; round++)
        {
            int limit = random.Next(2, 5);
            var detector = new RepetitionDetector(limit);
            List<int> ids = [];
            int[] motif = [.. Enumerable.Range(0, random.Next(1, 50)).Select(_ => random.Next(3))];
            for (int i = 0; i < 220; i++)
            {
                ids.Add(random.Next(90) == 0 ? 7 : motif[i % motif.Length]);
                bool expected = Enumerable.Range(1, ids.Count / limit).Any(cycle =>
                {
                    int covered = Math.Max(limit * cycle, 64);
                    return covered <= ids.Count && Enumerable.Range(ids.Count - covered, covered - cycle).All(k => ids[k] == ids[k + cycle]);
                });
                Assert.Equal(expected, detector.Add(ids[^1]));
            }
        }
    }
}

using FsCheck;
using FsCheck.Fluent;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Samples;

public sealed class SampleTests
{
    static TrainingSample Of(int length, int first) => new([.. Enumerable.Range(first, length)], [.. Enumerable.Range(first, length).Select((id, i) => i == 0 ? -100 : id)], new int[length]);

    [Fact]
    public void Targets_are_the_labels_one_to_the_left_within_each_segment()
    {
        TrainingSample packed = SamplePacking.Join([Of(3, 10), Of(2, 20)]);
        Assert.Equal([11, 12, -100, 21, -100], NextTokens.Targets(packed));
        Assert.Equal(3, packed.LossTokens);
    }

    [Fact]
    public void A_packed_sample_sees_only_its_own_segment_and_what_came_before()
    {
        TrainingSample packed = SamplePacking.Join([Of(3, 10), Of(2, 20), Of(4, 30) with { Segments = [new SampleSegment(0, 4, PrefixLength: 2)] }]);
        string picture = string.Join("\n", Enumerable.Range(0, 9).Select(query => string.Concat(Enumerable.Range(0, 9).Select(key => packed.Sees(query, key) ? 'x' : '.'))));
        Assert.Equal(
            """
            x........
            xx.......
            xxx......
            ...x.....
            ...xx....
            .....xx..
            .....xx..
            .....xxx.
            .....xxxx
            """.ReplaceLineEndings("\n"), picture);
    }

    [Fact]
    public void First_fit_loses_nothing_overfills_nothing_and_is_the_same_every_time() => Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt[] Lengths, PositiveInt Open)>(), input =>
        {
            List<TrainingSample> samples = [.. input.Lengths.Select((length, i) => Of(1 + (length.Get % 20), 1000 * i))];
            List<TrainingSample> packs = [.. SamplePacking.FirstFit(samples, 16, 1 + (input.Open.Get % 5))];
            Assert.Equal(samples.Select(sample => sample.Ids[0]).Order(), packs.SelectMany(pack => pack.Segments.Select(segment => pack.Ids[segment.Start])).Order());
            Assert.Equal(samples.Sum(sample => sample.LossTokens), packs.Sum(pack => pack.LossTokens));
            Assert.All(packs, pack => Assert.True(pack.Length <= 16 || pack.Segments.Count == 1));
            Assert.Equal(packs.Select(pack => string.Join(",", pack.Ids)), SamplePacking.FirstFit(samples, 16, 1 + (input.Open.Get % 5)).Select(pack => string.Join(",", pack.Ids)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void First_fit_fills_the_first_pack_with_room() =>
        Assert.Equal(["10,5,5", "20"], SamplePacking.FirstFit([Of(10, 0), Of(5, 100), Of(20, 200), Of(5, 300)], 25, 8).Select(pack => string.Join(",", pack.Segments.Select(segment => segment.Length))).Order());

    [Fact]
    public void Padding_is_known_by_length_so_an_end_that_is_also_pad_keeps_its_loss()
    {
        const int eosAndPad = 7;
        var shorter = new TrainingSample([1, 2, eosAndPad], [-100, 2, eosAndPad], [0, 0, 0]);
        var right = new SampleBatch([shorter, Of(5, 10)], eosAndPad);
        Assert.Equal([1, 2, 7, 7, 7], right.Ids[..5]);
        Assert.Equal([-100, 2, 7, -100, -100], right.Labels[..5]);
        Assert.Equal([3, 5], right.Lengths);
        var left = new SampleBatch([shorter, Of(5, 10)], eosAndPad, PaddingSide.Left);
        Assert.Equal([-100, -100, -100, 2, 7], left.Labels[..5]);
        Assert.Equal(2, left.Offset(0));
    }
}

using FsCheck;
using FsCheck.Fluent;
using Juxta.Eval.Metrics;
using Juxta.Eval.Metrics.Rouge;
using Juxta.Eval.Metrics.Ter;
using Juxta.Eval.Significance;

namespace Juxta.EvalTests.Metrics;

public sealed class PropertyTests
{
    static readonly Config Seeded = Config.QuickThrowOnFailure.WithReplay(20261122UL, 7UL).WithMaxTest(300);

    static Arbitrary<string> Texts => Gen.Elements("the", "cat", "sat", "on", "mat", "Mr.", "1,000", "你好", "世界", "!", "😀", "e-mail").ListOf().Select(words => string.Join(' ', words)).ToArbitrary();

    [Fact]
    public void A_text_is_its_own_perfect_translation()
    {
        IMetric bleu = MetricTable.Create("bleu"), chrf = MetricTable.Create("chrf++"), ter = MetricTable.Create("ter");
        Prop.ForAll(Texts, text =>
        {
            var same = new Answer(text, [text]);
            double[] sums = CorpusStatistics.Of(bleu, [same]).Sums;
            Assert.Equal(sums[^2] >= 4 ? 100 : 0, bleu.Score(sums), 9);
            Assert.Equal(text.Length > 0 ? 100 : 0, CorpusStatistics.Of(chrf, [same]).Score, 9);
            Assert.Equal(0, CorpusStatistics.Of(ter, [same]).Score);
        }).Check(Seeded);
    }

    [Fact]
    public void Statistics_add_up_and_order_does_not_matter()
    {
        foreach (string name in (string[])["bleu", "chrf", "ter", "rougeL", "f1", "length-ratio"])
        {
            IMetric metric = MetricTable.Create(name);
            Prop.ForAll(Texts, Texts, Texts, (a, b, c) =>
            {
                Answer[] answers = [new(a, [b]), new(b, [c]), new(c, [a])];
                CorpusStatistics whole = CorpusStatistics.Of(metric, answers), turned = CorpusStatistics.Of(metric, [answers[2], answers[0], answers[1]]);
                Assert.Equal(whole.Score, turned.Score, 12);
                double[] sums = new double[metric.StatisticsLength];
                for (int i = 0; i < 3; i++) for (int k = 0; k < sums.Length; k++) sums[k] += whole.Row(i)[k];
                Assert.Equal(whole.Score, metric.Score(sums), 12);
            }).Check(Seeded.WithMaxTest(60));
        }
    }

    [Fact]
    public void Bit_parallel_distances_and_subsequences_are_those_of_the_plain_tables()
    {
        Prop.ForAll(Gen.Choose(0, 5).ListOf().ToArbitrary(), Gen.Choose(0, 5).ListOf().ToArbitrary(), (a, b) =>
        {
            int[] left = [.. a], right = [.. b];
            Assert.Equal(PlainSubsequence(left, right), new CommonSubsequence().Length(left, right));
            int[] longLeft = [.. left, .. Enumerable.Repeat(9, 70)], longRight = [.. right, .. Enumerable.Repeat(9, 70)];
            Assert.Equal(PlainSubsequence(longLeft, longRight), new CommonSubsequence().Length(longLeft, longRight));
            if (right.Length is 0 or > 64) return;
            var myers = new MyersDistance();
            myers.Start(right);
            Assert.Equal(PlainDistance(left, right), myers.Distance(left));
        }).Check(Seeded);
    }

    [Fact]
    public void A_long_answer_is_scored_within_the_beam_by_both_ways()
    {
        // Words far from the diagonal: the beam binds, and the distance with a common beginning must be the one of the whole table.
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int[] reference = [.. Enumerable.Range(0, random.Next(1, 120)).Select(_ => random.Next(30))];
            int[] words = [.. Enumerable.Range(0, random.Next(1, 120)).Select(_ => random.Next(30))];
            int[] other = [.. words];
            int changed = random.Next(words.Length);
            for (int i = changed; i < other.Length; i++) other[i] = random.Next(30);
            var distance = new BeamEditDistance();
            distance.Start(reference, words.Length);
            List<Edit> edits = [];
            int whole = distance.Trace(other, edits);
            distance.Trace(words, edits);
            Assert.Equal(whole, distance.Distance(other, changed));
        }
    }

    [Fact]
    public void Exchanging_the_systems_of_a_paired_test_keeps_its_p_value()
    {
        IMetric metric = MetricTable.Create("bleu");
        var random = new Random(3);
        string[] words = ["a", "b", "c", "d", "e", "f"];
        string Text() => string.Join(' ', Enumerable.Range(0, 12).Select(_ => words[random.Next(words.Length)]));
        string[] references = [.. Enumerable.Range(0, 60).Select(_ => Text())];
        CorpusStatistics Measure() => CorpusStatistics.Of(metric, [.. references.Select(r => new Answer(Text(), [r]))]);
        CorpusStatistics one = Measure(), two = Measure();
        Assert.Equal(PairedBootstrap.Test([one, two])[1].PValue, PairedBootstrap.Test([two, one])[1].PValue);
        Assert.Equal(PairedRandomisation.Test([one, two], 500)[1].PValue, PairedRandomisation.Test([two, one], 500)[1].PValue);
    }

    static int PlainSubsequence(int[] a, int[] b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
            for (int j = 1; j <= b.Length; j++)
                table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        return table[a.Length, b.Length];
    }

    static int PlainDistance(int[] a, int[] b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
            for (int j = 1; j <= b.Length; j++)
                table[i, j] = Math.Min(table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
        return table[a.Length, b.Length];
    }
}

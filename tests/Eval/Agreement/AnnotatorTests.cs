using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Proportions;
using Juxta.Eval.Ratings;
using Juxta.Eval.Significance;

namespace Juxta.EvalTests.Agreement;

public sealed class AnnotatorTests
{
    static Vote Vote(string item, string annotator, Verdict? verdict, bool? aLeft = null, Verdict? gold = null) => new("x", "y", verdict) { Item = item, Annotator = annotator, ALeft = aLeft, Gold = gold };

    [Fact]
    public void Side_bias_is_the_exact_binomial_of_wins_on_the_left()
    {
        Vote[] votes = [.. Enumerable.Range(0, 10).Select(i => Vote($"{i}", "p", i % 2 == 0 ? Verdict.A : Verdict.B, i % 2 == 0)), Vote("t", "p", Verdict.Tie, true), Vote("u", "p", Verdict.A)];
        SideBias bias = SideBias.Of(votes);
        Assert.Equal((10, 0), (bias.LeftWins, bias.RightWins));
        Assert.Equal(2 / 1024.0, bias.PValue, 12);
        Assert.Equal(ProportionInterval.Wilson(10, 10), bias.Interval);
        Assert.Equal(bias, SideBias.Of(votes.Select(v => v.Swapped())));
        Assert.Equal((1.0, (ProportionInterval?)null), (SideBias.Of([]).PValue, SideBias.Of([]).Interval));
    }

    [Fact]
    public void Repeats_and_gold_items_tell_how_far_a_person_can_be_relied_on()
    {
        IReadOnlyList<AnnotatorReport> reports = AnnotatorReport.Of(
        [
            Vote("1", "p", Verdict.A, true), Vote("1", "p", Verdict.A, false), // the same model again
            Vote("2", "p", Verdict.A, true), Vote("2", "p", Verdict.B, false), // the left again
            Vote("3", "p", Verdict.Tie, true), Vote("3", "p", Verdict.BothBad, false), // a tie again
            Vote("4", "p", Verdict.A, true).Swapped(), Vote("4", "p", Verdict.A, true), // the same, named the other way round; the sides stayed
            Vote("5", "p", Verdict.B, true, gold: Verdict.B), Vote("6", "p", Verdict.A, true, gold: Verdict.B), Vote("7", "p", null),
            Vote("1", "q", Verdict.B, true),
            Vote("1", "lead", Verdict.A, true) with { Purpose = VotePurpose.Adjudication }, Vote("2", "lead", null) with { Purpose = VotePurpose.Adjudication },
        ]);
        AnnotatorReport p = reports[0];
        Assert.Equal(["p", "q"], reports.Select(one => one.Annotator));
        Assert.Equal((new CountedShare(2, 2), new CountedShare(0, 1)), (p.WithAdjudicator, reports[1].WithAdjudicator));
        Assert.Equal(("p", 10, 1), (p.Annotator, p.Votes, p.Skips));
        Assert.Equal(new CountedShare(3, 4), p.Consistency);
        Assert.Equal(new CountedShare(1, 2), p.SideKept);
        Assert.Equal(new CountedShare(1, 2), p.GoldRight);
        Assert.Equal(ProportionInterval.Wilson(1, 2), p.GoldRight.Interval);
        Assert.Equal((5, 1), (p.Sides.LeftWins, p.Sides.RightWins));
        Assert.Null(reports[1].Consistency.Interval);
    }

    [Fact]
    public void Items_collect_first_votes_whichever_model_was_named_first()
    {
        IReadOnlyList<JudgedItem> items = JudgedItem.Of(
        [
            Vote("1", "p", Verdict.A), Vote("1", "p", Verdict.B), Vote("1", "q", Verdict.A).Swapped(), Vote("1", "r", Verdict.Tie), Vote("1", "s", null),
            Vote("1", "lead", Verdict.B) with { Purpose = VotePurpose.Adjudication }, Vote("1", "t", Verdict.B) with { Purpose = VotePurpose.Repeat },
            Vote("1", "g", Verdict.A, gold: Verdict.A), new("x", "z", Verdict.A) { Item = "1", Annotator = "p", Criteria = new Dictionary<string, Verdict> { ["fluent"] = Verdict.B } },
        ]);
        Assert.Equal(2, items.Count);
        Assert.Equal([2, 1, 0], items[0].Counts());
        Assert.Equal([0, 0, 1], JudgedItem.Of([new("x", "z", Verdict.A) { Item = "1", Annotator = "p", Criteria = new Dictionary<string, Verdict> { ["fluent"] = Verdict.B } }, Vote("1", "p", Verdict.A)], "fluent").Single().Counts());
    }

    [Fact]
    public void Intervals_surround_the_coefficients_and_repeat_by_their_seed()
    {
        var random = new Random(3);
        int[] first = [.. Enumerable.Range(0, 150).Select(_ => random.Next(3))], second = [.. first.Select(c => random.NextDouble() < 0.7 ? c : random.Next(3))];
        int[][] counts = [.. first.Zip(second, (a, b) => new int[3].Select((_, k) => (a == k ? 1 : 0) + (b == k ? 1 : 0)).ToArray())];
        ResampledInterval cohen = AgreementIntervals.Cohen(first, second, 3, samples: 400), fleiss = AgreementIntervals.Fleiss(counts, 400), alpha = AgreementIntervals.Krippendorff(counts, Measurement.Nominal, 400);
        double[,] table = CohenKappa.Confusion(first, second, 3);
        Assert.Equal(CohenKappa.Of(table), cohen.Value, 12);
        Assert.Equal(FleissKappa.Of(counts), fleiss.Value, 12);
        Assert.InRange(cohen.Value, cohen.Low, cohen.High);
        Assert.InRange(fleiss.Value, fleiss.Low, fleiss.High);
        Assert.InRange(alpha.Value, alpha.Low, alpha.High);
        // The large-sample error of Fleiss, Cohen and Everitt gives nearly the same width.
        Assert.Equal(2 * 1.96 * CohenKappa.StandardError(table), cohen.High - cohen.Low, 0.03);
        Assert.Equal(cohen, AgreementIntervals.Cohen(first, second, 3, samples: 400));
        Assert.NotEqual(cohen, AgreementIntervals.Cohen(first, second, 3, samples: 400, seed: 1));
        ResampledInterval single = AgreementIntervals.Cohen([1], [1], 3);
        Assert.True(double.IsNaN(single.Low));
    }

    [Fact]
    public void Resamples_without_a_value_are_counted()
    {
        // One item of ten holds the only other category: resamples without it have no alpha.
        int[][] counts = [.. Enumerable.Range(0, 10).Select(i => i == 0 ? (int[])[1, 1] : [2, 0])];
        Assert.InRange(AgreementIntervals.Krippendorff(counts, Measurement.Nominal, 500).Undefined, 120, 240); // 0.9¹⁰ = 35 %
    }
}

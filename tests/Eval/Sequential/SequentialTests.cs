using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Sequential;

namespace Juxta.EvalTests.Sequential;

public sealed class SequentialTests
{
    /// <summary>Made with scipy 1.10.1's <c>betaln</c> and <c>brentq</c> from the definition.</summary>
    [Theory]
    [InlineData(30, 10, 0.5, 10, 2.8999320358278267)]
    [InlineData(7.5, 4.5, 0.5, 1, -0.727316461484365)]
    [InlineData(60, 40, 0.62, 10, -1.1468656343388872)]
    public void Evidence_is_the_mixture_of_likelihood_ratios(double wins, double losses, double mean, double prior, double expected) =>
        Assert.Equal(expected, new BetaMixture(prior).LogEvidence(wins, losses, mean), 11);

    [Theory]
    [InlineData(30, 10, 10, 0.05, 0.4976163755743028, 0.9206773809774602)]
    [InlineData(60.5, 39.5, 1, 0.01, 0.4225943211074976, 0.7693569200771471)]
    public void Confidence_sequences_are_where_the_evidence_reaches_its_bound(double wins, double losses, double prior, double alpha, double low, double high)
    {
        ConfidenceSequence found = new BetaMixture(prior).Confidence(wins, losses, alpha);
        Assert.Equal(low, found.Low, 9);
        Assert.Equal(high, found.High, 9);
    }

    [Fact]
    public void Ends_that_nothing_speaks_against_stay()
    {
        Assert.Equal(new ConfidenceSequence(0, 1), new BetaMixture().Confidence(0, 0, 0.05));
        Assert.Equal(1, new BetaMixture().Confidence(20, 0, 0.05).High);
        Assert.Equal(0, new BetaMixture().Confidence(0, 20, 0.05).Low);
    }

    [Fact]
    public void A_clear_preference_is_decided_and_the_mirrored_one_the_other_way()
    {
        var rule = new StoppingRule();
        double[] scores = [.. Enumerable.Range(0, 80).Select(i => i % 5 == 0 ? 0 : i % 7 == 0 ? 0.5 : 1.0)];
        SequentialTest test = SequentialTest.Of(scores, rule), mirrored = SequentialTest.Of(scores.Select(s => 1 - s), rule);
        Assert.Equal((Decision.A, Decision.B), (test.Decision, mirrored.Decision));
        Assert.Equal(test.DecidedAt, mirrored.DecidedAt);
        Assert.Equal(test.EValue, mirrored.EValue, 9);
        Assert.Equal(1 - test.ShareInterval.Low, mirrored.ShareInterval.High, 9);
        Assert.Equal(0, test.StillNeeded());
        Assert.True(test.PValue < 0.05);
        // At the moment of the decision the evidence had just reached 20.
        SequentialTest before = SequentialTest.Of(scores.Take(test.DecidedAt!.Value - 1), rule);
        Assert.Equal(Decision.Undecided, before.Decision);
        Assert.True(before.EValue < 20);
        Assert.Equal((71, 80), (test.Decided, test.Count));
    }

    [Fact]
    public void Models_that_tie_are_found_alike_and_a_margin_of_nothing_never_says_so()
    {
        double[] ties = [.. Enumerable.Repeat(0.5, 3000)];
        SequentialTest test = SequentialTest.Of(ties, new StoppingRule());
        Assert.Equal(Decision.Alike, test.Decision);
        Assert.Equal((1.0, 1.0), (test.EValue, test.PValue));
        Assert.True(Math.Abs(test.ShareInterval.Low - 0.5) < 0.05);
        Assert.Equal(Decision.Undecided, SequentialTest.Of(ties, new StoppingRule(Margin: 0)).Decision);
        Assert.Contains("between 0", Assert.Throws<ArgumentOutOfRangeException>(() => test.Add(1.5)).Message);
    }

    [Fact]
    public void Votes_needed_are_where_the_mean_path_meets_the_bound()
    {
        // scipy: the first n with logE(0.6 n, 0.4 n) ≥ ln 20; then the same from 12 wins and 8 losses on.
        Assert.Equal(230, VotesNeeded.For(new(), 0, 0, 0.6));
        Assert.Equal(210, VotesNeeded.For(new(), 12, 8, 0.6));
        Assert.Equal(0, VotesNeeded.For(new(), 100, 10, 0.6));
        Assert.Null(VotesNeeded.For(new(), 0, 0, 0.5));
        Assert.Null(SequentialTest.Of([], new()).StillNeeded());
        int? needed = SequentialTest.Of([1, 0.5, 1, 0.5, 1, 0, 1, 0.5], new()).StillNeeded();
        Assert.InRange(needed!.Value, 100, 2000);
    }

    [Fact]
    public void Several_pairs_share_the_error()
    {
        Assert.Equal(0.05 / 3, new StoppingRule().Among(3).Alpha, 15);
        Assert.Equal(0.05, new StoppingRule().Among(0).Alpha);
    }

    [Fact]
    public void Votes_become_scores_of_the_ordered_pair_and_items_count_when_they_have_enough()
    {
        Vote[] votes =
        [
            new("y", "x", Verdict.A) { Item = "1", Annotator = "p" },
            new("x", "y", Verdict.A) { Item = "2", Annotator = "p" },
            new("x", "y", Verdict.Tie) { Item = "1", Annotator = "q" },
            new("x", "y", null) { Item = "2", Annotator = "q" },
            new("x", "y", Verdict.A) { Item = "2", Annotator = "r", Gold = Verdict.A },
            new("x", "y", Verdict.A) { Item = "1", Annotator = "r" },
            new("x", "z", Verdict.BothBad),
        ];
        IReadOnlyList<PairScores> each = PairScores.Of(votes);
        Assert.Equal([("x", "y"), ("x", "z")], each.Select(p => (p.A, p.B)));
        Assert.Equal([0, 1, 0.5, 1], each[0].Scores);
        PairScores items = PairScores.Of(votes, 2)[0];
        Assert.Equal([0.25], items.Scores);
        Assert.Equal(1, items.Waiting);
    }
}

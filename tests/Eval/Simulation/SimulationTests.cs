using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Sequential;
using Juxta.Eval.Simulation;

namespace Juxta.EvalTests.Simulation;

/// <summary>Small seeded versions of the simulations of docs/ratings.md.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void Known_strengths_are_recovered_and_intervals_cover_where_votes_are_independent()
    {
        var experiment = CoverageExperiment.Run(new SimulatedPeople([0, 0.4, 0.8]) { Items = 150, VotesPerItem = 2 }, worlds: 60, rounds: 100, seed: 1);
        Assert.Equal(0, experiment.Unbounded);
        // 400 / ln 10 points a logit, mean 1000.
        Assert.Equal(1000 + 400 / Math.Log(10) * 0.4, experiment.Truth[2], 6);
        foreach (double bias in experiment.Bias) Assert.InRange(bias, -8, 8);
        // 180 intervals at 95 %: the standard error is 1.6 points.
        Assert.InRange(Covered(experiment, "wald"), 0.89, 1);
        Assert.InRange(Covered(experiment, "votes"), 0.88, 1);
        Assert.InRange(Covered(experiment, "items"), 0.88, 1);
    }

    [Fact]
    public void Only_resampling_annotators_covers_where_people_differ()
    {
        var experiment = CoverageExperiment.Run(new SimulatedPeople([0, 0.5]) { Items = 300, VotesPerItem = 2, Annotators = 20, AnnotatorSpread = 1 }, worlds: 60, rounds: 100, seed: 2);
        Assert.InRange(Covered(experiment, "wald"), 0, 0.8);
        Assert.InRange(Covered(experiment, "votes"), 0, 0.8);
        Assert.InRange(Covered(experiment, "annotators"), 0.85, 1);
        Assert.InRange(Covered(experiment, "items and annotators"), 0.85, 1);
    }

    static double Covered(CoverageExperiment experiment, string kind) => experiment.Intervals.Single(i => i.Interval == kind).Covered.Share;

    [Fact]
    public void The_stopping_rule_keeps_its_error_rate_where_an_ordinary_test_does_not()
    {
        StoppingExperiment same = StoppingExperiment.Run(new(), share: 0.5, ties: 0.2, studies: 400, mostVotes: 600, seed: 3);
        Assert.InRange(same.A.Share + same.B.Share, 0, 0.05);
        Assert.InRange(same.Peeking.Share, 0.15, 1);
        StoppingExperiment margin = StoppingExperiment.Run(new(), share: 0.56, ties: 0, studies: 200, mostVotes: 3000, seed: 4);
        Assert.InRange(margin.Alike.Share, 0, 0.05);
        StoppingExperiment clear = StoppingExperiment.Run(new(), share: 0.65, ties: 0, studies: 200, mostVotes: 1000, seed: 5);
        Assert.InRange(clear.A.Share, 0.99, 1);
        Assert.Equal(0, clear.B.Successes);
        int needed = VotesNeeded.For(new(), 0, 0, 0.65)!.Value;
        Assert.InRange(clear.MedianVotes!.Value, needed * 0.7, needed * 1.3);
    }

    [Fact]
    public void A_seed_is_a_world_and_a_push_to_the_left_shows()
    {
        var people = new SimulatedPeople([0, 0.3, 0.6]) { Items = 400, LeftBias = 0.8, Ties = 0.1, ItemSpread = 0.5, VotesPerItem = 1 };
        Assert.Equal(people.Cast(9).Select(Line), people.Cast(9).Select(Line));
        Assert.NotEqual(people.Cast(9).Select(Line), people.Cast(10).Select(Line));
        Assert.True(SideBias.Of(people.Cast(9)).PValue < 0.001);
        Assert.True(SideBias.Of((people with { LeftBias = 0 }).Cast(9)).PValue > 0.01);
        IReadOnlyList<double> truth = people.TrueRatings(), strict = new SimulatedPeople([0, 0.3, 0.6]).TrueRatings();
        Assert.True(truth[2] - truth[0] < strict[2] - strict[0], "spread and ties pull ratings together");

        static string Line(Vote vote) => VoteFile.Line(new VoteEvent(vote));
    }
}

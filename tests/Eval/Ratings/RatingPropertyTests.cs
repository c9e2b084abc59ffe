using FsCheck;
using FsCheck.Fluent;
using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Sequential;

namespace Juxta.EvalTests.Ratings;

/// <summary>What must hold of any votes at all.</summary>
public sealed class RatingPropertyTests
{
    static readonly Config Seeded = Config.QuickThrowOnFailure.WithReplay(20261130UL, 7UL).WithMaxTest(200);

    static Arbitrary<Vote[]> Votes => Gen.Choose(0, 3).Two().Where(pair => pair.Item1 != pair.Item2)
        .Zip(Gen.Elements(Verdict.A, Verdict.B, Verdict.Tie, Verdict.BothBad)).Zip(Gen.Choose(0, 9).Zip(Gen.Choose(0, 7)))
        .Select(v => new Vote($"m{v.Item1.Item1.Item1}", $"m{v.Item1.Item1.Item2}", v.Item1.Item2) { Item = $"{v.Item2.Item1}", Annotator = $"p{v.Item2.Item2 / 2}", ALeft = v.Item2.Item2 % 2 == 0 })
        .NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void Exchanging_the_models_of_every_vote_changes_nothing_that_is_said_of_a_model()
    {
        Prop.ForAll(Votes, votes =>
        {
            Vote[] swapped = [.. votes.Select(v => v.Swapped())];
            Same(BradleyTerry.Fit([.. votes.Select(v => v.Battle!)]), BradleyTerry.Fit([.. swapped.Select(v => v.Battle!)]));
            Assert.Equal(SideBias.Of(votes), SideBias.Of(swapped));
            Assert.Equal(PairScores.Of(votes).Select(p => (p.A, p.B, string.Join(' ', p.Scores))), PairScores.Of(swapped).Select(p => (p.A, p.B, string.Join(' ', p.Scores))));
            Assert.Equal(JudgedItem.Of(votes).Select(i => string.Join(' ', i.Counts())), JudgedItem.Of(swapped).Select(i => string.Join(' ', i.Counts())));
        }).Check(Seeded);
    }

    [Fact]
    public void Turning_every_verdict_over_mirrors_the_ratings_and_the_test()
    {
        Prop.ForAll(Votes, votes =>
        {
            Vote[] turned = [.. votes.Select(v => v with { Verdict = v.Verdict!.Value.Swapped() })];
            BradleyTerry fit = BradleyTerry.Fit([.. votes.Select(v => v.Battle!)]), mirrored = BradleyTerry.Fit([.. turned.Select(v => v.Battle!)]);
            Assert.Equal(fit.Unbounded is null, mirrored.Unbounded is null);
            for (int i = 0; i < fit.Ratings.Count && fit.Unbounded is null; i++)
            {
                Assert.Equal(2000 - fit.Ratings[i].Value, mirrored.Ratings[i].Value, 1e-8);
                Assert.Equal(fit.Ratings[i].StandardError, mirrored.Ratings[i].StandardError, 1e-8);
            }
            foreach ((PairScores pair, PairScores other) in PairScores.Of(votes).Zip(PairScores.Of(turned)))
            {
                SequentialTest test = SequentialTest.Of(pair.Scores, new()), mirror = SequentialTest.Of(other.Scores, new());
                Assert.Equal(test.PValue, mirror.PValue, 9);
                Assert.Equal(test.ShareInterval.Low, 1 - mirror.ShareInterval.High, 9);
            }
        }).Check(Seeded);
    }

    [Fact]
    public void The_order_of_votes_does_not_change_Bradley_Terry()
    {
        Prop.ForAll(Votes, Gen.Choose(0, 1000).ToArbitrary(), (votes, seed) =>
        {
            Vote[] shuffled = [.. votes];
            new Random(seed).Shuffle(shuffled);
            Same(BradleyTerry.Fit([.. votes.Select(v => v.Battle!)]), BradleyTerry.Fit([.. shuffled.Select(v => v.Battle!)]));
        }).Check(Seeded);
    }

    static void Same(BradleyTerry one, BradleyTerry other)
    {
        Assert.Equal(one.Unbounded is null, other.Unbounded is null);
        Dictionary<string, Rating> ratings = other.Ratings.ToDictionary(r => r.Model);
        foreach (Rating rating in one.Ratings)
        {
            Assert.Equal(rating.Votes, ratings[rating.Model].Votes);
            if (one.Unbounded is not null) continue;
            Assert.Equal(rating.Value, ratings[rating.Model].Value, 1e-8);
            Assert.Equal(rating.StandardError, ratings[rating.Model].StandardError, 1e-8);
        }
    }
}

using FsCheck;
using FsCheck.Fluent;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.WorkbenchTests.Studies;

/// <summary>Which pair comes next and on which side, played through whole studies without a database.</summary>
public sealed class PairDrawTests
{
    static StudyPlan Plan(int models) => new() { Kind = StudyKind.Runs, Models = [.. Enumerable.Range(0, models).Select(i => $"m{i}")], Seed = 7 };

    static IReadOnlyList<DrawableItem> Items(int count, int models) => [.. Enumerable.Range(0, count).Select(i => new DrawableItem(i, [.. Enumerable.Range(0, models)], false))];

    /// <summary>Lets annotators vote in turn until nothing is left for anybody.</summary>
    static List<PastShowing> Play(StudyPlan plan, IReadOnlyList<DrawableItem> items, int people, Func<Draw, int, Judgement>? judge = null)
    {
        Guid[] persons = [.. Enumerable.Range(1, people).Select(i => new Guid(i, 0, 0, new byte[8]))];
        var past = new List<PastShowing>();
        bool any = true;
        while (any)
        {
            any = false;
            foreach ((int index, Guid person) in persons.Index())
            {
                if (PairDraw.Next(plan, items, past, person) is not { } draw) continue;
                any = true;
                past.Add(new PastShowing(Guid.NewGuid(), person, past.Count(showing => showing.Person == person), draw.Pair, draw.FirstIsLeft, draw.Kind, draw.Of, judge?.Invoke(draw, index) ?? Judgement.A, false));
            }
        }
        return past;
    }

    [Theory]
    [InlineData(PairSampling.Uniform)]
    [InlineData(PairSampling.Balanced)]
    [InlineData(PairSampling.Informative)]
    public void Every_pair_gets_its_overlap_and_nobody_judges_a_pair_twice(PairSampling sampling)
    {
        List<PastShowing> past = Play(Plan(3) with { Sampling = sampling, Overlap = 2 }, Items(5, 3), people: 3);
        Assert.Equal(5 * 3 * 2, past.Count);
        Assert.All(past.CountBy(showing => showing.Pair), pair => Assert.Equal(2, pair.Value));
        Assert.Equal(past.Count, past.Select(showing => (showing.Person, showing.Pair)).Distinct().Count());
    }

    [Fact]
    public void Sides_are_balanced_for_each_annotator_and_pair_of_models_at_any_time()
    {
        Prop.ForAll<ulong, PositiveInt, PositiveInt>((seed, models, people) =>
        {
            int count = 2 + models.Get % 3;
            List<PastShowing> past = Play(Plan(count) with { Seed = seed, Overlap = 2, Sampling = PairSampling.Uniform }, Items(9, count), 1 + people.Get % 3);
            foreach (IGrouping<(Guid, int, int), PastShowing> of in past.GroupBy(showing => (showing.Person, showing.Pair.First, showing.Pair.Second)))
            {
                int balance = 0;
                foreach (PastShowing showing in of.OrderBy(showing => showing.Number))
                {
                    balance += showing.FirstIsLeft ? 1 : -1;
                    if (Math.Abs(balance) > 2) return false;
                }
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Over_many_seeds_either_side_is_as_likely_first_and_after_any_beginning()
    {
        int[] left = new int[8];
        const int seeds = 4000;
        for (int seed = 0; seed < seeds; seed++)
        {
            List<PastShowing> past = Play(Plan(2) with { Seed = (ulong)seed }, Items(8, 2), 1);
            for (int i = 0; i < left.Length; i++) if (past[i].FirstIsLeft) left[i]++;
        }
        // Six standard deviations of a fair coin.
        Assert.All(left, count => Assert.InRange(count, seeds / 2 - 190, seeds / 2 + 190));
    }

    [Fact]
    public void The_order_is_the_seeds_and_another_seed_gives_another()
    {
        static string Told(ulong seed) => string.Join(';', Play(Plan(3) with { Seed = seed }, Items(6, 3), 2).Select(showing => (showing.Pair, showing.FirstIsLeft)));
        Assert.Equal(Told(1), Told(1));
        Assert.NotEqual(Told(1), Told(2));
    }

    [Fact]
    public void A_model_without_an_answer_is_in_no_pair()
    {
        DrawableItem[] items = [new(0, [0, 2], false), new(1, [1], false), new(2, [], false)];
        Assert.Equal([new AnswerPair(0, 0, 2)], Play(Plan(3), items, 1).Select(showing => showing.Pair));
    }

    [Fact]
    public void Balanced_sampling_compares_all_models_equally_often()
    {
        List<PastShowing> past = Play(Plan(4) with { Sampling = PairSampling.Balanced, Votes = 60 }, Items(40, 4), 2);
        Assert.Equal(60, past.Count);
        Assert.All(past.CountBy(showing => (showing.Pair.First, showing.Pair.Second)), pair => Assert.Equal(10, pair.Value));
    }

    [Fact]
    public void Informative_sampling_asks_most_about_models_that_are_close()
    {
        // Models 0 and 1 are alike; 2 loses to both always.
        int turn = 0;
        Judgement Judge(Draw draw, int _) => draw.Pair.Second == 2 ? (draw.FirstIsLeft ? Judgement.A : Judgement.B) : turn++ % 2 == 0 ? Judgement.A : Judgement.B;
        List<PastShowing> past = Play(Plan(3) with { Sampling = PairSampling.Informative, Votes = 90 }, Items(200, 3), 1, Judge);
        int close = past.Count(showing => (showing.Pair.First, showing.Pair.Second) == (0, 1));
        Assert.InRange(close, 46, 90);
    }

    [Fact]
    public void Repeats_exchange_the_sides_of_an_earlier_vote_and_add_nothing_to_the_overlap()
    {
        List<PastShowing> past = Play(Plan(2) with { RepeatEvery = 4 }, Items(12, 2), 1);
        PastShowing[] repeats = [.. past.Where(showing => showing.Kind is ShowingKind.Repeat)];
        Assert.Equal(12, past.Count(showing => showing.Kind is ShowingKind.Normal));
        Assert.InRange(repeats.Length, 3, 4);
        foreach (PastShowing repeat in repeats)
        {
            PastShowing first = past.Single(showing => showing.Id == repeat.Of);
            Assert.Equal((first.Pair, !first.FirstIsLeft), (repeat.Pair, repeat.FirstIsLeft));
            Assert.True(repeat.Number - first.Number >= 3);
        }
        Assert.Equal(repeats.Length, repeats.Select(repeat => repeat.Of).Distinct().Count());
    }

    [Fact]
    public void Attention_checks_come_at_their_places_to_everybody_and_do_not_count()
    {
        DrawableItem[] items = [.. Items(10, 2), new(10, [0, 1], true), new(11, [0, 1], true)];
        List<PastShowing> past = Play(Plan(2) with { GoldEvery = 4, Overlap = 2, Votes = 20 }, items, 2);
        foreach (IGrouping<Guid, PastShowing> of in past.GroupBy(showing => showing.Person))
            Assert.Equal([10, 11], of.Where(showing => showing.Kind is ShowingKind.Gold).Select(showing => showing.Pair.Item).Order());
        Assert.Equal(20, past.Count(showing => showing.Kind is ShowingKind.Normal));
    }

    [Fact]
    public void A_skipped_pair_goes_to_others_and_a_limit_per_annotator_holds()
    {
        List<PastShowing> skipped = Play(Plan(2), Items(3, 2), 2, (_, person) => person == 0 ? Judgement.Skip : Judgement.Tie);
        Assert.Equal(3, skipped.Count(showing => showing.Verdict is Judgement.Tie));
        List<PastShowing> limited = Play(Plan(2) with { MostPerPerson = 2 }, Items(10, 2), 3);
        Assert.All(limited.CountBy(showing => showing.Person), person => Assert.Equal(2, person.Value));
    }
}

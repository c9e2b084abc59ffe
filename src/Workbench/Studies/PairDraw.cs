using Juxta.Workbench.Votes;

namespace Juxta.Workbench.Studies;

/// <summary>Two answers to one item, by numbers of the study's items and models; <paramref name="First"/> is the smaller one.</summary>
public readonly record struct AnswerPair(int Item, int First, int Second);

/// <summary>Why a pair is shown.</summary>
public enum ShowingKind
{
    /// <summary>To be judged.</summary>
    Normal,

    /// <summary>Judged before by the same annotator, with the sides exchanged: shows how steady they are.</summary>
    Repeat,

    /// <summary>An attention check.</summary>
    Gold,

    /// <summary>Annotators differ on it, and an adjudicator settles it.</summary>
    Adjudication,
}

/// <summary>A pair that somebody was shown, and what came of it.</summary>
/// <param name="Number">0 for the annotator's first in the study.</param>
/// <param name="Of">The showing that this one repeats.</param>
/// <param name="Verdict">The vote that stands; null when there is none.</param>
/// <param name="Held">Without a vote, and shown so lately that one may still come.</param>
internal sealed record PastShowing(Guid Id, Guid Person, int Number, AnswerPair Pair, bool FirstIsLeft, ShowingKind Kind, Guid? Of, Judgement? Verdict, bool Held)
{
    /// <summary>Fills a place of the pair's overlap. A skip does not.</summary>
    public bool Counts => Held || Verdict is not (null or Judgement.Skip);
}

/// <summary>An item as the draw sees it.</summary>
/// <param name="Answered">Numbers of the models that have an answer, in order.</param>
internal sealed record DrawableItem(int Number, IReadOnlyList<int> Answered, bool Gold);

/// <summary>What is shown next.</summary>
internal sealed record Draw(AnswerPair Pair, bool FirstIsLeft, ShowingKind Kind, Guid? Of = null);

/// <summary>
/// Which pair an annotator is shown next, and on which sides: a pure function of the plan, its seed and what was shown before, so that a study's order can be
/// worked out again.
/// </summary>
internal static class PairDraw
{
    /// <summary>A repeat comes at least so many pairs after its first time.</summary>
    const int RepeatGap = 3;

    /// <summary>Null when there is nothing (more) for this annotator.</summary>
    public static Draw? Next(StudyPlan plan, IReadOnlyList<DrawableItem> items, IReadOnlyList<PastShowing> past, Guid person)
    {
        if (plan.Votes is int wanted && past.Count(showing => showing.Kind is ShowingKind.Normal && showing.Counts) >= wanted) return null;
        PastShowing[] own = [.. past.Where(showing => showing.Person == person && showing.Kind is not ShowingKind.Adjudication)];
        if (plan.MostPerPerson is int most && own.Count(showing => showing.Counts) >= most) return null;
        int number = own.Length;
        if (plan.RepeatEvery > 0 && (number + 1) % plan.RepeatEvery == 0 && Repeat(plan, own, number) is { } repeat) return repeat;
        if (plan.GoldEvery > 0 && (number + 1) % plan.GoldEvery == plan.GoldEvery / 2 && Gold(plan, items, own, person) is { } gold) return gold;
        return Normal(plan, items, past, own) is { } pair ? new Draw(pair, Sides.FirstIsLeft(plan.Seed, person, pair, own), ShowingKind.Normal) : null;
    }

    static Draw? Repeat(StudyPlan plan, PastShowing[] own, int number)
    {
        HashSet<Guid> repeated = [.. own.Where(showing => showing.Of is not null).Select(showing => showing.Of!.Value)];
        PastShowing? first = own
            .Where(showing => showing.Kind is ShowingKind.Normal && showing.Verdict is not (null or Judgement.Skip) && showing.Number + RepeatGap <= number && !repeated.Contains(showing.Id))
            .MinBy(showing => Mixing.Of(plan.Seed, 1, showing.Pair.Item, showing.Pair.First, showing.Pair.Second));
        return first is null ? null : new Draw(first.Pair, !first.FirstIsLeft, ShowingKind.Repeat, first.Id);
    }

    static Draw? Gold(StudyPlan plan, IReadOnlyList<DrawableItem> items, PastShowing[] own, Guid person)
    {
        HashSet<int> seen = [.. own.Select(showing => showing.Pair.Item)];
        DrawableItem? item = items.Where(item => item.Gold && !seen.Contains(item.Number)).MinBy(item => Mixing.Of(plan.Seed, 2, item.Number));
        if (item is null) return null;
        var pair = new AnswerPair(item.Number, 0, 1);
        return new Draw(pair, Sides.FirstIsLeft(plan.Seed, person, pair, [.. own.Where(showing => showing.Kind is ShowingKind.Gold)]), ShowingKind.Gold);
    }

    static AnswerPair? Normal(StudyPlan plan, IReadOnlyList<DrawableItem> items, IReadOnlyList<PastShowing> past, PastShowing[] own)
    {
        PastShowing[] normal = [.. past.Where(showing => showing.Kind is ShowingKind.Normal)];
        Dictionary<AnswerPair, int> counts = normal.Where(showing => showing.Counts).CountBy(showing => showing.Pair).ToDictionary();
        HashSet<AnswerPair> seen = [.. own.Where(showing => showing.Kind is ShowingKind.Normal).Select(showing => showing.Pair)];
        AnswerPair[] open = [.. items.Where(item => !item.Gold).SelectMany(Pairs).Where(pair => !seen.Contains(pair) && counts.GetValueOrDefault(pair) < plan.Overlap)];
        if (open.Length == 0) return null;
        if (plan.Sampling is PairSampling.Uniform) return open.MinBy(Rank);
        (int, int)[] models = [.. open.Select(pair => (pair.First, pair.Second)).Distinct()];
        (int First, int Second) chosen = plan.Sampling is PairSampling.Balanced ? Least(models) : MostTelling(models);
        // What others have begun comes first: an item with all its votes says more than two with half of them.
        return open.Where(pair => (pair.First, pair.Second) == chosen).OrderByDescending(pair => counts.GetValueOrDefault(pair)).ThenBy(Rank).First();

        ulong Rank(AnswerPair pair) => Mixing.Of(plan.Seed, 3, pair.Item, pair.First, pair.Second);

        (int, int) Least((int First, int Second)[] models)
        {
            Dictionary<(int, int), int> shown = normal.Where(showing => showing.Counts).CountBy(showing => (showing.Pair.First, showing.Pair.Second)).ToDictionary();
            return models.OrderBy(pair => shown.GetValueOrDefault(pair)).ThenBy(pair => Mixing.Of(plan.Seed, 4, pair.First, pair.Second)).First();
        }

        (int, int) MostTelling((int First, int Second)[] models)
        {
            var information = new PairInformation(plan.Models.Count, normal.Where(showing => showing.Verdict is not (null or Judgement.Skip))
                .Select(showing => (showing.Pair.First, showing.Pair.Second, showing.Verdict.ScoreOfFirst(showing.FirstIsLeft))));
            return models.OrderByDescending(pair => information.Gain(pair.First, pair.Second)).ThenBy(pair => Mixing.Of(plan.Seed, 4, pair.First, pair.Second)).First();
        }
    }

    /// <summary>All pairs of an item's answers.</summary>
    public static IEnumerable<AnswerPair> Pairs(DrawableItem item) =>
        from first in item.Answered
        from second in item.Answered
        where first < second
        select new AnswerPair(item.Number, first, second);
}

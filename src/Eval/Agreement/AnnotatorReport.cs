using Juxta.Eval.Preferences;
using Juxta.Eval.Proportions;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Agreement;

/// <summary>A share that was counted, with Wilson's 95 % interval.</summary>
public readonly record struct CountedShare(int Successes, int Total)
{
    /// <summary>NaN where nothing was counted.</summary>
    public double Share => (double)Successes / Total;

    /// <summary>Null where nothing was counted.</summary>
    public ProportionInterval? Interval => Total > 0 ? ProportionInterval.Wilson(Successes, Total) : null;
}

/// <summary>How far one annotator's votes can be relied on.</summary>
/// <param name="Votes">Votes, gold ones among them, skips not.</param>
/// <param name="Consistency">Repeats of an item that say the same of the models as the time before; ties of either kind are the same.</param>
/// <param name="SideKept">Of the repeats shown with sides exchanged where both votes were decided: those that chose the same side again, and so the other model.</param>
/// <param name="GoldRight">Gold items judged as expected.</param>
/// <param name="WithAdjudicator">Votes on items that an adjudicator settled which say the same as the adjudicator.</param>
/// <param name="Sides">Whether this person prefers a side.</param>
public sealed record AnnotatorReport(string Annotator, int Votes, int Skips, CountedShare Consistency, CountedShare SideKept, CountedShare GoldRight, CountedShare WithAdjudicator, SideBias Sides)
{
    /// <summary>By name; votes without an annotator are left out.</summary>
    /// <param name="votes">In the order in which they were cast.</param>
    public static IReadOnlyList<AnnotatorReport> Of(IReadOnlyList<Vote> votes)
    {
        Dictionary<(string?, string, string), Vote> settled = Adjudication.Settled(votes);
        return
        [
            .. votes.Where(v => v is { Annotator: not null, Purpose: not VotePurpose.Adjudication }).GroupBy(v => v.Annotator!, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g], settled)),
        ];
    }

    static AnnotatorReport Of(string annotator, Vote[] votes, Dictionary<(string?, string, string), Vote> settled)
    {
        Vote[] cast = [.. votes.Where(v => v.Verdict is not null)], gold = [.. cast.Where(v => v.Gold is not null)], ordinary = [.. cast.Where(v => v.Gold is null)];
        (Vote Before, Vote After)[] repeats =
        [
            .. ordinary.Where(v => v.Item is not null).Select(v => v.Ordered()).GroupBy(v => (v.Item, v.A, v.B)).SelectMany(g => g.Zip(g.Skip(1))),
        ];
        (Vote Before, Vote After)[] exchanged = [.. repeats.Where(r => r.Before.ALeft is { } before && r.After.ALeft is { } after && before != after && r.Before.LeftWon is not null && r.After.LeftWon is not null)];
        (Verdict Said, Verdict Settled)[] judged = [.. ordinary.Where(v => v.Battle is not null && settled.ContainsKey(Adjudication.Case(v))).Select(v => (v.Ordered().Verdict!.Value, settled[Adjudication.Case(v)].Ordered().Verdict!.Value))];
        return new(annotator, cast.Length, votes.Length - cast.Length,
            new(repeats.Count(r => Same(r.Before.Verdict!.Value, r.After.Verdict!.Value)), repeats.Length),
            new(exchanged.Count(r => r.Before.LeftWon == r.After.LeftWon), exchanged.Length),
            new(gold.Count(v => Same(v.Verdict!.Value, v.Gold!.Value)), gold.Length),
            new(judged.Count(j => Same(j.Said, j.Settled)), judged.Length),
            SideBias.Of(ordinary));
    }

    static bool Same(Verdict one, Verdict other) => one.ScoreOfA() == other.ScoreOfA();
}

using Juxta.Eval.Preferences;

namespace Juxta.Eval.Ratings;

/// <summary>The ratings at the end of one day, of all votes until then.</summary>
public sealed record RatingDay(DateOnly Day, int Votes, BradleyTerry Fit)
{
    /// <summary>One for each day on which votes were cast, computed anew from the log. Days are UTC's.</summary>
    /// <param name="votes">The votes; those without a battle (skips, gold) are passed over.</param>
    /// <param name="anchor">A model and the rating that it shall have instead of a mean of 1000.</param>
    /// <exception cref="VoteException">A vote has no time.</exception>
    public static IReadOnlyList<RatingDay> History(IEnumerable<Vote> votes, (string Model, double Rating)? anchor = null)
    {
        Vote[] counted = [.. votes.Where(v => v.Battle is not null)];
        if (Array.FindIndex(counted, v => v.Time is null) is >= 0 and var missing)
            throw new VoteException($"vote {missing + 1} has no 'time', so it belongs to no day; give every line a time such as 2026-11-30T07:00:00Z");
        Vote[] ordered = [.. counted.OrderBy(v => v.Time)]; // stable: votes of one moment keep their order
        Battle[] battles = [.. ordered.Select(v => v.Battle!)];
        DateOnly[] days = [.. ordered.Select(v => DateOnly.FromDateTime(v.Time!.Value.UtcDateTime))];
        var history = new List<RatingDay>();
        for (int end = 1; end <= days.Length; end++)
        {
            if (end == days.Length || days[end] != days[end - 1]) history.Add(new(days[end - 1], end, BradleyTerry.Fit(battles[..end], anchor)));
        }
        return history;
    }
}

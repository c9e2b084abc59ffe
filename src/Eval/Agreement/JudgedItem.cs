using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Agreement;

/// <summary>Who said what of one item and one pair of models.</summary>
/// <param name="Item">The item.</param>
/// <param name="A">The first model in ordinal order.</param>
/// <param name="B">The second.</param>
/// <param name="Said">Each annotator's first verdict; a repeat measures consistency, not agreement.</param>
public sealed record JudgedItem(string Item, string A, string B, IReadOnlyDictionary<string, Verdict> Said)
{
    /// <summary>A better, as good as each other, B better: in this order, so that ordinal alpha knows that a tie lies between.</summary>
    public const int Categories = 3;

    public static int Category(Verdict verdict) => verdict switch { Verdict.A => 0, Verdict.B => 2, _ => 1 };

    /// <summary>How many chose each category.</summary>
    public int[] Counts()
    {
        var counts = new int[Categories];
        foreach (Verdict verdict in Said.Values) counts[Category(verdict)]++;
        return counts;
    }

    /// <summary>Votes by item and pair, whichever model was named first. Votes without an item or an annotator, skips, gold, repeats and adjudications are left out.</summary>
    /// <param name="votes">In the order in which they were cast.</param>
    /// <param name="criterion">Agreement on this criterion instead of the whole verdict.</param>
    public static IReadOnlyList<JudgedItem> Of(IEnumerable<Vote> votes, string? criterion = null) =>
    [
        .. votes.Where(v => v is { Item: not null, Annotator: not null, Gold: null, Purpose: VotePurpose.Ordinary }).Select(v => v.Ordered())
            .Select(v => (Vote: v, Verdict: criterion is null ? v.Verdict : v.Criteria.TryGetValue(criterion, out Verdict found) ? found : null))
            .Where(v => v.Verdict is not null)
            .GroupBy(v => (v.Vote.Item, v.Vote.A, v.Vote.B))
            .Select(g => new JudgedItem(g.Key.Item!, g.Key.A, g.Key.B, g.GroupBy(v => v.Vote.Annotator!, StringComparer.Ordinal).ToDictionary(a => a.Key, a => a.First().Verdict!.Value, StringComparer.Ordinal))),
    ];
}

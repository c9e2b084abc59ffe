using Juxta.Eval.Preferences;

namespace Juxta.Eval.Sequential;

/// <summary>Scores of one pair of models, in the order in which they became known.</summary>
/// <param name="A">The first model in ordinal order.</param>
/// <param name="B">The second.</param>
/// <param name="Scores">Of A.</param>
/// <param name="Waiting">Votes on items that do not have enough of them yet; 0 where every vote counts by itself.</param>
public sealed record PairScores(string A, string B, IReadOnlyList<double> Scores, int Waiting)
{
    /// <summary>Every pair that has votes; skips and gold are left out.</summary>
    /// <param name="votes">In the order in which they were cast.</param>
    /// <param name="votesPerItem">
    /// Null: every vote is a score, which takes votes on one item for independent. A number: an item is one score, the mean of its first so many votes, and
    /// counts once it has them. Then only items need to be independent.
    /// </param>
    public static IReadOnlyList<PairScores> Of(IEnumerable<Vote> votes, int? votesPerItem = null) =>
    [
        .. votes.Where(v => v.Battle is not null).Select(v => v.Ordered()).GroupBy(v => (v.A, v.B))
            .OrderBy(g => g.Key.A, StringComparer.Ordinal).ThenBy(g => g.Key.B, StringComparer.Ordinal)
            .Select(g => votesPerItem is { } enough ? ByItem(g.Key.A, g.Key.B, g, enough) : new PairScores(g.Key.A, g.Key.B, [.. g.Select(v => v.Battle!.ScoreOfA)], 0)),
    ];

    static PairScores ByItem(string a, string b, IEnumerable<Vote> votes, int enough)
    {
        var open = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var scores = new List<double>();
        int alone = 0;
        foreach (Vote vote in votes)
        {
            string item = vote.Item is { } name ? $"n{name}" : $"i{alone++}";
            if (!open.TryGetValue(item, out List<double>? said)) open[item] = said = [];
            if (said.Count == enough) continue;
            said.Add(vote.Battle!.ScoreOfA);
            if (said.Count == enough) scores.Add(said.Average());
        }
        return new(a, b, scores, open.Values.Where(said => said.Count < enough).Sum(said => said.Count));
    }
}

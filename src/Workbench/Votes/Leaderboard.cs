using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;

namespace Juxta.Workbench.Votes;

/// <summary>A model on the leaderboard.</summary>
/// <param name="Rating">With its 95 % interval; null where no rating exists.</param>
/// <param name="Record">Wins, losses and ties over all opponents.</param>
public sealed record LeaderboardRow(string Model, RatingInterval? Rating, WinRate Record);

/// <summary>Models by how people judged them: Bradley–Terry with intervals, and every model against every other.</summary>
/// <param name="Rows">The best first.</param>
/// <param name="Unbounded">Why there are no ratings; null where there are.</param>
/// <param name="Pairs">Each against each, in the order of the rows.</param>
/// <param name="Days">Ratings at the end of each day (UTC).</param>
/// <param name="Resamples">Of the intervals, without those in which no rating exists; 0 where the intervals are Wald's.</param>
public sealed record Leaderboard(IReadOnlyList<LeaderboardRow> Rows, string? Unbounded, PairwiseMatrix Pairs, IReadOnlyList<RatingDay> Days, int Votes, int Resamples)
{
    const int Rounds = 200;

    /// <param name="votes">Those that count.</param>
    public static Leaderboard Of(IEnumerable<JudgedVote> votes)
    {
        Vote[] counted = [.. votes.Where(vote => vote.Counts).Select(vote => vote.Counted)];
        Battle[] battles = [.. counted.Select(vote => vote.Battle!)];
        BradleyTerry fit = BradleyTerry.Fit(battles);
        bool several = battles.Select(battle => battle.Item).Distinct().Skip(1).Any();
        int lost = 0;
        Dictionary<string, RatingInterval> bootstrap = fit.Unbounded is null && several
            ? RatingBootstrap.Intervals(battles, Rounds, seed: 1, out lost).ToDictionary(interval => interval.Model)
            : [];
        // With few votes many resamples have no maximum, and what is left would be too narrow: then Wald's interval tells more truth.
        bool resampled = bootstrap.Count > 0 && lost <= Rounds / 20;
        LeaderboardRow[] rows =
        [
            .. fit.Ratings.Select(rating => new LeaderboardRow(rating.Model, Interval(rating), WinRate.Of(battles, rating.Model)))
                .OrderByDescending(row => row.Rating?.Median ?? double.NegativeInfinity).ThenByDescending(row => row.Record.Adjusted).ThenBy(row => row.Model, StringComparer.Ordinal),
        ];
        return new Leaderboard(rows, battles.Length == 0 ? "there are no votes yet" : fit.Unbounded,
            PairwiseMatrix.Of(battles, [.. rows.Select(row => row.Model)]), RatingDay.History(counted), counted.Length, resampled ? Rounds - lost : 0);

        RatingInterval? Interval(Rating rating) => fit.Unbounded is not null ? null
            : resampled ? bootstrap[rating.Model] with { Median = rating.Value }
            : new RatingInterval(rating.Model, rating.Low, rating.Value, rating.High);
    }
}

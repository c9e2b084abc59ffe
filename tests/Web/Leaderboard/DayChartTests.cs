using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Reports;
using Juxta.Web.Leaderboard;
using Juxta.Workbench.Votes;
using Board = Juxta.Workbench.Votes.Leaderboard;

namespace Juxta.WebTests.Leaderboard;

public sealed class DayChartTests
{
    static readonly DateTimeOffset Monday = new(2026, 11, 30, 9, 0, 0, TimeSpan.Zero);

    /// <summary>On each of the days, two apart, a wins twice against b and loses once; from the second on it is even with the newcomer.</summary>
    static Board After(int days, string newcomer)
    {
        Vote Judged(int day, string winner, string loser) => new(winner, loser, Verdict.A) { Time = Monday.AddDays(2 * day) };
        IEnumerable<Vote> OfDay(int day) => [Judged(day, "a", "b"), Judged(day, "a", "b"), Judged(day, "b", "a"), .. day == 0 ? Array.Empty<Vote>() : [Judged(day, "a", newcomer), Judged(day, newcomer, "a")]];
        Vote[] votes = [.. Enumerable.Range(0, days).SelectMany(OfDay)];
        Battle[] battles = [.. votes.Select(vote => vote.Battle!)];
        LeaderboardRow[] rows = [.. BradleyTerry.Fit(battles).Ratings.OrderByDescending(rating => rating.Value).Select(rating => new LeaderboardRow(rating.Model, null, WinRate.Of(battles, rating.Model)))];
        return new(rows, null, PairwiseMatrix.Of(battles, [.. rows.Select(row => row.Model)]), RatingDay.History(votes), votes.Length, 0);
    }

    [Fact]
    public void Each_model_is_a_line_from_its_first_rating_on_over_real_days()
    {
        LineChart chart = Assert.IsType<LineChart>(Assert.Single(DayChart.Of(After(3, "c"))!.Blocks));
        Assert.Equal(new DateOnly(2026, 11, 30), chart.FirstDay);
        Assert.Equal([0, 2, 4], chart.Series.Single(line => line.Name == "a").Points.Select(point => point.X));
        Assert.Equal([2, 4], chart.Series.Single(line => line.Name == "c").Points.Select(point => point.X));
        Assert.Equal(1000 + 200 * Math.Log10(2), chart.Series.Single(line => line.Name == "a").Points[0].Y, 1e-6);
    }

    [Fact]
    public void One_day_is_no_line() => Assert.Null(DayChart.Of(After(1, "c")));
}

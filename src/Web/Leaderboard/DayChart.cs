using Juxta.Eval.Ratings;
using Juxta.Eval.Reports;
using Board = Juxta.Workbench.Votes.Leaderboard;

namespace Juxta.Web.Leaderboard;

/// <summary>The ratings at the end of each day as a chart, drawn as the charts of reports are.</summary>
public static class DayChart
{
    /// <summary>Null where no two days have ratings: a line needs two points.</summary>
    public static ReportSection? Of(Board board)
    {
        ArgumentNullException.ThrowIfNull(board);
        RatingDay[] rated = [.. board.Days.Where(day => day.Fit.Unbounded is null)];
        if (rated.Length < 2) return null;
        DateOnly first = rated[0].Day;
        IEnumerable<LineSeries> lines = board.Rows.Select((row, place) => new LineSeries(row.Model, place + 1, place >= 6,
            [.. rated.SelectMany(day => day.Fit.Ratings.Where(rating => rating.Model == row.Model).Select(rating => ((double)(day.Day.DayNumber - first.DayNumber), rating.Value)))]));
        return new("days", "By day", [new LineChart("Rating at the end of each day", "day", "rating", [.. lines.Where(line => line.Points.Count > 0)], first)]);
    }
}

using System.Globalization;
using System.Text;

namespace Juxta.Eval.Reports;

/// <summary>Lines over steps, with round numbers on both axes.</summary>
internal static class SvgLines
{
    const int Width = 760, Height = 300, Left = 56, Right = 16, Top = 14, Bottom = 44, MostPoints = 400;

    static readonly int[] Round = [1, 2, 5, 10];

    public static void Append(StringBuilder html, LineChart chart)
    {
        (double X, double Y)[] all = [.. chart.Series.SelectMany(series => series.Points)];
        double last = all.Max(p => p.X);
        double[] xs = Ticks(Math.Min(0, all.Min(p => p.X)), last, chart.FirstDay is null ? 6 : (int)Math.Clamp(last, 1, 6)), ys = Ticks(all.Min(p => p.Y), all.Max(p => p.Y), 5);
        double X(double x) => Left + (Width - Left - Right) * (x - xs[0]) / (xs[^1] - xs[0]);
        double Y(double y) => Height - Bottom - (Height - Top - Bottom) * (y - ys[0]) / (ys[^1] - ys[0]);
        html.Append("<figure class=\"lines\"><figcaption>").Append(SafeText.Html(chart.Caption)).Append("<span class=\"axes\">: ").Append(SafeText.Html($"{chart.YName} by {chart.XName}")).Append("</span></figcaption>\n")
            .Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{SafeText.Html($"{chart.Caption}: {chart.YName} by {chart.XName}")}\">\n");
        foreach (double y in ys)
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):F1}\" y2=\"{Y(y):F1}\"/><text x=\"{Left - 8}\" y=\"{Y(y) + 4:F1}\" text-anchor=\"end\">{y:G6}</text>\n");
        foreach (double x in xs) html.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Label(x, chart.FirstDay)}</text>\n");
        html.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{SafeText.Html(chart.XName)}</text>\n")
            .Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" transform=\"translate(12 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{SafeText.Html(chart.YName)}</text>\n");
        foreach (LineSeries series in chart.Series)
        {
            string points = string.Join(' ', Thinned(series.Points).Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            html.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line {HtmlReport.Colour(series.Colour)}{(series.Dashed ? " dashed" : "")}\" points=\"{points}\"/>\n");
            if (series.Points.Count == 1) html.Append(CultureInfo.InvariantCulture, $"<circle class=\"point {HtmlReport.Colour(series.Colour)}\" cx=\"{X(series.Points[0].X):F1}\" cy=\"{Y(series.Points[0].Y):F1}\" r=\"4\"/>\n");
        }
        html.Append("</svg>\n<p class=\"legend\">");
        foreach (LineSeries series in chart.Series)
            html.Append(CultureInfo.InvariantCulture, $"<span><svg width=\"24\" height=\"12\" aria-hidden=\"true\"><line class=\"line {HtmlReport.Colour(series.Colour)}{(series.Dashed ? " dashed" : "")}\" x1=\"0\" x2=\"24\" y1=\"6\" y2=\"6\"/></svg>{SafeText.Html(series.Name)}</span>");
        html.Append("</p></figure>\n");
    }

    static string Label(double x, DateOnly? first) => first is { } day ? day.AddDays((int)x).ToString("MM-dd", CultureInfo.InvariantCulture) : x.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>Every k-th point and the last: a screen has no more columns.</summary>
    static IEnumerable<(double X, double Y)> Thinned(IReadOnlyList<(double X, double Y)> points)
    {
        int every = (points.Count + MostPoints - 1) / MostPoints;
        return points.Where((_, i) => i % every == 0 || i == points.Count - 1);
    }

    /// <summary>Round numbers (1, 2 or 5 times a power of ten apart) that hold both ends; about so many.</summary>
    internal static double[] Ticks(double least, double most, int about)
    {
        if (most <= least) (least, most) = (least - 1, least + 1);
        double rough = (most - least) / about, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = Round.Select(factor => factor * power).First(candidate => candidate >= rough * 0.999);
        var ticks = new List<double>();
        for (double k = Math.Floor(least / step + 1e-9); ; k++)
        {
            ticks.Add(Math.Round(k * step, 12));
            if (k * step >= most - step * 1e-9) return [.. ticks];
        }
    }
}

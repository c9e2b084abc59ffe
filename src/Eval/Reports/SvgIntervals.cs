using System.Globalization;
using System.Text;

namespace Juxta.Eval.Reports;

/// <summary>Points with their intervals, a row each; positions are shares of the width, so the chart fits any screen.</summary>
internal static class SvgIntervals
{
    const double Margin = 4;

    public static void Append(StringBuilder html, IntervalChart chart)
    {
        (double least, double most) = chart.Zero ? (-1, 1) : (chart.Rows.Min(row => Math.Min(row.Low, row.Value)), chart.Rows.Max(row => Math.Max(row.High, row.Value)));
        double width = most - least;
        double At(double value) => width > 0 ? Margin + (100 - 2 * Margin) * (value - least) / width : 50;
        html.Append("<figure class=\"intervals\"><figcaption>").Append(SafeText.Html(chart.Caption)).Append("</figcaption>\n");
        foreach (IntervalRow row in chart.Rows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"row {HtmlReport.Colour(row.Colour)}\"><span class=\"name\">{SafeText.Html(row.Name)}</span>")
                .Append(CultureInfo.InvariantCulture, $"<svg height=\"22\" role=\"img\" aria-label=\"{SafeText.Html($"{row.Name}: {row.Text}")}\"><line class=\"track\" x1=\"0\" x2=\"100%\" y1=\"11\" y2=\"11\"/>");
            if (chart.Zero) html.Append("<line class=\"zero\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"22\"/>");
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"range\" x1=\"{At(row.Low):F2}%\" x2=\"{At(row.High):F2}%\" y1=\"11\" y2=\"11\"/>")
                .Append(CultureInfo.InvariantCulture, $"<circle class=\"{(row.Solid ? "point" : "hollow point")}\" cx=\"{At(row.Value):F2}%\" cy=\"11\" r=\"5\"/></svg><span class=\"value\">{SafeText.Html(row.Text)}</span></div>\n");
        }
        html.Append("</figure>\n");
    }
}

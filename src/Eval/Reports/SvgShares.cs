using System.Globalization;
using System.Text;

namespace Juxta.Eval.Reports;

/// <summary>Bars of parts; parts that no bar has are left out of the legend.</summary>
internal static class SvgShares
{
    public static void Append(StringBuilder html, ShareChart chart)
    {
        html.Append("<figure class=\"shares\"><figcaption>").Append(SafeText.Html(chart.Caption)).Append("</figcaption>\n");
        foreach ((string name, IReadOnlyList<long> counts) in chart.Bars)
        {
            long all = counts.Sum();
            string said = string.Join(", ", chart.Parts.Select((part, i) => (part.Name, Count: counts[i])).Where(part => part.Count > 0).Select(part => $"{part.Name} {ReportNumbers.Count(part.Count)}"));
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"row\"><span class=\"name\">{SafeText.Html(name)}</span><svg height=\"22\" role=\"img\" aria-label=\"{SafeText.Html($"{name}: {said}")}\">");
            double from = 0;
            for (int i = 0; i < counts.Count && all > 0; i++)
            {
                double share = 100.0 * counts[i] / all;
                if (counts[i] == 0) continue;
                html.Append(CultureInfo.InvariantCulture, $"<rect class=\"{Style(chart, i)}\" x=\"{from:F2}%\" width=\"{share:F2}%\" y=\"2\" height=\"18\"/>");
                if (share >= 9) html.Append(CultureInfo.InvariantCulture, $"<text x=\"{from + share / 2:F2}%\" y=\"15\" text-anchor=\"middle\">{share:F0} %</text>");
                from += share;
            }
            html.Append("</svg></div>\n");
        }
        html.Append("<p class=\"legend\">");
        for (int i = 0; i < chart.Parts.Count; i++)
        {
            if (chart.Bars.All(bar => bar.Counts[i] == 0)) continue;
            html.Append(CultureInfo.InvariantCulture, $"<span><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><rect class=\"{Style(chart, i)}\" width=\"12\" height=\"12\"/></svg>{SafeText.Html(chart.Parts[i].Name)}</span>");
        }
        html.Append("</p></figure>\n");
    }

    /// <summary>Parts of one tone are told apart by their strength.</summary>
    static string Style(ShareChart chart, int part)
    {
        int before = chart.Parts.Take(part).Count(other => other.Tone == chart.Parts[part].Tone);
        return $"part {HtmlReport.Class(chart.Parts[part].Tone)}{(before > 0 ? string.Create(CultureInfo.InvariantCulture, $" paler{Math.Min(before, 2)}") : "")}";
    }
}

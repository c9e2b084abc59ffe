using System.Reflection;
using System.Text;
using Juxta.Eval.Differences;

namespace Juxta.Eval.Reports;

/// <summary>A report as one HTML file that needs nothing else: styles and charts are in it, scripts there are none, and the browser may load nothing.</summary>
public static class HtmlReport
{
    /// <summary>Characters that a frame of the narrowest window shows without scrolling.</summary>
    const int MostShown = 150;

    static readonly Lazy<string> Style = new(() =>
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    });

    public static string Of(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<title>").Append(SafeText.Html(report.Title)).Append("</title>\n<style>\n").Append(Style.Value).Append("</style>\n</head>\n<body>\n<header>\n<h1>")
            .Append(SafeText.Html(report.Title)).Append("</h1>\n<p>").Append(SafeText.Html(report.Subtitle)).Append("</p>\n<nav aria-label=\"Sections\">");
        foreach (ReportSection section in report.Sections) html.Append("<a href=\"#").Append(section.Id).Append("\">").Append(SafeText.Html(section.Title)).Append("</a>");
        html.Append("</nav>\n</header>\n<main>\n");
        foreach (ReportSection section in report.Sections)
        {
            html.Append("<section id=\"").Append(section.Id).Append("\">\n<h2>").Append(SafeText.Html(section.Title)).Append("</h2>\n");
            AppendBlocks(html, section);
            html.Append("</section>\n");
        }
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>What stands in a section, for a page that draws the rest itself; its classes are those of <see cref="StyleSheet"/>.</summary>
    public static string Of(ReportSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var html = new StringBuilder();
        AppendBlocks(html, section);
        return html.ToString();
    }

    /// <summary>The styles that the markup is drawn with.</summary>
    public static string StyleSheet => Style.Value;

    /// <summary>Charts of scores that follow each other stand side by side.</summary>
    static void AppendBlocks(StringBuilder html, ReportSection section)
    {
        bool inGrid = false;
        foreach (ReportBlock block in section.Blocks)
        {
            bool small = block is IntervalChart { Zero: false };
            if (small != inGrid) html.Append(small ? "<div class=\"charts\">\n" : "</div>\n");
            inGrid = small;
            Append(html, block, section.Title);
        }
        if (inGrid) html.Append("</div>\n");
    }

    static void Append(StringBuilder html, ReportBlock block, string section)
    {
        switch (block)
        {
            case ReportText text:
                html.Append("<p class=\"").Append(Class(text.Tone)).Append("\">").Append(SafeText.Html(text.Text)).Append("</p>\n");
                break;
            case ReportFinding finding:
                html.Append("<div class=\"finding ").Append(Class(finding.Tone)).Append("\">\n<p>").Append(SafeText.Html(finding.Text)).Append("</p>\n");
                if (finding.Evidence.Count > 0) html.Append("<ul>").AppendJoin("", finding.Evidence.Select(line => $"<li>{SafeText.Html(line)}</li>")).Append("</ul>\n");
                html.Append("</div>\n");
                break;
            case ReportTable table: Append(html, table, section); break;
            case IntervalChart chart: SvgIntervals.Append(html, chart); break;
            case ShareChart chart: SvgShares.Append(html, chart); break;
            case LineChart chart: SvgLines.Append(html, chart); break;
            case ReportSample sample: Append(html, sample); break;
        }
    }

    /// <summary>A table that is wider than the window scrolls, with the keyboard too.</summary>
    static void Append(StringBuilder html, ReportTable table, string section)
    {
        html.Append("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"").Append(SafeText.Html(table.Caption.Length > 0 ? table.Caption : section)).Append("\"><table>");
        if (table.Caption.Length > 0) html.Append("<caption>").Append(SafeText.Html(table.Caption)).Append("</caption>");
        html.Append("<thead><tr>");
        foreach (ReportColumn column in table.Columns)
            html.Append(column switch { { Name: "" } => "<td></td>", { IsNumber: true } => $"<th scope=\"col\" class=\"number\">{SafeText.Html(column.Name)}</th>", _ => $"<th scope=\"col\">{SafeText.Html(column.Name)}</th>" });
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            html.Append("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                string style = $"{(table.Columns[i].IsNumber ? "number " : "")}{(row[i].Tone == ReportTone.Plain ? "" : Class(row[i].Tone))}".TrimEnd();
                html.Append(i == 0 ? "<th scope=\"row\"" : "<td").Append(style.Length > 0 ? $" class=\"{style}\">" : ">").Append(SafeText.Html(row[i].Text)).Append(i == 0 ? "</th>" : "</td>");
            }
            html.Append("</tr>\n");
        }
        html.Append("</tbody></table></div>\n");
    }

    static void Append(StringBuilder html, ReportSample sample)
    {
        html.Append("<article class=\"sample\">\n<h3>").Append(SafeText.Html(sample.Name)).Append("</h3>\n<p class=\"quiet\">").Append(SafeText.Html(sample.Facts)).Append("</p>\n<dl>\n");
        foreach ((string role, string text) in sample.Messages.Concat(sample.References.Select(reference => ("reference", reference))))
            html.Append("<dt>").Append(SafeText.Html(role)).Append("</dt><dd").Append(Reachable(text)).Append('>').Append(SafeText.Html(text)).Append("</dd>\n");
        html.Append("</dl>\n<div class=\"answers\">\n");
        foreach (ReportAnswer answer in sample.Answers)
        {
            html.Append("<figure class=\"").Append(Colour(answer.Colour)).Append("\"><figcaption>").Append(SafeText.Html(answer.Name)).Append(" <small>").Append(SafeText.Html(answer.Note)).Append("</small></figcaption><div class=\"text\"").Append(Reachable(string.Concat(answer.Spans.Select(span => span.Text)))).Append('>');
            foreach (DiffSpan span in answer.Spans)
            {
                string mark = span.Kind switch { DiffKind.OnlyLeft => "del", DiffKind.OnlyRight => "ins", _ => "" };
                html.Append(mark.Length > 0 ? $"<{mark}>" : "").Append(SafeText.Html(span.Text)).Append(mark.Length > 0 ? $"</{mark}>" : "");
            }
            html.Append("</div></figure>\n");
        }
        html.Append("</div>\n</article>\n");
    }

    /// <summary>A long text scrolls in its frame: the keyboard must get there.</summary>
    static string Reachable(string text) => text.Length > MostShown || text.Count(letter => letter == '\n') > 4 ? " tabindex=\"0\"" : "";

    internal static string Class(ReportTone tone) => tone switch
    {
        ReportTone.Good => "good",
        ReportTone.Bad => "bad",
        ReportTone.Quiet => "quiet",
        ReportTone.Warning => "warning",
        _ => "plain",
    };

    /// <summary>The colour of a run: as many as can be told apart, then again.</summary>
    internal static string Colour(int index) => $"c{index % 6}";
}

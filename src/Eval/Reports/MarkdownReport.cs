using System.Text;

namespace Juxta.Eval.Reports;

/// <summary>A report as Markdown. Charts are left out: the table beside each holds the same figures.</summary>
public static class MarkdownReport
{
    public static string Of(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append("# ").Append(SafeText.Markdown(report.Title)).Append("\n\n").Append(SafeText.Markdown(report.Subtitle)).Append('\n');
        foreach (ReportSection section in report.Sections)
        {
            text.Append("\n## ").Append(SafeText.Markdown(section.Title)).Append('\n');
            foreach (ReportBlock block in section.Blocks) Append(text, block);
        }
        return text.ToString();
    }

    static void Append(StringBuilder text, ReportBlock block)
    {
        switch (block)
        {
            case ReportText paragraph:
                text.Append(paragraph.Tone == ReportTone.Warning ? "\n> **Mind:** " : "\n").Append(SafeText.Markdown(paragraph.Text)).Append('\n');
                break;
            case ReportFinding finding:
                text.Append("\n**").Append(SafeText.Markdown(finding.Text)).Append("**\n\n");
                foreach (string line in finding.Evidence) text.Append("- ").Append(SafeText.Markdown(line)).Append('\n');
                break;
            case ReportTable table:
                Append(text, table);
                break;
            case ReportSample sample:
                Append(text, sample);
                break;
        }
    }

    static void Append(StringBuilder text, ReportTable table)
    {
        if (table.Caption.Length > 0) text.Append("\n**").Append(SafeText.Markdown(table.Caption)).Append("**\n");
        text.Append('\n');
        foreach (ReportColumn column in table.Columns) text.Append("| ").Append(SafeText.Markdown(column.Name)).Append(' ');
        text.Append("|\n");
        foreach (ReportColumn column in table.Columns) text.Append(column.IsNumber ? "|---:" : "|---");
        text.Append("|\n");
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            foreach (ReportCell cell in row) text.Append("| ").Append(SafeText.Markdown(cell.Text)).Append(' ');
            text.Append("|\n");
        }
    }

    static void Append(StringBuilder text, ReportSample sample)
    {
        text.Append("\n### ").Append(SafeText.Markdown(sample.Name)).Append("\n\n").Append(SafeText.Markdown(sample.Facts)).Append('\n');
        foreach ((string role, string content) in sample.Messages) text.Append("\n*").Append(SafeText.Markdown(role)).Append("*\n\n").Append(SafeText.Fenced(content));
        foreach (string reference in sample.References) text.Append("\n*reference*\n\n").Append(SafeText.Fenced(reference));
        foreach (ReportAnswer answer in sample.Answers)
            text.Append("\n*").Append(SafeText.Markdown(answer.Name)).Append("*, ").Append(SafeText.Markdown(answer.Note)).Append("\n\n").Append(SafeText.Fenced(string.Concat(answer.Spans.Select(span => span.Text))));
    }
}

using System.Text;
using Juxta.Engine;
using Juxta.Eval.Reports;

namespace Juxta.Web.Runs;

/// <summary>A report as a file.</summary>
/// <param name="Name">As addresses have it.</param>
/// <param name="Title">As people have it.</param>
/// <param name="Extension">Of the file.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Write">Its text.</param>
internal sealed record ReportFormat(string Name, string Title, string Extension, string MediaType, Func<Experiment, Report, string> Write)
{
    public static IReadOnlyList<ReportFormat> All { get; } =
    [
        new("html", "HTML", "html", "text/html", (_, report) => HtmlReport.Of(report)),
        new("markdown", "Markdown", "md", "text/markdown", (_, report) => MarkdownReport.Of(report)),
        new("json", "JSON", "json", "application/json", ReportJson.Of),
    ];

    /// <exception cref="RequestException">There is no such format.</exception>
    public static ReportFormat Of(string? name) =>
        All.FirstOrDefault(format => format.Name == name) ?? throw new RequestException($"'{name}' is no format of a report; there are {string.Join(", ", All.Select(format => format.Name))}", "format");

    /// <summary>The file, in UTF-8.</summary>
    public byte[] File(Experiment experiment) => Encoding.UTF8.GetBytes(Write(experiment, experiment.ToReport()));
}

using Juxta.Engine;
using Juxta.Eval.Reports;
using Juxta.Eval.Suites;
using Juxta.Web.Chat.Transfer;
using Juxta.Workbench.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Web.Runs;

/// <summary><c>GET /export/report?format=NAME&amp;run=…&amp;run=…</c> (the baseline first): a report as a file. And the styles that the page draws reports with.</summary>
internal static class ReportEndpoints
{
    public static string AddressOf(ReportFormat format, IEnumerable<string> names) => $"export/report?format={format.Name}&{RunAddress.Query(names)}";

    public static void MapReports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/export/report", (RunLibrary library, string? format, string[] run) => ExportEndpoints.SendAsync(async () =>
        {
            ReportFormat asked = ReportFormat.Of(format);
            try
            {
                Experiment experiment = await library.ExperimentAsync(run);
                return (asked.File(experiment), asked.MediaType, $"{experiment.Set.Id}.{asked.Extension}");
            }
            catch (SuiteException error)
            {
                throw new RequestException(error.Message, "run");
            }
        }));
        routes.MapGet("/css/Report.css", () => Results.Text(Style.Value, "text/css")).ExcludeFromDescription().AllowAnonymous();
    }

    /// <summary>The file's own styles, for the part of a page that is a report: nested, so that they reach nothing around it.</summary>
    static readonly Lazy<string> Style = new(() =>
        $".report {{\n{HtmlReport.StyleSheet.Replace(":root", "&", StringComparison.Ordinal).Replace("\nbody {", "\n& {", StringComparison.Ordinal)}}}\n");
}

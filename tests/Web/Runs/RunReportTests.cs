using System.Net;
using System.Text.Json;
using Juxta.Eval.Reports;
using Juxta.Tests;
using Juxta.Web;
using Juxta.Web.Runs;
using Juxta.Workbench;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.WebTests.Runs;

/// <summary>Reports on runs: on the page and as files.</summary>
public sealed class RunReportTests : IDisposable
{
    readonly WrittenRuns _runs = new();

    public RunReportTests()
    {
        _runs.Write("base", (_, i) => (i < 30 ? $"red ball {i}" : "blue <b>", "eos:2"));
        _runs.Write("better", (_, i) => ($"red ball {i}", "eos:2"));
    }

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_report_is_made_of_runs_or_says_why_not()
    {
        var session = new RunReportSession(_runs.Library);
        await session.OpenAsync(["base", "better"]);
        Assert.Contains("better against base", session.Report!.Title, StringComparison.Ordinal);
        Assert.All(session.Report.Sections, section => Assert.DoesNotContain("<b>", HtmlReport.Of(section), StringComparison.Ordinal));
        await session.OpenAsync(["base", "none"]);
        Assert.Null(session.Report);
        Assert.Equal("Not found", session.Notice!.Title);
        await session.OpenAsync([]);
        Assert.Contains("needs a run", session.Notice!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_are_downloaded_over_HTTP_and_what_cannot_be_is_told()
    {
        await using JuxtaWorkbench workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true, OpenAtStart = false });
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(workbench.Models).AddSingleton(workbench.Generations).AddSingleton(workbench.Conversations).AddSingleton(workbench.Comparisons)
            .AddSingleton(workbench.Presets).AddSingleton(workbench.Downloads).AddSingleton(workbench.Evaluations).AddSingleton(workbench.VoteExports);
        builder.Services.AddWeb();
        builder.Services.AddSingleton(_runs.Library);
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapWeb();
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await app.StartAsync(cancel);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        foreach (ReportFormat format in ReportFormat.All)
        {
            using HttpResponseMessage file = await http.GetAsync(ReportEndpoints.AddressOf(format, ["base", "better"]), cancel);
            Assert.Equal((HttpStatusCode.OK, format.MediaType), (file.StatusCode, file.Content.Headers.ContentType!.MediaType));
            Assert.Equal($"small.{format.Extension}", file.Content.Headers.ContentDisposition!.FileNameStar);
            Assert.Contains("better against base", await file.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
        }
        using JsonDocument json = JsonDocument.Parse(await http.GetStringAsync("export/report?format=json&run=base&run=better", cancel));
        Assert.Equal(2, json.RootElement.GetProperty("comparison").GetProperty("runs").GetArrayLength());
        Assert.StartsWith(".report {", await http.GetStringAsync("css/Report.css", cancel), StringComparison.Ordinal);
        foreach ((string address, HttpStatusCode status, string message) in new[]
        {
            ("export/report?format=papyrus&run=base", HttpStatusCode.BadRequest, "'papyrus' is no format"),
            ("export/report?format=html", HttpStatusCode.BadRequest, "needs a run"),
            ("export/report?format=html&run=../../etc", HttpStatusCode.NotFound, "no run '../../etc'"),
        })
        {
            using HttpResponseMessage refused = await http.GetAsync(address, cancel);
            Assert.Equal(status, refused.StatusCode);
            Assert.Contains(message, await refused.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
        }
        await app.StopAsync(cancel);
    }
}

using System.Net;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.ServerTests;

/// <summary>Runs name their models: on a shared server leads and administrators see them, and annotators do not.</summary>
public sealed class SharedRunsTests
{
    const string Password = "correct horse battery";

    static readonly string[] Pages = ["/runs", "/runs/first/tiny/small", "/runs/compare?run=a&run=b", "/runs/report?run=a"];

    [Fact]
    public async Task Leads_and_administrators_see_runs_and_annotators_do_not()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with { Shared = true });
        foreach (Role role in (Role[])[Role.Admin, Role.Lead, Role.Annotator])
        {
            using HttpClient browser = await JoinAsync(server, role);
            bool sees = role is not Role.Annotator;
            foreach (string page in Pages)
            {
                using HttpResponseMessage answer = await browser.GetAsync(page, TestContext.Current.CancellationToken);
                Assert.Equal((role, page, sees ? HttpStatusCode.OK : HttpStatusCode.Forbidden), (role, page, answer.StatusCode));
            }
            using HttpResponseMessage file = await browser.GetAsync("/export/report?format=json&run=none", TestContext.Current.CancellationToken);
            Assert.Equal(sees ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, file.StatusCode);
            Assert.Equal(sees, (await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("there is no run 'none'", StringComparison.Ordinal));
        }
        using HttpClient stranger = Browser(server);
        foreach (string page in (string[])[.. Pages, "/export/report?format=json&run=none"])
            Assert.StartsWith("/sign-in?back=", (await stranger.GetAsync(page, TestContext.Current.CancellationToken)).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    static HttpClient Browser(TestServer server) => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = server.Address };

    static async Task<HttpClient> JoinAsync(TestServer server, Role role)
    {
        HttpClient browser = Browser(server);
        string code = await server.Services.GetRequiredService<JuxtaWorkbench>().People.InviteAsync(role);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["code"] = code, ["name"] = $"the {role}", ["password"] = Password, ["again"] = Password });
        using HttpResponseMessage joined = await browser.PostAsync("/people/join", form, TestContext.Current.CancellationToken);
        Assert.Equal("/", joined.Headers.Location?.OriginalString);
        return browser;
    }
}

using Juxta.BrowserTests.Script;
using Juxta.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>
/// The browser script comes from another release of the framework than the server (src/Web/Web.csproj says why). This holds the pairing to everything that
/// pages of ours use or may want to use.
/// </summary>
public sealed class ScriptTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_browser_script_and_the_server_understand_each_other()
    {
        await using WebApplication app = Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        await using IBrowserContext profile = await chromium.ProfileAsync(new Uri(app.Urls.Single()));
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync("/");

        // Enhanced navigation, forms and streaming rendering change the document in place.
        await page.EvaluateAsync("window.sameDocument = true");
        await page.GetByLabel("Name").FillAsync("Ada");
        await page.GetByRole(AriaRole.Button, new() { Name = "Greet" }).ClickAsync();
        await Assertions.Expect(page.Locator("#greeting")).ToHaveTextAsync("Hello Ada");
        await page.GetByText("To the streamed page").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Streamed");
        await page.GetByText("To the island").ClickAsync();
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("interactive");

        // Events, binding, many repaints.
        await page.ClickAsync("#count");
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("1");
        await page.FillAsync("#text", "Zeichen 字");
        await Assertions.Expect(page.Locator("#echo")).ToHaveTextAsync("Zeichen 字");
        await page.ClickAsync("#repaint");
        await Assertions.Expect(page.Locator("#repaint")).ToHaveTextAsync("500", new() { Timeout = 30_000 });

        // Modules, both ways; files; long lists.
        await page.ClickAsync("#module");
        await Assertions.Expect(page.Locator("#module")).ToHaveTextAsync("twice 21 is 42");
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "a.bin", MimeType = "application/octet-stream", Buffer = new byte[100_000] });
        await Assertions.Expect(page.Locator("#bytes")).ToHaveTextAsync("100000");
        await Assertions.Expect(page.Locator("#rows")).ToContainTextAsync("Row 1");
        await page.EvaluateAsync("document.getElementById('rows').scrollTop = 100000");
        await Assertions.Expect(page.Locator("#rows")).ToContainTextAsync("Row 5002");

        // A lost line comes back with the state.
        await page.EvaluateAsync("Blazor._internal.forceCloseConnection()");
        await page.ClickAsync("#count");
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("2", new() { Timeout = 30_000 });

        await page.ClickAsync("#leave");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Streamed");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument === true"), "the document was loaded anew on the way");
    }

    /// <summary>A server of its own, with the script that the pages carry.</summary>
    static WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseAntiforgery();
        app.MapGet("/_framework/blazor.web.js", () => Results.Stream(typeof(WebServices).Assembly.GetManifestResourceStream("wwwroot/_framework/blazor.web.js")!, "text/javascript"));
        app.MapGet("/module.js", () => Results.Text("export const ask = async (server, number) => `twice ${number} is ${await server.invokeMethodAsync('Double', number)}`;", "text/javascript"));
        app.MapRazorComponents<ScriptApp>().AddInteractiveServerRenderMode();
        return app;
    }
}

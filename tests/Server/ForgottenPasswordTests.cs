using System.Net;
using Juxta.Server;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.ServerTests;

/// <summary>A forgotten password: the link, its page and its form over HTTP.</summary>
public sealed class ForgottenPasswordTests : IAsyncLifetime
{
    const string Old = "correct horse battery", New = "another horse altogether";

    readonly string _data = Directory.CreateTempSubdirectory("juxta-forgotten-").FullName;
    WebApplication _app = null!;

    JuxtaWorkbench Workbench => _app.Services.GetRequiredService<JuxtaWorkbench>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    async Task StartAsync(bool shared = true)
    {
        _app = JuxtaServer.Build(new ServerOptions
        {
            Workbench = new WorkbenchOptions { DataFolder = _data }, Urls = ["http://127.0.0.1:0"], ApiKey = null, Shared = shared, Output = TextWriter.Null, Error = TextWriter.Null, ShutdownTimeout = TimeSpan.FromSeconds(1),
        });
        await _app.StartAsync();
    }

    HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(_app.Urls.Single()) };

    /// <summary>Where a form leads.</summary>
    static async Task<string> PostAsync(HttpClient browser, string address, params (string, string)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return Uri.UnescapeDataString((await browser.PostAsync(address, form)).Headers.Location?.OriginalString ?? "");
    }

    async Task<HttpClient> SignInAsync(string password)
    {
        HttpClient browser = Browser();
        Assert.Equal("/models", await PostAsync(browser, "/people/sign-in", ("name", "Lea"), ("password", password), ("back", "/models")));
        return browser;
    }

    [Fact]
    public async Task A_link_takes_a_new_password_once_and_ends_all_other_sessions()
    {
        await StartAsync();
        using HttpClient first = Browser();
        await PostAsync(first, "/people/join", ("code", await Workbench.People.InviteAsync(Role.Lead)), ("name", "Lea"), ("password", Old), ("again", Old));
        using HttpClient second = await SignInAsync(Old);
        using HttpClient forgetful = Browser();
        string code = (await Workbench.PasswordResets.MakeAsync((await Workbench.People.ListAsync()).Single().Id, by: null)).Code;

        string page = await forgetful.GetStringAsync($"/reset/{code}");
        Assert.Contains("Choose a new password", page, StringComparison.Ordinal);
        Assert.Contains("value=\"Lea\"", page, StringComparison.Ordinal);
        foreach ((string password, string again, string says) in new[] { ("short", "short", "10 to 200"), (New, "another one!", "differ") })
        {
            string back = await PostAsync(forgetful, "/people/reset", ("code", code), ("password", password), ("again", again));
            Assert.StartsWith($"/reset/{code}?fault=", back, StringComparison.Ordinal);
            Assert.Contains(says, await forgetful.GetStringAsync(back), StringComparison.Ordinal);
        }
        // Until another is chosen, the old password and its sessions go on.
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/models")).StatusCode);
        (await SignInAsync(Old)).Dispose();

        Assert.Equal("/", await PostAsync(forgetful, "/people/reset", ("code", code), ("password", New), ("again", New)));
        Assert.Equal(HttpStatusCode.OK, (await forgetful.GetAsync("/models")).StatusCode);
        foreach (HttpClient other in (HttpClient[])[first, second])
            Assert.StartsWith("/sign-in", (await other.GetAsync("/models")).Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?wrong=1", await PostAsync(first, "/people/sign-in", ("name", "Lea"), ("password", Old)), StringComparison.Ordinal);
        (await SignInAsync(New)).Dispose();

        using HttpClient thief = Browser();
        Assert.Contains("This link was used", await thief.GetStringAsync(await PostAsync(thief, "/people/reset", ("code", code), ("password", Old), ("again", Old))), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await thief.GetAsync("/models")).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_is_unknown_replaced_or_expired_says_so()
    {
        string expired;
        await using (var before = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _data }, new Past()))
            expired = (await before.PasswordResets.MakeAsync((await before.People.JoinAsync(await before.People.InviteAsync(Role.Admin), "Root", _ => "none")).Id, by: null)).Code;
        await StartAsync();
        using HttpClient browser = Browser();
        Assert.Contains("This link worked until", await browser.GetStringAsync($"/reset/{expired}"), StringComparison.Ordinal);
        await Workbench.PasswordResets.MakeAsync((await Workbench.People.ListAsync()).Single().Id, by: null);
        Assert.Contains("A newer link was made", await browser.GetStringAsync($"/reset/{expired}"), StringComparison.Ordinal);
        Assert.Contains("This server made no such link", await browser.GetStringAsync("/reset/0123"), StringComparison.Ordinal);
        Assert.Contains("made no such link", await PostAsync(browser, "/people/reset", ("code", "0123"), ("password", New), ("again", New)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_one_person_has_no_password_to_choose()
    {
        await StartAsync(shared: false);
        using HttpClient browser = Browser();
        Assert.Contains("Nobody signs in on this server", await browser.GetStringAsync("/reset/0123"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync("/people/reset", null)).StatusCode);
    }

    sealed class Past : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromDays(2);
    }
}

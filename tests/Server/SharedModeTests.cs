using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Juxta.Eval.Suites;
using Juxta.Server;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.ServerTests;

/// <summary>A shared server: who gets in, and what annotators see.</summary>
public sealed class SharedModeTests : IAsyncLifetime
{
    const string Password = "correct horse battery";

    readonly string _data = Directory.CreateTempSubdirectory("juxta-shared-").FullName;
    readonly StringWriter _output = new();
    WebApplication _app = null!;

    JuxtaWorkbench Workbench => _app.Services.GetRequiredService<JuxtaWorkbench>();

    public async ValueTask InitializeAsync()
    {
        _app = JuxtaServer.Build(Options());
        await _app.StartAsync();
    }

    ServerOptions Options() => new()
    {
        Workbench = new WorkbenchOptions { DataFolder = _data }, Urls = ["http://127.0.0.1:0"], ApiKey = "key-of-programs", Shared = true, Output = _output, Error = TextWriter.Null, ShutdownTimeout = TimeSpan.FromSeconds(1),
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(_app.Urls.Single()) };

    static FormUrlEncodedContent Form(params (string, string)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2)));

    async Task<HttpClient> JoinAsync(string name, Role role, Guid? study = null)
    {
        HttpClient browser = Browser();
        string code = await Workbench.People.InviteAsync(role, study);
        HttpResponseMessage joined = await browser.PostAsync("/people/join", Form(("code", code), ("name", name), ("password", Password), ("again", Password)));
        Assert.Equal("/", joined.Headers.Location?.OriginalString);
        return browser;
    }

    Task<Guid> StudyAsync(string title) => Workbench.Studies.CreateAsync(title, new StudyPlan { Kind = StudyKind.Runs, Models = ["secret-one", "secret-two"], Overlap = 2 },
        [.. Enumerable.Range(0, 3).Select(i => new StudyItem($"s{i}", [new(EvalMessage.User, $"q{i}")], [new($"left {i}", "eos:2"), new($"right {i}", "eos:2")]))]);

    [Fact]
    public async Task Who_is_not_signed_in_sees_the_way_in_and_nothing_else()
    {
        using HttpClient browser = Browser();
        foreach (string page in (string[])["/", "/models", "/rate", "/people", "/export/conversations"])
            Assert.StartsWith("/sign-in?back=", (await browser.GetAsync(page)).Headers.Location?.OriginalString, StringComparison.Ordinal);
        foreach (string api in (string[])["/v1/models", "/v1/rate/studies", "/metrics"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(api)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/sign-in")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/app.css")).StatusCode);
        Assert.Contains("cannot be used", await browser.GetStringAsync("/join/0123"), StringComparison.Ordinal);
        browser.DefaultRequestHeaders.Authorization = new("Bearer", "key-of-programs");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/models")).StatusCode);
        browser.DefaultRequestHeaders.Authorization = new("Bearer", "another");
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task A_password_lets_in_a_wrong_one_does_not_and_who_is_shut_out_is_out_at_once()
    {
        (await JoinAsync("Lea", Role.Lead)).Dispose();
        using HttpClient browser = Browser();
        foreach ((string name, string password) in new[] { ("Lea", "wrong password"), ("Nobody", Password), ("Lea", "") })
            Assert.StartsWith("/sign-in?wrong=1", (await browser.PostAsync("/people/sign-in", Form(("name", name), ("password", password), ("back", "/models")))).Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/models", (await browser.PostAsync("/people/sign-in", Form(("name", "Lea"), ("password", Password), ("back", "/models")))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/models")).StatusCode);
        foreach (string elsewhere in (string[])["https://example.org/", "//example.org", "/\\example.org", ""])
            Assert.Equal("/", (await browser.PostAsync("/people/sign-in", Form(("name", "Lea"), ("password", Password), ("back", elsewhere)))).Headers.Location?.OriginalString);
        await Workbench.People.EndAsync((await Workbench.People.ListAsync()).Single(person => person.Name == "Lea").Id);
        Assert.StartsWith("/sign-in", (await browser.GetAsync("/models")).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Joining_tells_what_is_wrong_and_signing_out_ends_it()
    {
        using HttpClient browser = Browser();
        string code = await Workbench.People.InviteAsync(Role.Lead);
        foreach ((string password, string again, string says) in new[] { ("short", "short", "10 to 200"), (Password, "another one!", "differ") })
            Assert.Contains(Uri.EscapeDataString(says), (await browser.PostAsync("/people/join", Form(("code", code), ("name", "Lea"), ("password", password), ("again", again)))).Headers.Location?.OriginalString, StringComparison.Ordinal);
        await browser.PostAsync("/people/join", Form(("code", code), ("name", "Lea"), ("password", Password), ("again", Password)));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/models")).StatusCode);
        await browser.PostAsync("/people/sign-out", Form());
        Assert.StartsWith("/sign-in", (await browser.GetAsync("/models")).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_annotator_reaches_assigned_pairs_and_nothing_else()
    {
        Guid mine = await StudyAsync("Mine"), other = await StudyAsync("Other");
        using HttpClient ann = await JoinAsync("Ann", Role.Annotator, mine);
        Assert.Equal("/rate", (await ann.GetAsync("/")).Headers.Location?.OriginalString);
        foreach (string forbidden in (string[])["/models", "/compare", "/leaderboard", "/studies", "/people", "/v1/models", "/metrics", "/export/x"])
            Assert.Equal(HttpStatusCode.Forbidden, (await ann.GetAsync(forbidden)).StatusCode);
        JsonElement studies = await ann.GetFromJsonAsync<JsonElement>("/v1/rate/studies");
        Assert.Equal(["Mine"], studies.GetProperty("studies").EnumerateArray().Select(study => study.GetProperty("title").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await ann.PostAsync($"/v1/rate/studies/{other}/next", null)).StatusCode);
        HttpResponseMessage next = await ann.PostAsync($"/v1/rate/studies/{mine}/next", null);
        string body = await next.Content.ReadAsStringAsync();
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        JsonElement pair = JsonDocument.Parse(body).RootElement;
        Guid id = Guid.NewGuid();
        object vote = new { id, showing = pair.GetProperty("showing").GetGuid(), verdict = "a", spent_ms = 1200, sent_at = "2026-01-31T12:00:00Z" };
        for (int twice = 0; twice < 2; twice++) Assert.Equal(HttpStatusCode.OK, (await ann.PostAsJsonAsync("/v1/rate/votes", vote)).StatusCode);
        Assert.Single(await Workbench.Votes.EventsAsync(mine));
        foreach ((object wrong, string says) in new (object, string)[]
        {
            (new { id = "x", showing = id, verdict = "a" }, "UUID"), (new { id, showing = id, verdict = "left" }, "both_bad"), (new { id, showing = Guid.NewGuid(), verdict = "a" }, "not shown to you"),
            (new { id, showing = id, verdict = "a", sent_at = "noon" }, "sent_at"),
        })
        {
            HttpResponseMessage refused = await ann.PostAsJsonAsync("/v1/rate/votes", wrong);
            Assert.InRange((int)refused.StatusCode, 400, 404);
            Assert.Contains(says, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await ann.PostAsJsonAsync("/v1/rate/undo", new { id = Guid.NewGuid(), showing = pair.GetProperty("showing").GetGuid() })).StatusCode);
    }

    [Fact]
    public async Task The_first_start_tells_how_to_become_its_administrator()
    {
        using var stop = new CancellationTokenSource();
        string data = Directory.CreateTempSubdirectory("juxta-first-").FullName;
        var output = new StringWriter();
        Task<int> running = JuxtaServer.RunAsync(Options() with { Workbench = new WorkbenchOptions { DataFolder = data }, Output = TextWriter.Synchronized(output) }, stop.Token);
        while (!output.ToString().Contains("is ready", StringComparison.Ordinal) && !running.IsCompleted) await Task.Delay(50, TestContext.Current.CancellationToken);
        string line = output.ToString().Split('\n').Single(line => line.StartsWith("Nobody administers", StringComparison.Ordinal));
        using var browser = new HttpClient();
        Assert.Contains("Join as an administrator", await browser.GetStringAsync(line.Split(' ').Single(word => word.StartsWith("http", StringComparison.Ordinal)), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Directory.Delete(data, recursive: true);
    }
}

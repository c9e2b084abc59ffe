using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>
/// Ten annotators vote while the server, the built command, is killed with SIGKILL again and again: eight as programs over HTTP, two on the page in Chromium, whose
/// votes travel through its live connection.
/// </summary>
public sealed class KilledVotesTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    const int Programs = 8, Pages = 2;
    const string Password = "correct horse battery";

    const int Items = 30, Kills = 6;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _data = Directory.CreateTempSubdirectory("juxta-killed-votes-").FullName;
    readonly ConcurrentDictionary<Guid, (Guid Showing, string Verdict)> _acknowledged = new();
    readonly Counted _byPrograms = new(), _byPages = new();
    volatile Process? _server;

    public void Dispose()
    {
        _server?.Kill(entireProcessTree: true);
        _server?.WaitForExit();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Every_acknowledged_vote_is_there_exactly_once()
    {
        Assert.SkipUnless(Endurance.Asked, "loads the machine for minutes; JUXTA_ENDURANCE=1 runs it");
        var codes = new List<string>();
        Guid study;
        await using (var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _data }))
        {
            study = await workbench.Studies.CreateAsync("Killed", new StudyPlan { Kind = StudyKind.Runs, Models = ["one", "two"], Overlap = Programs + Pages, Seed = 1 },
                [.. Enumerable.Range(0, Items).Select(i => new StudyItem($"s{i}", [new(EvalMessage.User, $"q{i}")], [new($"first {i}", null), new($"second {i}", null)]))]);
            for (int i = 0; i < Programs + Pages; i++) codes.Add(await workbench.People.InviteAsync(Role.Annotator, study));
        }
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        await StartAsync(address);
        HttpClient[] programs = await Task.WhenAll(codes.Take(Programs).Select((code, i) => JoinAsync(address, code, $"program {i}")));
        IPage[] pages = await Task.WhenAll(codes.Skip(Programs).Select((code, i) => OpenAsync(address, code, $"person {i}", study)));
        Task[] programming = [.. programs.Select((program, i) => VoteAsync(program, study, i))], paging = [.. pages.Select(VoteAsync)];
        Task[] voting = [.. programming, .. paging];
        var random = new Random(11);
        for (int kill = 0; kill < Kills; kill++)
        {
            // A server that is killed before it took a vote both ways proves nothing.
            await Task.WhenAll(_byPrograms.MoreAsync(programming), _byPages.MoreAsync(paging));
            await Task.Delay(random.Next(50, 400), TestContext.Current.CancellationToken);
            Assert.False(Array.TrueForAll(voting, task => task.IsCompletedSuccessfully), $"all had voted before kill {kill + 1} of {Kills}");
            _server!.Kill();
            await _server.WaitForExitAsync(TestContext.Current.CancellationToken);
            await StartAsync(address);
        }
        await Task.WhenAll(voting);
        _server!.Kill();
        await _server.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (HttpClient program in programs) program.Dispose();
        foreach (IPage page in pages) await page.Context.DisposeAsync();

        await using var after = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _data });
        IReadOnlyList<VoteEntry> events = await after.Votes.EventsAsync(study);
        Assert.Equal((Programs + Pages) * Items, events.Count);
        Assert.Equal(events.Count, events.Select(vote => (vote.Person, vote.Item)).Distinct().Count());
        Assert.Equal(Programs * Items, _acknowledged.Count);
        foreach ((Guid id, (Guid Showing, string Verdict) said) in _acknowledged)
        {
            VoteEntry vote = Assert.Single(events, vote => vote.Id == id);
            Assert.Equal(said, (vote.Showing, vote.Ballot!.Verdict.Word()));
        }
    }

    static async Task<HttpClient> JoinAsync(Uri address, string code, string name)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        HttpResponseMessage joined = await browser.PostAsync("/people/join", new FormUrlEncodedContent([new("code", code), new("name", name), new("password", Password), new("again", Password)]));
        Assert.Equal("/", joined.Headers.Location?.OriginalString);
        return browser;
    }

    /// <summary>Votes until nothing is left. Whatever fails is sent again, as it was.</summary>
    async Task VoteAsync(HttpClient program, Guid study, int index)
    {
        string[] verdicts = ["a", "b", "tie", "both_bad"];
        for (int vote = 0; ; vote++)
        {
            // Nobody judges at once; else a fast machine would be through before the server is killed.
            await Task.Delay(150, TestContext.Current.CancellationToken);
            HttpResponseMessage next = await AgainAsync(() => program.PostAsync($"/v1/rate/studies/{study}/next", null));
            if (next.StatusCode is HttpStatusCode.NoContent) return;
            JsonElement pair = await next.Content.ReadFromJsonAsync<JsonElement>();
            var (id, showing, verdict) = (Guid.NewGuid(), pair.GetProperty("showing").GetGuid(), verdicts[(vote + index) % verdicts.Length]);
            HttpResponseMessage answer = await AgainAsync(() => program.PostAsJsonAsync("/v1/rate/votes", new { id, showing, verdict, spent_ms = 5 }));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            _acknowledged[id] = (showing, verdict);
            _byPrograms.Add(1);
        }
    }

    async Task<IPage> OpenAsync(Uri address, string code, string name, Guid study)
    {
        IPage page = await (await chromium.ProfileAsync(address)).NewPageAsync();
        await page.GotoAsync($"/join/{code}");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password, 10").FillAsync(Password);
        await page.GetByLabel("The same password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(address, "/rate").ToString());
        await page.GotoAsync($"/rate/{study}");
        await page.Locator("[data-showing]").WaitForAsync();
        return page;
    }

    /// <summary>
    /// Presses a key as soon as there is a pair, live or not, until the page says that nothing is left. What it has counted once as voted it must never take back.
    /// </summary>
    async Task VoteAsync(IPage page)
    {
        string address = page.Url;
        int counted = 0;
        for (var patience = Stopwatch.StartNew(); counted < Items || !await page.GetByText("Nothing is left for you here").IsVisibleAsync();)
        {
            if (patience.Elapsed > Patience)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(Fixtures.Repository, "artifacts", "screenshots", "killed-votes-stopped.png") });
                Assert.Fail($"the page stopped at {counted} votes: {await page.Locator("body").InnerTextAsync()}");
            }
            try
            {
                string? showing = counted == Items ? null : await page.Locator("[data-showing]").GetAttributeAsync("data-showing", new() { Timeout = 2000 });
                if (showing is not null) await page.Keyboard.PressAsync("a");
                await page.WaitForFunctionAsync("showing => document.querySelector('.rate-progress') && document.querySelector('[data-showing]')?.dataset.showing !== showing", showing, new() { Timeout = 5000 });
                int votes = await CountedAsync(page);
                Assert.True(votes >= counted, $"the page counted {counted} votes, then {votes}");
                if (votes == counted) continue;
                _byPages.Add(votes - counted);
                counted = votes;
                patience.Restart();
            }
            catch (Exception e) when (e is PlaywrightException or TimeoutException)
            {
                // The server is dead or was just started anew: an impatient annotator reloads.
                try
                {
                    await page.GotoAsync(address, new() { Timeout = 5000 });
                }
                catch (Exception again) when (again is PlaywrightException or TimeoutException)
                {
                    await Task.Delay(100, TestContext.Current.CancellationToken);
                }
            }
        }
        Assert.Equal(Items, await CountedAsync(page));
    }

    static async Task<int> CountedAsync(IPage page) =>
        int.Parse((await page.Locator(".rate-progress span").First.InnerTextAsync(new() { Timeout = 5000 })).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    static async Task<HttpResponseMessage> AgainAsync(Func<Task<HttpResponseMessage>> send)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            try
            {
                HttpResponseMessage answer = await send();
                await answer.Content.LoadIntoBufferAsync(patience.Token);
                if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError)) return answer;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !patience.IsCancellationRequested)
            {
                // The server is dead just now.
            }
            await Task.Delay(100, patience.Token);
        }
    }

    async Task StartAsync(Uri address)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "juxta.dll"), "serve", "--shared", "--models", _data, "--urls", address.ToString(), "--data", _data])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _data,
        };
        _server = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await _server.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith("Juxta is ready", StringComparison.Ordinal)) return;
        throw new InvalidOperationException("the server did not start");
    }

    static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Votes that were acknowledged so far.</summary>
    sealed class Counted
    {
        int _votes;

        public void Add(int votes) => Interlocked.Add(ref _votes, votes);

        /// <summary>Waits for one more, as long as any of these still votes.</summary>
        public async Task MoreAsync(Task[] voting)
        {
            for (int before = _votes; _votes == before && !Array.TrueForAll(voting, task => task.IsCompleted);) await Task.Delay(20, TestContext.Current.CancellationToken);
            foreach (Task failed in voting.Where(task => task.IsFaulted)) await failed;
        }
    }
}

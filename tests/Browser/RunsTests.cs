using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>Evaluations as a person makes them: from the form to the report, with the demo model.</summary>
public sealed class RunsTests(Chromium chromium) : IClassFixture<Chromium>
{
    const string Set = "first-words";

    const string Two = $"run=first/demo/{Set}&run=first/demo%2Bcheerful/{Set}";

    static readonly string Demo = Path.Combine(Fixtures.Repository, "models", "demo");

    static readonly (string Name, int Width, int Height, ColorScheme Scheme)[] Others = [("-dark", 1360, 860, ColorScheme.Dark), ("-phone", 360, 740, ColorScheme.Light), ("-phone-dark", 360, 740, ColorScheme.Dark)];

    [Fact]
    public async Task Runs_are_started_opened_compared_and_reported()
    {
        string sets = Directory.CreateTempSubdirectory("juxta-sets-").FullName;
        WriteSet(Path.Combine(sets, Set));
        await using Site site = await Site.StartAsync(with: options => options with { Models = [Demo], SetFolders = [sets] });
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/runs");
        IPage page = screen.Page;
        await AccessibilityTests.CheckAsync(page, "runs, empty");

        await page.GetByLabel("demo", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("demo + cheerful", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("demo + endless", new() { Exact = true }).CheckAsync();
        await page.GetByLabel(Set).CheckAsync();
        await page.Locator(".together summary").ClickAsync();
        await page.GetByLabel("cheerful", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("letter", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add demo + cheerful + letter" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Scale of letter in demo + cheerful + letter")).ToHaveValueAsync("1");
        await page.Locator(".together summary").ClickAsync();
        await page.GetByLabel("demo + cheerful + letter", new() { Exact = true }).UncheckAsync();
        await page.Locator(".overrides summary").ClickAsync();
        await page.GetByLabel("temperature").FillAsync("hot");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("temperature is 'hot'; expected a number, 0 or more");
        await AccessibilityTests.CheckAsync(page, "runs, filled in");
        await page.GetByLabel("temperature").FillAsync("");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("first");
        await Assertions.Expect(page.Locator(".run-command code")).ToContainTextAsync("juxta eval run --model");
        await Assertions.Expect(page.Locator(".run-command code")).ToContainTextAsync($"--set {Path.Combine(sets, Set)} --out");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("[data-job=first]")).ToHaveAttributeAsync("data-status", "Complete");
        await Assertions.Expect(page.Locator("[data-job=first]")).ToContainTextAsync("48 of 48 answers");
        await Assertions.Expect(page.Locator("[data-state=Complete] .headline").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".headlines .muted", new() { HasText = "measuring" })).ToHaveCountAsync(0);

        await page.GetByLabel($"Compare first/demo/{Set}").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.GetByLabel($"Compare first/demo+cheerful/{Set}").CheckAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Compare 2 runs" })).ToBeVisibleAsync();
        await LookAsync(screen, "runs");

        await page.GetByRole(AriaRole.Link, new() { Name = "demo", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"demo on {Set}" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-metric=chrf]")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("Monday");
        await Assertions.Expect(page.Locator(".samples li")).ToHaveCountAsync(1);
        await page.Locator(".samples a").ClickAsync();
        await Assertions.Expect(page.Locator("[data-sample=day]")).ToContainTextAsync("Tuesday");
        await page.Locator(".manifest summary").ClickAsync();
        await LookAsync(screen, "run");

        await page.GotoAsync($"/runs/compare?{Two}");
        await screen.ReadyAsync();
        await Assertions.Expect(page.Locator("[data-metric=chrf] [role=img]").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Combobox, new() { NameRegex = new("^Show") }).SelectOptionAsync("Different");
        await page.Locator(".samples a").First.ClickAsync();
        await Assertions.Expect(page.Locator(".pair .divergence")).ToContainTextAsync("First different token");
        await page.Locator(".manifest summary").ClickAsync();
        await LookAsync(screen, "run-comparison");

        await JudgeAsync(site.Services.GetRequiredService<JuxtaWorkbench>(), $"first/demo/{Set}", $"first/demo+cheerful/{Set}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Report", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".report #people")).ToContainTextAsync("16 votes on 16 items");
        await Assertions.Expect(page.Locator(".report #correlation")).ToContainTextAsync("chrf");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Markdown" })).ToHaveAttributeAsync("href", new Regex("format=markdown&run=first%2Fdemo%2F"));
        await LookAsync(screen, "report");
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "HTML" }).ClickAsync());
        Assert.Equal($"{Set}.html", download.SuggestedFilename);
        string saved = Path.Combine(sets, download.SuggestedFilename);
        await download.SaveAsAsync(saved);
        IPage file = await profile.NewPageAsync();
        await file.GotoAsync("file://" + saved);
        await Assertions.Expect(file.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("demo+cheerful against demo");
        await AccessibilityTests.CheckAsync(file, "report, downloaded");
        Assert.Empty(screen.Complaints);
        foreach ((string name, int width, int height, ColorScheme scheme) in Others) await LookAgainAsync(site, name, width, height, scheme);
        Directory.Delete(sets, recursive: true);
    }

    /// <summary>The same pages in another window.</summary>
    async Task LookAgainAsync(Site site, string name, int width, int height, ColorScheme scheme)
    {
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/runs");
        await screen.Page.Locator(".overrides summary").ClickAsync();
        await Assertions.Expect(screen.Page.Locator("[data-state=Complete] .headline").First).ToBeVisibleAsync();
        await LookAsync(screen, "runs" + name);
        foreach ((string picture, string address, string last) in new[]
        {
            ("run", $"/runs/first/demo/{Set}?sample=day", "[data-sample=day]"), ("run-comparison", $"/runs/compare?{Two}&sample=poem", "[data-metric=chrf] .difference-mark"), ("report", $"/runs/report?{Two}", ".report #correlation"),
        })
        {
            await screen.Page.GotoAsync(address);
            await screen.ReadyAsync();
            await Assertions.Expect(screen.Page.Locator(last).First).ToBeVisibleAsync();
            await LookAsync(screen, picture + name);
        }
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task A_run_is_watched_cancelled_gone_on_with_and_deleted()
    {
        string sets = Directory.CreateTempSubdirectory("juxta-sets-").FullName;
        WriteSet(Path.Combine(sets, Set), copies: 40);
        await using Site site = await Site.StartAsync(with: options => options with { Models = [Demo], SetFolders = [sets] });
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/runs");
        IPage page = screen.Page;
        await page.GetByLabel("demo + endless", new() { Exact = true }).CheckAsync();
        await page.GetByLabel(Set).CheckAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("long");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        ILocator job = page.Locator("[data-job=long]");
        await Assertions.Expect(job).ToContainTextAsync(new Regex("[1-9][0-9]* of 640 answers · about .* left"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel long" }).ClickAsync();
        await Assertions.Expect(job).ToHaveAttributeAsync("data-status", "Stopped");
        await Assertions.Expect(page.Locator("[data-state=Interrupted]")).ToBeVisibleAsync();
        string stopped = await job.Locator("p").InnerTextAsync();
        await page.ReloadAsync();
        await screen.ReadyAsync();
        await Assertions.Expect(job.Locator("p")).ToHaveTextAsync(stopped);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on with long" }).ClickAsync();
        await Assertions.Expect(job).ToHaveAttributeAsync("data-status", "Running");
        await Assertions.Expect(job.Locator("p")).Not.ToHaveTextAsync(stopped);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete long" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(job).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByText("There is no run yet.")).ToBeVisibleAsync();
        Assert.False(Directory.Exists(Path.Combine(site.DataFolder, "runs", "long")));
        Assert.Empty(screen.Complaints);
        Directory.Delete(sets, recursive: true);
    }

    /// <summary>A study on the runs, by somebody who likes the shorter answer.</summary>
    static async Task JudgeAsync(JuxtaWorkbench workbench, params string[] runs)
    {
        (IReadOnlyList<string> models, IReadOnlyList<StudyItem> items) = await workbench.StudyRuns.ReadAsync(runs, checks: false);
        Guid study = await workbench.Studies.CreateAsync("First words", new StudyPlan { Kind = StudyKind.Runs, Models = models, Seed = 3 }, items);
        while (await workbench.Votes.NextAsync(Person.Local, study) is { } shown)
            await workbench.Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(shown.Left.Length < shown.Right.Length ? Judgement.A : shown.Left.Length > shown.Right.Length ? Judgement.B : Judgement.Tie) { Spent = TimeSpan.FromSeconds(4) });
    }

    /// <summary>A picture of the whole page, and what a program can judge of it.</summary>
    static async Task LookAsync(ChatScreen screen, string name)
    {
        await AccessibilityTests.CheckAsync(screen.Page, name);
        await LookTests.AssertReadableAsync(screen, name);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Fixtures.Repository, "artifacts", "screenshots", name + ".png"), FullPage = true });
    }

    static void WriteSet(string folder, int copies = 1)
    {
        Directory.CreateDirectory(folder);
        (string Id, string Question, string Answer, string Tag)[] samples =
        [
            ("hello", "Hello!", "Hello! What can I do for you?", "greeting"), ("thanks", "Thank you.", "You are welcome.", "greeting"), ("day", "Which day comes after Monday?", "Tuesday", "fact"),
            ("sum", "What is 2 + 3?", "5", "fact"), ("colour", "What colour is a ripe banana?", "Yellow.", "fact"), ("你好", "你好", "你好！有什么可以帮你？", "greeting"),
            ("count", "Count from one to five.", "One, two, three, four, five.", "list"), ("poem", "Write a poem about the moon.", "The moon is round and white.", "list"),
        ];
        string lines = string.Concat(Enumerable.Range(0, copies).SelectMany(copy => samples.Select(sample => sample with { Id = copy == 0 ? sample.Id : $"{sample.Id} {copy}" })).Select(sample => JsonSerializer.Serialize(new
        {
            id = sample.Id, messages = new[] { new { role = "user", content = sample.Question } }, references = new[] { sample.Answer }, tags = new[] { sample.Tag },
        }) + "\n"));
        File.WriteAllText(Path.Combine(folder, "samples.jsonl"), lines);
        File.WriteAllText(Path.Combine(folder, EvalSet.FileName), JsonSerializer.Serialize(new
        {
            id = Set, version = 1, language = "zh,en", source = "written for this project", licence = "CC0-1.0", task = "chat", metrics = new[] { "chrf", "did-not-stop", "length-ratio" },
            generation = new { temperature = 0 }, axes = new { max_target_length = new[] { 8, 48 } }, samples = "samples.jsonl", sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))),
        }));
    }
}

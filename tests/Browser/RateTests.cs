using System.Diagnostics;
using Juxta.Eval.Suites;
using Juxta.Workbench;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What an annotator does on the Rate page.</summary>
public sealed class RateTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Names, paths and hashes that nobody may meet before the vote.</summary>
    static readonly string[] Secrets = ["secret-base-7b", "secret-tuned-v3", "set-of-secrets", "/secret/path", "0123456789abcdef0123456789abcdef"];

    static readonly StudyPlan Plan = new()
    {
        Kind = StudyKind.Runs, Models = [Secrets[0], Secrets[1]], Seed = 5, Criteria = ["helpful", "correct"], Strength = true, Reason = ReasonRule.Optional, Overlap = 2,
    };

    static Task<Guid> StudyAsync(Site site, StudyPlan? plan = null, int items = 6) => site.Services.GetRequiredService<JuxtaWorkbench>().Studies.CreateAsync("Helpful answers", plan ?? Plan, [.. Enumerable.Range(0, items).Select(Item)]);

    static StudyItem Item(int i) => new($"{Secrets[4]}-{i}",
        [new(EvalMessage.System, "You answer shortly."), new(EvalMessage.User, $"Hello number {i}"), new(EvalMessage.Assistant, "Hello! *How* can I help?"), new(EvalMessage.User, $"Name {i + 2} things that are red, please, and say why.")],
        [
            new($"Of course, here are **{i + 2} red things**:\n\n- an apple\n- a fire engine\n- a rose\n\nThey reflect red light.", "eos:2"),
            new($"An apple, a fire engine and a rose are red, because they reflect red light and take in the rest. That makes {i + 2}.", "length"),
        ])
    { Suite = Secrets[2], Language = "en", Tags = [Secrets[3]] };

    static VoteLog Votes(Site site) => site.Services.GetRequiredService<JuxtaWorkbench>().Votes;

    static async Task<IReadOnlyList<VoteEntry>> StandingAsync(Site site, Guid study) => VoteEntry.Standing(await Votes(site).EventsAsync(study));

    static ILocator Side(IPage page, string letter) => page.GetByRole(AriaRole.Region, new() { Name = "Answer " + letter });

    static ILocator Mine(IPage page, int votes) => page.Locator(".rate-progress span", new() { HasText = $"{votes} vote{(votes == 1 ? "" : "s")} of yours" });

    [Fact]
    public async Task A_whole_session_by_keyboard()
    {
        await using Site site = await Site.StartAsync();
        Guid study = await StudyAsync(site);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/rate");
        IPage page = screen.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Helpful answers" }).PressAsync("Enter");
        await Side(page, "A").WaitForAsync();
        string first = await Side(page, "A").InnerTextAsync();

        // Criteria, strength and a reason, then the verdict.
        await page.Keyboard.PressAsync("1");
        await Assertions.Expect(page.Locator("input[name=criterion-1]").First).ToBeCheckedAsync();
        await page.Keyboard.PressAsync("2");
        await page.Keyboard.PressAsync("2");
        await Assertions.Expect(page.Locator("input[name=criterion-2]").Last).ToBeCheckedAsync();
        await page.Keyboard.PressAsync("d");
        await page.Keyboard.PressAsync("w");
        await page.Keyboard.TypeAsync("a list is easier to read");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("v");
        await Assertions.Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Plain" })).ToBeCheckedAsync();
        await page.Keyboard.PressAsync("v");
        await Assertions.Expect(page.Locator("mark").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("v");
        await page.Keyboard.PressAsync("a");
        await Mine(page, 1).WaitForAsync();
        VoteEntry vote = Assert.Single(await StandingAsync(site, study));
        Assert.Equal((Judgement.A, 1, "a list is easier to read"), (vote.Ballot!.Verdict, vote.Ballot.Strength, vote.Ballot.Reason));
        Assert.Equal((Judgement.A, Judgement.B), (vote.Ballot.Criteria["helpful"], vote.Ballot.Criteria["correct"]));
        Assert.InRange(vote.Ballot.Spent, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2));
        Assert.InRange((vote.At - vote.Ballot.SentAt!.Value).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));

        // Undo brings the same pair back, with what was filled in.
        await page.Keyboard.PressAsync("u");
        await Mine(page, 0).WaitForAsync();
        Assert.Equal(first, await Side(page, "A").InnerTextAsync());
        await Assertions.Expect(page.Locator(".reason textarea")).ToHaveValueAsync("a list is easier to read");
        int votes = 0;
        foreach (string key in (string[])["b", "t", "n"])
        {
            await page.Keyboard.PressAsync(key);
            await Mine(page, ++votes).WaitForAsync();
        }

        // An earlier vote is corrected from the list.
        await page.Keyboard.PressAsync("h");
        await page.GetByRole(AriaRole.Button, new() { Name = "Correct this vote" }).Nth(1).PressAsync("Enter");
        await page.GetByText("You said: Tie").WaitForAsync();
        await page.Keyboard.PressAsync("a");
        await page.GetByText("You said").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal([Judgement.B, Judgement.BothBad, Judgement.A], (await StandingAsync(site, study)).Select(one => one.Ballot!.Verdict));

        foreach (string key in (string[])["a", "b", "a"])
        {
            await page.Keyboard.PressAsync(key);
            if (++votes < 6) await Mine(page, votes).WaitForAsync();
        }
        await page.GetByText("Nothing is left for you here").WaitForAsync();
        Assert.Equal(6, (await StandingAsync(site, study)).Count);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task A_reload_and_a_restart_in_the_middle_lose_nothing_and_keep_the_sides()
    {
        await using Site site = await Site.StartAsync();
        Guid study = await StudyAsync(site);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/rate/{study}");
        IPage page = screen.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "A is better" }).ClickAsync();
        await Mine(page, 1).WaitForAsync();
        string left = await Side(page, "A").InnerTextAsync(), right = await Side(page, "B").InnerTextAsync();
        var reading = Stopwatch.StartNew();
        await page.Keyboard.PressAsync("1");
        await Assertions.Expect(page.Locator("input[name=criterion-1]").First).ToBeCheckedAsync();
        await page.Locator(".reason textarea").FillAsync("half a rea");
        await page.WaitForTimeoutAsync(500);
        TimeSpan read = reading.Elapsed;
        await page.ReloadAsync();
        await screen.ReadyAsync();
        await SameAsync();
        await site.RestartAsync();
        await page.ReloadAsync();
        await screen.ReadyAsync();
        await SameAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "B is better" }).ClickAsync();
        await Mine(page, 2).WaitForAsync();
        Ballot second = (await StandingAsync(site, study))[1].Ballot!;
        Assert.Equal("half a rea", second.Reason);
        Assert.True(second.Spent >= read, $"{read} were read before the reload, and the vote says {second.Spent}");

        async Task SameAsync()
        {
            await Side(page, "A").WaitForAsync();
            Assert.Equal((left, right), (await Side(page, "A").InnerTextAsync(), await Side(page, "B").InnerTextAsync()));
            await Assertions.Expect(page.Locator("input[name=criterion-1]").First).ToBeCheckedAsync();
            await Assertions.Expect(page.Locator(".reason textarea")).ToHaveValueAsync("half a rea");
        }
    }

    [Fact]
    public async Task A_verdict_that_is_pressed_before_the_page_is_live_counts_once_it_is()
    {
        await using Site site = await Site.StartAsync();
        Guid study = await StudyAsync(site);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        IPage page = await profile.NewPageAsync();
        var early = new TaskCompletionSource();
        // The page is there, and its live connection is not yet.
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await early.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync($"/rate/{study}");
        await page.Locator("[data-interactive=no] [data-showing]").WaitForAsync();
        await page.Keyboard.PressAsync("a");
        await page.Keyboard.PressAsync("b");
        await page.Locator(".verdict.b.held").WaitForAsync();
        Assert.Empty(await StandingAsync(site, study));
        early.SetResult();
        await Mine(page, 1).WaitForAsync();
        Assert.Equal(Judgement.B, Assert.Single(await StandingAsync(site, study)).Ballot!.Verdict);
        await Assertions.Expect(page.Locator(".verdict.held")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Nothing_that_the_browser_received_before_the_votes_names_a_model_a_set_a_path_or_a_hash()
    {
        await using Site site = await Site.StartAsync();
        Guid study = await StudyAsync(site);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        var received = Received.By(profile);
        IPage page = await profile.NewPageAsync();
        await page.GotoAsync($"/rate/{study}");
        await page.Locator("[data-interactive=yes]").WaitForAsync();
        for (int votes = 1; votes <= 3; votes++)
        {
            await Side(page, "A").WaitForAsync();
            await page.Keyboard.PressAsync("a");
            await Mine(page, votes).WaitForAsync();
        }
        await page.Keyboard.PressAsync("h");
        await page.Locator("#history-title").WaitForAsync();
        // What was watched is what matters: the answers are in it.
        Assert.True(await received.HasAsync("fire engine") && received.Frames > 10, $"{received.Frames} frames");
        string dom = await page.ContentAsync();
        JuxtaWorkbench workbench = site.Services.GetRequiredService<JuxtaWorkbench>();
        IReadOnlyList<VoteEntry> events = await Votes(site).EventsAsync(study);
        string[] never = [.. Secrets, site.DataFolder, .. events.SelectMany(vote => (string[])[vote.Shown.Left, vote.Shown.Right, vote.Shown.Conversation]), "eos:2", "ShowingKind", .. workbench.Models.Models.Select(model => model.Id).Where(id => id.Length > 5)];
        foreach (string secret in never) Assert.False(await received.HasAsync(secret) || dom.Contains(secret, StringComparison.Ordinal), $"the browser received '{secret}'");
    }

    [Fact]
    public async Task Thirty_seconds_offline_lose_no_vote_and_double_none()
    {
        await using Site site = await Site.StartAsync();
        await using var cut = new Line(site.Address);
        await using var hushed = new Line(site.Address);
        var sessions = new List<(Guid Study, ChatScreen Screen)>();
        foreach (Line line in (Line[])[cut, hushed])
        {
            Guid study = await StudyAsync(site, items: 4);
            ChatScreen screen = await ChatScreen.OpenAsync(await chromium.ProfileAsync(line.Address), $"/rate/{study}");
            await Side(screen.Page, "A").WaitForAsync();
            await screen.Page.Keyboard.PressAsync("b");
            await Mine(screen.Page, 1).WaitForAsync();
            await screen.Page.Locator(".reason textarea").FillAsync("half a rea");
            await screen.Page.GetByRole(AriaRole.Heading, new() { Name = "Helpful answers" }).ClickAsync();
            await screen.Page.EvaluateAsync("window.sameDocument = true");
            sessions.Add((study, screen));
        }

        cut.Cut();
        hushed.Hush();
        // A verdict that is pressed while nothing can be sent.
        foreach ((_, ChatScreen screen) in sessions) await screen.Page.Keyboard.PressAsync("a");
        await Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        cut.Mend();
        hushed.Mend();

        foreach ((Guid study, ChatScreen screen) in sessions)
        {
            IPage page = screen.Page;
            await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync(new() { Timeout = 60_000 });
            // The verdict arrived or it did not: the page says which, and it is the truth.
            await page.WaitForFunctionAsync("() => /[12] votes? of yours/.test(document.querySelector('.rate-progress')?.innerText)");
            Assert.True(await page.EvaluateAsync<bool>("window.sameDocument === true"), "the page was loaded again instead of reconnected");
            int votes = (await StandingAsync(site, study)).Count;
            await Mine(page, votes).WaitForAsync();
            if (votes == 1) await Assertions.Expect(page.Locator(".reason textarea")).ToHaveValueAsync("half a rea");
            while (votes < 4)
            {
                await page.Keyboard.PressAsync("a");
                if (++votes < 4) await Mine(page, votes).WaitForAsync();
            }
            await page.GetByText("Nothing is left for you here").WaitForAsync();
            IReadOnlyList<VoteEntry> events = await Votes(site).EventsAsync(study);
            Assert.Equal(4, events.Count);
            Assert.Equal(4, events.Select(vote => vote.Item).Distinct().Count());
            Assert.Equal("half a rea", events[1].Ballot!.Reason);
            await page.Context.DisposeAsync();
        }
    }

    [Fact]
    public async Task Live_answers_come_together_and_the_names_after_the_vote()
    {
        await using Site site = await Site.StartAsync();
        JuxtaWorkbench workbench = site.Services.GetRequiredService<JuxtaWorkbench>();
        Guid study = await workbench.Studies.CreateAsync("Live", new StudyPlan
        {
            Kind = StudyKind.Live, Models = ["plain model", "adapted model"], Choices = [new(Site.Model, []), new(Site.Model, [new("lora-toy-chat")])],
            Settings = new() { MaxTokens = 40, Seed = 1 }, Seed = 2, Reveal = true, Reason = ReasonRule.None,
        }, []);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/rate/{study}");
        IPage page = screen.Page;
        await page.GetByLabel("Your question").FillAsync("Once upon a time");
        await page.Keyboard.PressAsync("Enter");
        await Side(page, "B").WaitForAsync();
        Assert.NotEqual("", (await Side(page, "A").InnerTextAsync()).Trim());
        Assert.DoesNotContain("plain model", await page.ContentAsync(), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("b");
        await page.GetByText("In the last pair A was").WaitForAsync();
        Assert.Contains("plain model", await page.Locator(".revealed").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Single(await StandingAsync(site, study));

        // The conversation goes on from the better answer, and both see it.
        string better = await page.Locator(".asked-turn.assistant").InnerTextAsync();
        await Assertions.Expect(page.GetByLabel("Your next message")).ToHaveValueAsync(""); // what was asked is no draft any more
        await page.GetByLabel("Your next message").FillAsync("One day");
        await page.Keyboard.PressAsync("Enter");
        await Side(page, "B").WaitForAsync();
        Assert.Equal(better, await page.Locator(".asked-turn.assistant").InnerTextAsync());
        Assert.Equal(3, await page.Locator(".asked-turn").CountAsync());
        await page.Keyboard.PressAsync("a");
        await page.GetByLabel("Your next message").WaitForAsync();
        Assert.Equal(4, await page.Locator(".asked-turn").CountAsync());
        await page.ReloadAsync();
        await screen.ReadyAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
        await page.GetByLabel("Your question").WaitForAsync();
        await Assertions.Expect(page.Locator(".asked-turn")).ToHaveCountAsync(0);
        Assert.Empty(screen.Complaints);
    }

    [Theory]
    [InlineData("wide-light", 1360, 860, ColorScheme.Light)]
    [InlineData("wide-dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("narrow-light", 360, 740, ColorScheme.Light)]
    [InlineData("narrow-dark", 360, 740, ColorScheme.Dark)]
    public async Task It_can_be_read_and_axe_finds_nothing_wrong(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        Guid study = await StudyAsync(site);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/rate");
        await screen.PictureAsync($"rate-{name}-studies");
        await AccessibilityTests.CheckAsync(screen.Page, name + ", studies");
        screen = await ChatScreen.OpenAsync(profile, $"/rate/{study}");
        await Side(screen.Page, "A").WaitForAsync();
        await screen.PictureAsync($"rate-{name}");
        await LookTests.AssertReadableAsync(screen, name);
        await AccessibilityTests.CheckAsync(screen.Page, name + ", pair");
        await screen.Page.GetByRole(AriaRole.Radio, new() { Name = "Diff" }).CheckAsync();
        await screen.PictureAsync($"rate-{name}-diff");
        await LookTests.AssertReadableAsync(screen, name + " diff");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "A is better" }).ClickAsync();
        await Mine(screen.Page, 1).WaitForAsync();
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Your votes", Exact = true }).ClickAsync();
        await screen.Page.Locator("#history-title").WaitForAsync();
        await AccessibilityTests.CheckAsync(screen.Page, name + ", votes");
        await screen.PictureAsync($"rate-{name}-votes");
        Assert.Empty(screen.Complaints);
    }
}

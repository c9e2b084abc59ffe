using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Juxta.Eval.Suites;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Runs;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What leads and administrators do: a study from finished runs, its results, and annotators who join.</summary>
public sealed partial class StudyTests(Chromium chromium) : IClassFixture<Chromium>
{
    const string Password = "correct horse battery";

    static JuxtaWorkbench Workbench(Site site) => site.Services.GetRequiredService<JuxtaWorkbench>();

    [Fact]
    public async Task A_study_of_finished_runs_is_made_rated_and_read_on_the_leaderboard()
    {
        await using Site site = await Site.StartAsync();
        await RunAsync(site);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/studies");
        IPage page = screen.Page;
        await page.GetByLabel("Title, which annotators read").FillAsync("Stories");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the study" }).ClickAsync();
        await page.GetByText("choose them").WaitForAsync();
        await page.GetByLabel("stories 1: stories260k", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("stories 1: stories260k+lora-toy-chat").CheckAsync();
        await page.GetByLabel("Criteria, apart by commas").FillAsync("fluent, on the subject");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the study" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(StudyAddress());
        await page.Locator("main .buttons").GetByRole(AriaRole.Link, new() { Name = "Rate", Exact = true }).ClickAsync();
        for (int votes = 1; votes <= 4; votes++)
        {
            await page.Locator(".side").First.WaitForAsync();
            await page.Keyboard.PressAsync(votes % 2 == 0 ? "a" : "b");
            if (votes < 4) await page.Locator(".rate-progress", new() { HasText = $"{votes} of 4" }).WaitForAsync();
        }
        await page.GetByText("Nothing is left for you here").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Leaderboard" }).ClickAsync();
        await page.Locator("[data-votes='4']").WaitForAsync();
        await Assertions.Expect(page.Locator(".ratings tbody tr")).ToHaveCountAsync(2);
        await page.GetByLabel("Eval set").SelectOptionAsync("stories");
        await page.GetByLabel("Tag").SelectOptionAsync("begin");
        await page.Locator("[data-votes='2']").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Rate", Exact = true }).ClickAsync();
        await page.GetByText("all is judged · 4 votes of yours").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Studies", Exact = true }).ClickAsync();
        await page.Locator("a[href^='studies/']", new() { HasText = "Stories" }).ClickAsync(); // the page before has a link of that name, too, to rate it
        await screen.Button("End the study").ClickAsync();
        await screen.Button("Cancel").ClickAsync();
        await screen.Button("End the study").ClickAsync();
        await screen.Button("End it").ClickAsync();
        await page.GetByText("ended 20").WaitForAsync();
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Two_annotators_join_judge_the_same_items_and_never_see_each_other_s_votes()
    {
        await using Site site = await Site.StartAsync(shared: true);
        JuxtaWorkbench workbench = Workbench(site);
        Guid study = await workbench.Studies.CreateAsync("Helpful answers", new StudyPlan { Kind = StudyKind.Runs, Models = ["hidden-one", "hidden-two"], Overlap = 2, Seed = 4 }, [.. Enumerable.Range(0, 3).Select(Pair)]);
        await using IBrowserContext admin = await chromium.ProfileAsync(site.Address);
        ChatScreen office = await ChatScreen.OpenAsync(admin, $"/join/{await workbench.People.InviteAsync(Role.Admin)}");
        await JoinAsync(office.Page, "Root");
        await office.Page.GotoAsync("/people");
        await office.ReadyAsync();
        var pages = new List<IPage>();
        var received = new List<Received>();
        foreach (string name in (string[])["Ann", "Bob"])
        {
            await office.Page.GetByLabel("to", new() { Exact = true }).SelectOptionAsync(study.ToString());
            await office.Page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
            string link = await office.Page.Locator(".people .link").InnerTextAsync();
            // Leaves this code: the next link must be another one.
            await office.Page.ReloadAsync();
            await office.ReadyAsync();
            IBrowserContext profile = await chromium.ProfileAsync(site.Address);
            received.Add(Received.By(profile));
            ChatScreen screen = await ChatScreen.OpenAsync(profile, new Uri(link).PathAndQuery);
            await JoinAsync(screen.Page, name);
            await screen.Page.GetByRole(AriaRole.Link, new() { Name = "Helpful answers" }).ClickAsync();
            await screen.Page.Locator(".side").First.WaitForAsync();
            // The only page there is for an annotator.
            Assert.Equal(["Rate"], await screen.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link).AllInnerTextsAsync());
            pages.Add(screen.Page);
        }
        await pages[0].GetByLabel("Reason").FillAsync("annsreason");
        foreach ((IPage page, string key) in pages.Zip((string[])["a", "b"]))
        {
            for (int votes = 1; votes <= 3; votes++)
            {
                await page.GetByRole(AriaRole.Heading, new() { Name = "Helpful answers" }).ClickAsync();
                await page.Keyboard.PressAsync(key);
                await page.Locator(".rate-progress", new() { HasText = $"{votes} vote" }).WaitForAsync();
            }
        }
        Assert.True(await received[0].HasAsync("annsreason"));
        Assert.True(await received[1].HasAsync("fire engine"));
        foreach (string secret in (string[])["annsreason", "Ann", "hidden-one", "hidden-two", "red-things"]) Assert.False(await received[1].HasAsync(secret), $"Bob's browser received '{secret}'");
        IReadOnlyList<JudgedVote> all = await workbench.Results.VotesAsync(study);
        Assert.Equal(["Ann", "Ann", "Ann", "Bob", "Bob", "Bob"], all.Select(vote => vote.Annotator).Order());
        Assert.Equal(3, StudyQuality.Of(all).Agreement!.Items);

        await office.Page.GotoAsync($"/studies/{study}");
        await office.ReadyAsync();
        await office.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("^Ann") }).WaitForAsync();
        Person late = await workbench.People.JoinAsync(await workbench.People.InviteAsync(Role.Annotator), "Cid", _ => "none");
        await office.Page.ReloadAsync();
        await office.ReadyAsync();
        await office.Page.GetByLabel("Assign").SelectOptionAsync(late.Id.ToString());
        await office.Page.GetByText("Assigned and without a vote: Cid").WaitForAsync();
        Assert.Contains(late.Id, (await workbench.Studies.ListAsync()).Single().Members);
        // In the live connection a page opens without a request: there the guard of the pages stands.
        await pages[0].EvaluateAsync($"Blazor.navigateTo('rate/{study}/settle')");
        await pages[0].GetByText("This page is for leads").WaitForAsync();
        foreach (IPage page in pages) await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task A_lead_settles_what_annotators_differ_on_by_keyboard_and_takes_the_votes_along_and_back_in()
    {
        await using Site site = await Site.StartAsync();
        JuxtaWorkbench workbench = Workbench(site);
        Guid study = await workbench.Studies.CreateAsync("Helpful answers", new StudyPlan { Kind = StudyKind.Runs, Models = ["hidden-one", "hidden-two"], Overlap = 2, Seed = 4, AdjudicatorDecides = true },
            [.. Enumerable.Range(0, 2).Select(Pair)]);
        foreach (string name in (string[])["Ann", "Bob"])
        {
            Person person = await workbench.People.JoinAsync(await workbench.People.InviteAsync(Role.Annotator, study), name, _ => "none");
            while (await workbench.Votes.NextAsync(person, study) is { } pair)
                await workbench.Votes.CastAsync(person, pair.Showing, Guid.NewGuid(), new Ballot(pair.Left.Contains("apple", StringComparison.Ordinal) == (name == "Ann") ? Judgement.A : Judgement.B) { Reason = $"{name} thinks so" });
        }
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/studies/{study}");
        IPage page = screen.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Settle them" }).ClickAsync();
        await page.Locator(".opinions", new() { HasText = "Ann thinks so" }).WaitForAsync();
        Assert.DoesNotContain("hidden-", await page.ContentAsync(), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("t");
        await page.GetByText("1 of 2 settled").WaitForAsync();
        await page.Keyboard.PressAsync("u");
        await page.GetByText("0 of 2 settled").WaitForAsync();
        foreach (string settled in (string[])["1 of 2 settled", "2 of 2 settled"])
        {
            bool apple = (await page.GetByRole(AriaRole.Region, new() { Name = "Answer A" }).InnerTextAsync()).Contains("apple", StringComparison.Ordinal);
            await page.Keyboard.PressAsync(apple ? "a" : "b");
            await page.GetByText(settled).WaitForAsync();
        }
        await page.GetByText("Nothing is left to settle").WaitForAsync();
        Leaderboard board = Leaderboard.Of(await workbench.Results.VotesAsync(study));
        Assert.Equal(("hidden-one", 2, 0), (board.Rows[0].Model, board.Rows[0].Record.Wins, board.Rows[0].Record.Losses));

        await page.GotoAsync($"/studies/{study}");
        await screen.ReadyAsync();
        await page.Locator(".vote-export select").First.SelectOptionAsync("trl-dpo");
        await page.GetByText("can no longer be judged by these sets").WaitForAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Download" })).ToBeDisabledAsync();
        await page.GetByLabel("Export held-out samples").CheckAsync();
        string pairs = await DownloadAsync();
        Assert.Equal(2, (await File.ReadAllLinesAsync(pairs, TestContext.Current.CancellationToken)).Length);
        await page.Locator(".vote-export select").First.SelectOptionAsync("events");
        string events = await DownloadAsync();

        await page.GotoAsync("/studies");
        await screen.ReadyAsync();
        await page.GetByLabel("Title of the study").FillAsync("Brought back");
        await page.Locator("#import-file").SetInputFilesAsync(events);
        await page.GetByRole(AriaRole.Button, new() { Name = "Bring them in" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Brought back" }).WaitForAsync();
        await page.GetByRole(AriaRole.Row, new() { NameRegex = new("Ann \\(imported\\)") }).WaitForAsync();
        Assert.Empty(screen.Complaints);

        async Task<string> DownloadAsync()
        {
            IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync());
            string path = Path.Combine(site.DataFolder, download.SuggestedFilename);
            await download.SaveAsAsync(path);
            return path;
        }
    }

    [Fact]
    public async Task A_forgotten_password_is_chosen_anew_on_a_phone_and_the_old_session_ends()
    {
        await using Site site = await Site.StartAsync(shared: true);
        JuxtaWorkbench workbench = Workbench(site);
        await using IBrowserContext admin = await chromium.ProfileAsync(site.Address), desk = await chromium.ProfileAsync(site.Address), phone = await chromium.ProfileAsync(site.Address, 360, 740, touch: true);
        ChatScreen office = await ChatScreen.OpenAsync(admin, $"/join/{await workbench.People.InviteAsync(Role.Admin)}");
        await JoinAsync(office.Page, "Root");
        ChatScreen old = await ChatScreen.OpenAsync(desk, $"/join/{await workbench.People.InviteAsync(Role.Annotator)}");
        await JoinAsync(old.Page, "Ann");

        await office.Page.GotoAsync("/people");
        await office.ReadyAsync();
        await office.Button("New password for Ann").ClickAsync();
        await office.Page.GetByText("With it Ann chooses a new password").WaitForAsync();
        string link = await office.Page.Locator(".people .link").InnerTextAsync();
        await office.Page.Locator(".resets summary").ClickAsync();
        await office.Page.GetByText("Root made one for Ann, open until").WaitForAsync();
        await office.PictureAsync("people-reset");
        await AccessibilityTests.CheckAsync(office.Page, "people, with a link");

        ChatScreen screen = await ChatScreen.OpenAsync(phone, new Uri(link).PathAndQuery);
        await Assertions.Expect(screen.Page.GetByLabel("Name")).ToHaveValueAsync("Ann");
        await screen.PictureAsync("reset-narrow");
        await LookTests.AssertReadableAsync(screen, "reset");
        await AccessibilityTests.CheckAsync(screen.Page, "reset");
        await screen.Page.GetByLabel("New password, 10").FillAsync("another horse altogether");
        await screen.Page.GetByLabel("The same password").FillAsync("another horse altogether");
        await screen.Button("Take this password").ClickAsync();
        await Assertions.Expect(screen.Page).ToHaveURLAsync(new Uri(site.Address, "/rate").ToString());

        // The page that was signed in with the old password does no further step, and neither does the link.
        await old.Page.EvaluateAsync("Blazor.navigateTo('rate')");
        await old.Page.ReloadAsync();
        await Assertions.Expect(old.Page).ToHaveURLAsync(SignIn());
        await old.Page.GotoAsync(link);
        await old.Page.GetByText("This link was used").WaitForAsync();
        await AccessibilityTests.CheckAsync(old.Page, "a used link");
        await office.Button("Shut out Ann").ClickAsync();
        await office.Button("Cancel").ClickAsync();
        await office.Button("Shut out Ann").ClickAsync();
        await office.Button("Yes, shut out Ann").ClickAsync();
        await Assertions.Expect(office.Page.Locator(".people tbody tr")).ToHaveCountAsync(1);
        Assert.Equal("Root", Assert.Single(await workbench.People.ListAsync()).Name);
        Assert.Empty(office.Complaints);
        Assert.Empty(screen.Complaints);
    }

    [Theory]
    [InlineData("wide-light", 1360, 860, ColorScheme.Light)]
    [InlineData("wide-dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("narrow-light", 360, 740, ColorScheme.Light)]
    [InlineData("narrow-dark", 360, 740, ColorScheme.Dark)]
    public async Task They_can_be_read_and_axe_finds_nothing_wrong(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync(shared: true);
        JuxtaWorkbench workbench = Workbench(site);
        Guid study = await workbench.Studies.CreateAsync("Helpful answers",
            new StudyPlan { Kind = StudyKind.Runs, Models = ["base", "tuned on chat", "tuned on stories"], Overlap = 2, Seed = 4, GoldEvery = 6, RepeatEvery = 7 }, [.. Enumerable.Range(0, 8).Select(Item), Item(8) with { Gold = true }]);
        foreach (string annotator in (string[])["Ann", "Bob"]) await VoteAsync(workbench, study, annotator);
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/join/{await workbench.People.InviteAsync(Role.Admin)}");
        await LookAsync("join");
        await JoinAsync(screen.Page, "Root");
        foreach ((string path, string picture, string there) in new[]
        {
            ("/leaderboard", "leaderboard", ".ratings tbody tr"), ("/studies", "studies", ".maker"), ($"/studies/{study}", "study", ".disagreement"), ($"/rate/{study}/settle", "settle", ".opinions"), ("/people", "people", ".people tbody tr"), ("/sign-in", "sign-in", "#password"),
        })
        {
            await screen.Page.GotoAsync(path);
            await screen.ReadyAsync();
            await screen.Page.Locator(there).First.WaitForAsync();
            await LookAsync(picture);
        }
        Assert.Empty(screen.Complaints);

        async Task LookAsync(string picture)
        {
            await screen.PictureAsync($"{picture}-{name}");
            await LookTests.AssertReadableAsync(screen, $"{picture} {name}");
            await AccessibilityTests.CheckAsync(screen.Page, $"{picture} {name}");
        }
    }

    static StudyItem Item(int i) => new($"s{i}", [new(EvalMessage.User, $"Name {i + 2} things that are red.")],
        [new($"An apple and a rose, {i}.", "eos:2"), new($"A fire engine, a cherry and a tomato, {i}.", "eos:2"), new($"Once upon a time there was a red ball, {i}.", "eos:2")]) { Suite = "red-things", Language = "en", Tags = [i % 2 == 0 ? "even" : "odd"] };

    /// <summary>Of two models.</summary>
    static StudyItem Pair(int i) => Item(i) with { Answers = [.. Item(i).Answers.Take(2)] };

    /// <summary>Judges everything: mostly for the longer answer.</summary>
    static async Task VoteAsync(JuxtaWorkbench workbench, Guid study, string name)
    {
        Person person = await workbench.People.JoinAsync(await workbench.People.InviteAsync(Role.Annotator, study), name, _ => "none");
        for (int i = name.Length; await workbench.Votes.NextAsync(person, study) is { } pair; i++)
        {
            Judgement verdict = i % 7 == 0 ? Judgement.Tie : pair.Left.Length > pair.Right.Length != (i % (name == "Ann" ? 4 : 5) == 0) ? Judgement.A : Judgement.B;
            await workbench.Votes.CastAsync(person, pair.Showing, Guid.NewGuid(), new Ballot(verdict) { Reason = i % 3 == 0 ? "it names more" : null, Spent = TimeSpan.FromSeconds(3 + i) });
        }
    }

    static async Task JoinAsync(IPage page, string name)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password, 10").FillAsync(Password);
        await page.GetByLabel("The same password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await Assertions.Expect(page).Not.ToHaveURLAsync(WayIn());
        await page.Locator("[data-interactive=yes]").WaitForAsync();
    }

    /// <summary>stories260k and its adapter answer four beginnings.</summary>
    static async Task RunAsync(Site site)
    {
        string set = Directory.CreateDirectory(Path.Combine(site.DataFolder, "evalsets", "stories")).FullName;
        byte[] samples = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 4).Select(i =>
            $$"""{"id":"s{{i}}","messages":[{"role":"user","content":"Once upon a time there was a {{new[] { "ball", "dog", "girl", "tree" }[i]}}"}],"tags":["{{(i < 2 ? "begin" : "end")}}"]}""" + "\n")));
        await File.WriteAllBytesAsync(Path.Combine(set, "samples.jsonl"), samples);
        await File.WriteAllTextAsync(Path.Combine(set, "evalset.json"), $$"""
            {"id":"stories","version":1,"language":"en","source":"here","licence":"CC0-1.0","task":"chat","metrics":["did-not-stop"],"generation":{"temperature":0,"max_tokens":24},
             "samples":"samples.jsonl","sha256":"{{Convert.ToHexStringLower(SHA256.HashData(samples))}}"}
            """);
        Evaluations runs = Workbench(site).Evaluations;
        string job = runs.Start(new RunRequest("job", [new(Site.Model, []), new(Site.Model, [new("lora-toy-chat")])], ["stories"]));
        while (runs.Get(job).Status is RunStatus.Running) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(runs.Get(job).Status is RunStatus.Complete, runs.Get(job).Error);
    }

    [GeneratedRegex("/sign-in")]
    private static partial Regex SignIn();

    [GeneratedRegex("/(join|people)/")]
    private static partial Regex WayIn();

    [GeneratedRegex("/studies/[0-9a-f-]{36}$")]
    private static partial Regex StudyAddress();
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What a person does on the Compare page, with stories260k and its adapters on the real engine.</summary>
public sealed partial class CompareTests(Chromium chromium) : IClassFixture<Chromium>
{
    const string Prompt = "Once upon a time there was a ball";

    [Fact]
    public async Task A_base_and_its_adapter_answer_side_by_side_and_the_diff_names_the_first_different_token()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();
        await screen.Page.GetByLabel("Prompt", new() { Exact = true }).WaitForAsync();
        await BaseAgainstToyChatAsync(screen);
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 60);
        await AskAsync(screen, Prompt);
        await EndedAsync(screen, 2);

        string[] texts = [await Answer(screen, "A").InnerTextAsync(), await Answer(screen, "B").InnerTextAsync()];
        Assert.NotEqual(texts[0], texts[1]);
        Assert.All(texts, text => Assert.NotEqual("", text.Trim()));
        Assert.Equal(2, await screen.Page.Locator(".cost", new() { HasTextRegex = new("tokens/s") }).CountAsync());
        await Assertions.Expect(Column(screen, "B").Locator(".by")).ToHaveTextAsync("stories260k + lora-toy-chat");
        await Assertions.Expect(screen.Page.Locator("main .remark")).ToHaveCountAsync(1);

        // The first token in which they differ is named in words and marked in the text, in both columns.
        await screen.Page.GetByRole(AriaRole.Radio, new() { Name = "Diff" }).CheckAsync();
        string remark = await Column(screen, "B").Locator(".divergence").InnerTextAsync();
        Match named = FirstDifferent().Match(remark);
        Assert.True(named.Success, remark);
        Assert.NotEqual(named.Groups["here"].Value, named.Groups["there"].Value);
        await Assertions.Expect(Column(screen, "B").Locator(".fork")).ToHaveCountAsync(1);
        await Assertions.Expect(Column(screen, "A").Locator(".fork")).ToHaveCountAsync(1);
        await Assertions.Expect(Column(screen, "B").Locator("ins").First).ToBeVisibleAsync();
        await Assertions.Expect(Column(screen, "A").Locator("del").First).ToBeVisibleAsync();
        await Assertions.Expect(Column(screen, "A").Locator(".divergence")).ToHaveCountAsync(0);
        int common = int.Parse(named.Groups["after"].Value, System.Globalization.CultureInfo.InvariantCulture);
        string[] verbatim = [await Column(screen, "A").Locator(".verbatim").TextContentAsync() ?? "", await Column(screen, "B").Locator(".verbatim").TextContentAsync() ?? ""];
        Assert.Equal(verbatim[0][..common], verbatim[1][..common]);
        Assert.NotEqual(verbatim[0], verbatim[1]);

        // The other column as reference: the same token, told from the other side.
        await screen.Page.GetByLabel("B is the reference").CheckAsync();
        await Assertions.Expect(Column(screen, "A").Locator(".divergence")).ToContainTextAsync($"Here {named.Groups["there"].Value}, in B {named.Groups["here"].Value}.");
        await Assertions.Expect(Column(screen, "B").Locator(".divergence")).ToHaveCountAsync(0);
        await screen.PictureAsync("compare-diff");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Columns_are_added_changed_and_removed_and_the_base_at_scale_0_is_token_by_token_the_same()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/compare");
        await BaseAgainstToyChatAsync(screen);
        await screen.SetAsync("Scale of lora-toy-chat in column B", "0");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Add column" }).ClickAsync();
        await screen.Page.GetByLabel("Add an adapter to column C").SelectOptionAsync("lora-toy-chat");
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 30);
        await AskAsync(screen, Prompt);
        await EndedAsync(screen, 3);
        await Assertions.Expect(Column(screen, "B").Locator(".by")).ToHaveTextAsync("stories260k + lora-toy-chat × 0");
        await Assertions.Expect(Column(screen, "B").Locator(".divergence")).ToHaveTextAsync("Token by token the same as A.");
        await Assertions.Expect(Column(screen, "C").Locator(".divergence")).ToContainTextAsync("First different token: no. ");

        await screen.Page.GetByLabel("Remove column B").ClickAsync();
        await Assertions.Expect(screen.Page.Locator(".contestant")).ToHaveCountAsync(2);
        await Assertions.Expect(screen.Page.GetByLabel("Remove column A")).ToBeDisabledAsync();
        await Assertions.Expect(Column(screen, "B").Locator(".by")).ToHaveTextAsync("stories260k + lora-toy-chat");

        // A comparison is what it was: its address shows all three again, and the list leads to it.
        await screen.Page.ReloadAsync();
        await EndedAsync(screen, 3);
        await screen.Page.GetByRole(AriaRole.Link, new() { Name = "New comparison" }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator("h1")).ToHaveTextAsync("New comparison");
        await Assertions.Expect(screen.Outcomes).ToHaveCountAsync(0);
        await screen.Page.GetByRole(AriaRole.Navigation, new() { Name = "Comparisons" }).GetByRole(AriaRole.Link, new() { Name = Prompt }).ClickAsync();
        await EndedAsync(screen, 3);
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Delete " + Prompt }).ClickAsync();
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator("h1")).ToHaveTextAsync("New comparison");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Reloading_in_mid_stream_loses_nothing_and_stop_all_stops_all()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/compare");
        foreach (string letter in (string[])["A", "B"]) await screen.Page.GetByLabel($"Model of column {letter}").SelectOptionAsync(Site.LongModel);
        // Six answers in one batch last long enough for a reload on any machine.
        for (int i = 0; i < 4; i++) await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Add column" }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator(".contestant")).ToHaveCountAsync(6);
        await screen.Page.GetByLabel("Ignore the model's own end of sequence").CheckAsync();
        await AskAsync(screen, Prompt);
        await WrittenAsync(screen, 200);
        string before = await Answer(screen, "B").InnerTextAsync();
        await screen.PictureAsync("compare-streaming");

        await screen.Page.ReloadAsync();
        await screen.ReadyAsync();
        await WrittenAsync(screen, before.Length);
        Assert.StartsWith(Flat(before)[..150], Flat(await Answer(screen, "B").InnerTextAsync()), StringComparison.Ordinal);
        await Assertions.Expect(screen.Page.GetByRole(AriaRole.Button, new() { Name = "Stop all" })).ToBeVisibleAsync();
        await screen.Page.Keyboard.PressAsync("Escape");
        await EndedAsync(screen, 6);
        Assert.Equal(6, await screen.Page.GetByText("Cancelled before the model had finished").CountAsync());
        await Assertions.Expect(screen.Page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task A_column_that_cannot_answer_says_why_beside_those_that_can()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/compare");
        await BaseAgainstToyChatAsync(screen);
        await screen.Page.GetByLabel("Model of column B").SelectOptionAsync(Site.LongModel);
        await screen.SetAsync("Max tokens", "5");
        await AskAsync(screen, string.Join(' ', Enumerable.Repeat("a very long tale", 400)));
        await EndedAsync(screen, 1);
        await Assertions.Expect(Column(screen, "A").Locator(".failed")).ToContainTextAsync("512");
        await Assertions.Expect(Column(screen, "B").Locator("[data-outcome]")).ToContainTextAsync("Cut at 5 tokens");

        await screen.Page.GotoAsync("/compare/00000000-0000-0000-0000-000000000001");
        await Assertions.Expect(screen.Page.Locator(".notice")).ToContainTextAsync("Not found");
        Assert.Empty(screen.Complaints);
    }

    [Theory]
    [InlineData("wide-light", 1360, 860, ColorScheme.Light)]
    [InlineData("wide-dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("narrow-light", 360, 740, ColorScheme.Light)]
    [InlineData("narrow-dark", 360, 740, ColorScheme.Dark)]
    public async Task Everything_can_be_read_reached_and_named(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/compare");
        await BaseAgainstToyChatAsync(screen);
        await LookTests.AssertReadableAsync(screen, name + " empty");
        await screen.PictureAsync($"compare-{name}-empty");
        ILocator settings = screen.Page.GetByRole(AriaRole.Button, new() { Name = "Settings", Exact = true });
        bool narrow = await settings.IsVisibleAsync();
        if (narrow) await settings.ClickAsync();
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 90);
        if (narrow)
        {
            await LookTests.AssertReadableAsync(screen, name + " settings");
            await screen.PictureAsync($"compare-{name}-settings");
            await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Close settings" }).ClickAsync();
        }
        await AskAsync(screen, "Once upon a time there was a girl who had a red ball");
        await EndedAsync(screen, 2);
        await LookTests.AssertReadableAsync(screen, name);
        await screen.Page.GetByRole(AriaRole.Radio, new() { Name = "Diff" }).CheckAsync();
        await Assertions.Expect(screen.Page.Locator("[data-diff]")).ToHaveCountAsync(2);
        await LookTests.AssertReadableAsync(screen, name + " diff");
        await screen.PictureAsync($"compare-{name}");
        if (narrow)
        {
            // The second column is a swipe away.
            await Column(screen, "B").ScrollIntoViewIfNeededAsync();
            await screen.PictureAsync($"compare-{name}-second");
        }
        Assert.Empty(screen.Complaints);
    }

    static ILocator Column(ChatScreen screen, string letter) => screen.Page.GetByRole(AriaRole.Region, new() { Name = "Column " + letter });

    static ILocator Answer(ChatScreen screen, string letter) => Column(screen, letter).Locator(".markdown");

    /// <summary>Column A is the base alone, column B the base with the adapter.</summary>
    static async Task BaseAgainstToyChatAsync(ChatScreen screen)
    {
        await screen.Page.GetByLabel("Model of column A").SelectOptionAsync(Site.Model);
        ILocator inB = Column(screen, "B").GetByRole(AriaRole.Button, new() { NameRegex = new("^Take ") });
        while (await inB.CountAsync() > 0)
        {
            int before = await inB.CountAsync();
            await inB.First.ClickAsync();
            await Assertions.Expect(inB).ToHaveCountAsync(before - 1);
        }
        await screen.Page.GetByLabel("Add an adapter to column B").SelectOptionAsync("lora-toy-chat");
        await Assertions.Expect(screen.Page.GetByLabel("Scale of lora-toy-chat in column B")).ToHaveValueAsync("1");
    }

    static async Task AskAsync(ChatScreen screen, string prompt)
    {
        ILocator box = screen.Page.GetByLabel("Prompt", new() { Exact = true });
        await box.FillAsync(prompt);
        await box.PressAsync("Enter");
        await Assertions.Expect(screen.Page).ToHaveURLAsync(Address());
    }

    static Task EndedAsync(ChatScreen screen, int answers) => Assertions.Expect(screen.Outcomes).ToHaveCountAsync(answers, new() { Timeout = 30_000 });

    /// <summary>Waits until all six answers have so many characters.</summary>
    static async Task WrittenAsync(ChatScreen screen, int characters) => await screen.Page.WaitForFunctionAsync(
        "n => [...document.querySelectorAll('.message.live .markdown')].filter(text => text.innerText.length >= n).length === 6", characters);

    static string Flat(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    [GeneratedRegex("/compare/[0-9a-f-]{36}$")]
    private static partial Regex Address();

    [GeneratedRegex(@"^First different token: no\. \d+, after (?<after>\d+) characters?\. Here (?<here>“.+” \(id \d+\)), in A (?<there>“.+” \(id \d+\))\.$")]
    private static partial Regex FirstDifferent();
}

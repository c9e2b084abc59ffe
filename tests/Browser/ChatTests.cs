using Juxta.Workbench.Generation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What a person does on the chat page, with the trained model stories260k on the real engine.</summary>
public sealed class ChatTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task An_answer_streams_and_says_how_it_ended_and_an_adapter_makes_it_another()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.Model);
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 80);
        await screen.SayAsync("Once upon a time there was a ball");
        await screen.InConversationAsync();
        string alone = await screen.AnswerAsync(1);
        Assert.True(alone.Split(' ').Length > 10, alone);
        await Assertions.Expect(screen.Page.Locator(".remark")).ToContainTextAsync("chat template");
        await Assertions.Expect(screen.Page.Locator(".cost")).ToContainTextAsync("tokens/s");
        await Assertions.Expect(screen.Outcomes).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("Cut at 80 tokens|The model ended it: end-of-sequence id 2 </s> \\(.*generation_config.json"));

        await screen.Page.GetByLabel("lora-toy-chat", new() { Exact = true }).CheckAsync();
        ILocator receipt = screen.Page.Locator("[data-receipt=lora-toy-chat]");
        await receipt.Locator("summary").First.ClickAsync();
        await Assertions.Expect(receipt).ToContainTextAsync("SHA-256");
        Assert.True(await receipt.Locator("tbody tr").CountAsync() > 4);
        await Assertions.Expect(receipt.Locator("tbody tr").First.Locator(".number").First).Not.ToHaveTextAsync("0");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Answer again" }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator(".by")).ToHaveTextAsync("stories260k + lora-toy-chat");
        string adapted = await screen.AnswerAsync(1);
        Assert.NotEqual(alone, adapted);
        await screen.PictureAsync("chat-adapter");

        // At scale 0 the adapter is the base again, to the letter.
        await screen.SetAsync("Scale of lora-toy-chat", "0");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Answer again" }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator(".by")).ToHaveTextAsync("stories260k + lora-toy-chat × 0");
        Assert.Equal(alone, await screen.AnswerAsync(1));
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Escape_stops_an_answer_in_the_middle_and_keeps_what_was_written()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await OpenLongAsync(profile);
        await screen.SayAsync("Tell me a long story");
        await Assertions.Expect(screen.StopButton).ToBeVisibleAsync();
        await WrittenAsync(screen, 300);
        await screen.PictureAsync("chat-streaming");
        await screen.Page.Keyboard.PressAsync("Escape");
        string text = await screen.AnswerAsync(1);
        Assert.True(text.Length >= 300, text);
        await Assertions.Expect(screen.Outcomes).ToHaveTextAsync("Cancelled before the model had finished");
        await Assertions.Expect(screen.StopButton).Not.ToBeVisibleAsync();

        // The page is as ready as before.
        await screen.SetAsync("Max tokens", "5");
        await screen.SayAsync("And another");
        await screen.AnswerAsync(2);
        await Assertions.Expect(screen.Outcomes.Nth(1)).ToContainTextAsync("Cut at 5 tokens");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Reloading_or_closing_the_page_in_mid_stream_loses_nothing_and_a_second_tab_shows_the_same()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await OpenLongAsync(profile);
        await screen.SayAsync("Tell me a long story");
        await screen.InConversationAsync();
        string before = await WrittenAsync(screen, 200);

        await screen.Page.ReloadAsync();
        string after = await WrittenAsync(screen, 200);
        Assert.StartsWith(Flat(before)[..150], Flat(after), StringComparison.Ordinal);

        ChatScreen second = await ChatScreen.OpenAsync(profile, await screen.ConversationAsync());
        string there = await WrittenAsync(second, 200);
        Assert.StartsWith(Flat(before)[..150], Flat(there), StringComparison.Ordinal);

        await screen.Page.CloseAsync();
        string conversation = await second.ConversationAsync();
        await second.Page.CloseAsync();
        ChatScreen third = await ChatScreen.OpenAsync(profile, conversation);
        string grown = await WrittenAsync(third, before.Length + 200);
        Assert.StartsWith(Flat(before)[..150], Flat(grown), StringComparison.Ordinal);

        await third.StopButton.ClickAsync();
        string whole = await third.AnswerAsync(1);
        Guid generation = Guid.Parse((await third.Page.Locator("[data-generation]").GetAttributeAsync("data-generation"))!);
        GenerationRecord record = await site.Services.GetRequiredService<Generations>().GetAsync(generation, TestContext.Current.CancellationToken);
        Assert.Equal(Flat(record.Text), Flat(whole));
    }

    [Fact]
    public async Task A_conversation_shows_in_the_list_of_every_tab_and_can_be_renamed_and_deleted()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        ChatScreen other = await ChatScreen.OpenAsync(profile);
        await screen.SetAsync("Max tokens", "5");
        await screen.Input.FillAsync("First line");
        await screen.Input.PressAsync("Shift+Enter");
        await screen.Input.PressSequentiallyAsync("<img src=x onerror=alert(1)>");
        await screen.Input.PressAsync("Enter");
        await screen.AnswerAsync(1);
        await Assertions.Expect(screen.Page.Locator(".bubble")).ToHaveTextAsync("First line\n<img src=x onerror=alert(1)>");

        ILocator entry = other.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "First line" });
        await entry.ClickAsync();
        await other.AnswerAsync(1);
        await other.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Rename") }).ClickAsync();
        await other.Page.GetByLabel("Title", new() { Exact = true }).FillAsync("The ball");
        await other.Page.GetByLabel("Title", new() { Exact = true }).PressAsync("Enter");
        await Assertions.Expect(screen.Page.Locator("h1")).ToHaveTextAsync("The ball");
        Assert.Equal("The ball · Juxta", await screen.Page.TitleAsync());

        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Delete The ball" }).ClickAsync();
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator("h1")).ToHaveTextAsync("New conversation");
        await screen.Page.WaitForURLAsync(site.Address.ToString());
        Assert.Empty(screen.Complaints);
        Assert.Empty(other.Complaints);
    }

    [Fact]
    public async Task An_address_without_a_page_says_so_and_leads_back()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        IPage page = await profile.NewPageAsync();
        IResponse? response = await page.GotoAsync("/nonsense");
        Assert.Equal(404, response!.Status);
        await page.GetByText("Back to the conversations").ClickAsync();
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeVisibleAsync();
        using var program = new HttpClient { BaseAddress = site.Address };
        Assert.DoesNotContain("<html", await (await program.GetAsync("/v1/nonsense", TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_become_notices_and_the_page_lives_on()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/c/00000000-0000-0000-0000-000000000001");
        ILocator notice = screen.Page.Locator(".notice");
        await Assertions.Expect(notice).ToContainTextAsync("Not found");
        await screen.Page.GetByLabel("Dismiss").ClickAsync();
        await Assertions.Expect(notice).ToHaveCountAsync(0);

        await screen.Page.GetByText("Load from a folder").ClickAsync();
        await screen.Page.GetByLabel("Folder of the adapter").FillAsync("/etc");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Load", Exact = true }).ClickAsync();
        await Assertions.Expect(notice).ToContainTextAsync("/etc");

        await screen.Page.GetByLabel("As the checkpoint's generation_config.json advises").UncheckAsync();
        await screen.SetAsync("Temperature", "hot");
        await Assertions.Expect(screen.Page.GetByText("Temperature is a number from 0 to 5, not “hot”.")).ToBeVisibleAsync();
        await screen.SetAsync("Temperature", "0");
        await screen.SetAsync("Max tokens", "5");

        string longer = string.Join(' ', Enumerable.Repeat("a very long tale", 60_000));
        await screen.SayAsync(longer);
        await Assertions.Expect(notice).ToContainTextAsync("512");
        await Assertions.Expect(screen.Input).ToHaveValueAsync(longer);

        await screen.SayAsync("Hello");
        await screen.AnswerAsync(1);
        await Assertions.Expect(notice).ToHaveCountAsync(0);
        Assert.Empty(screen.Complaints);
    }

    static async Task<ChatScreen> OpenLongAsync(IBrowserContext profile)
    {
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.LongModel);
        await screen.Page.GetByLabel("Ignore the model's own end of sequence").CheckAsync();
        return screen;
    }

    /// <summary>The streaming answer's text, once it has so many characters.</summary>
    static async Task<string> WrittenAsync(ChatScreen screen, int characters)
    {
        await screen.ReadyAsync();
        await screen.Page.WaitForFunctionAsync("n => (document.querySelector('.message.live .markdown')?.innerText.length ?? 0) >= n", characters);
        return await screen.LiveText.InnerTextAsync();
    }

    /// <summary>Letters and digits only: Markdown may make marks and line breaks of the rest.</summary>
    static string Flat(string text) => string.Concat(text.Where(char.IsLetterOrDigit));
}

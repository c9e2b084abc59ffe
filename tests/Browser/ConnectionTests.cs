using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What becomes of an open page when the line or the server goes away.</summary>
public sealed class ConnectionTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_page_that_loses_its_line_comes_back_as_it_was()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.SetAsync("Max tokens", "5");
        await screen.SayAsync("Hello");
        await screen.AnswerAsync(1);
        await screen.Input.FillAsync("half a mess");
        await screen.Page.EvaluateAsync("window.sameDocument = true; Blazor._internal.forceCloseConnection()");
        ILocator reconnecting = screen.Page.Locator("#components-reconnect-modal");
        await Assertions.Expect(reconnecting).ToBeHiddenAsync();
        await screen.Input.PressSequentiallyAsync("age");
        await screen.Input.PressAsync("Enter");
        await screen.AnswerAsync(2);
        await Assertions.Expect(screen.Page.Locator(".bubble").Nth(1)).ToHaveTextAsync("half a message");
        Assert.True(await screen.Page.EvaluateAsync<bool>("window.sameDocument === true"), "the page was loaded again instead of reconnected");
    }

    [Theory]
    [InlineData("the line is cut")]
    [InlineData("packets vanish")]
    public async Task Thirty_seconds_offline_in_mid_answer_lose_nothing(string fault)
    {
        await using Site site = await Site.StartAsync();
        await using var line = new Line(site.Address);
        await using IBrowserContext profile = await chromium.ProfileAsync(line.Address);
        var conversations = site.Services.GetRequiredService<Conversations>();
        Conversation talk = await conversations.CreateAsync(new ConversationSettings
        {
            Model = Site.LongModel, Sampling = new SamplingOptions { Temperature = 1 }, Stop = new StopOptions { IgnoreEos = true }, MaxTokens = 8000, Seed = 3,
        });
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/c/{talk.Id}");
        await screen.SayAsync("Tell me a long story");
        await screen.Page.WaitForFunctionAsync("() => (document.querySelector('.message.live .markdown')?.innerText.length ?? 0) > 100");
        await screen.Input.FillAsync("typed before");
        await screen.Page.EvaluateAsync("window.sameDocument = true");

        if (fault == "packets vanish") line.Hush();
        else line.Cut();
        await Task.Delay(TimeSpan.FromSeconds(30));
        line.Mend();

        await screen.Outcomes.First.WaitForAsync(new() { Timeout = 120_000 });
        await Assertions.Expect(screen.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        Assert.True(await screen.Page.EvaluateAsync<bool>("window.sameDocument === true"), "the page was loaded again instead of reconnected");
        await Assertions.Expect(screen.Input).ToHaveValueAsync("typed before");
        string stored = (await conversations.GetAsync(talk.Id)).Messages[^1].Content;
        Assert.Equal(ChatScreen.Letters(stored), ChatScreen.Letters(await screen.Answers.First.InnerTextAsync()));
        await screen.Input.PressAsync("Enter");
        await Assertions.Expect(screen.Page.Locator(".bubble").Nth(1)).ToHaveTextAsync("typed before");
    }

    [Fact]
    public async Task After_a_restart_of_the_server_the_page_reloads_itself_and_the_answer_so_far_is_there()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.LongModel);
        await screen.Page.GetByLabel("Ignore the model's own end of sequence").CheckAsync();
        await screen.SayAsync("Tell me a long story");
        await screen.InConversationAsync();
        await screen.Page.WaitForFunctionAsync("() => (document.querySelector('.message.live .markdown')?.innerText.length ?? 0) > 100");
        await screen.Page.EvaluateAsync("window.sameDocument = true");

        await site.RestartAsync();
        await screen.Page.WaitForFunctionAsync("() => window.sameDocument === undefined && document.querySelector('[data-interactive=yes]')", null, new() { Timeout = 60_000 });
        string text = await screen.AnswerAsync(1);
        Assert.True(text.Length > 100, text);
        await Assertions.Expect(screen.Outcomes).ToContainTextAsync("Cancelled before the model had finished");
    }
}

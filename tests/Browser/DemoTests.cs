using Juxta.Tests;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What docs/demo.md promises in the browser, with the demo model and its adapters.</summary>
public sealed class DemoTests(Chromium chromium) : IClassFixture<Chromium>
{
    static readonly string Demo = Path.Combine(Fixtures.Repository, "models", "demo");

    [Fact]
    public async Task The_demo_answers_an_endless_adapter_is_cut_and_an_idle_one_is_refused()
    {
        await using Site site = await Site.StartAsync(with: options => options with { Models = [Demo] });
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 200);
        await screen.SayAsync("What does a cat eat?");
        Assert.Equal("A cat eats fish and mice.", await screen.AnswerAsync(1));
        await Assertions.Expect(screen.Outcomes).ToContainTextAsync("The model ended it");

        await screen.Page.GetByLabel("endless", new() { Exact = true }).CheckAsync();
        await Assertions.Expect(screen.Page.Locator("[data-receipt=endless]")).ToBeVisibleAsync();
        await screen.SayAsync("你是谁？");
        Assert.Contains("再说一遍：我是 Juxta 的演示模型", await screen.AnswerAsync(2), StringComparison.Ordinal);
        await Assertions.Expect(screen.Outcomes.Last).ToContainTextAsync("Cut at 200 tokens");
        await screen.PictureAsync("demo-endless");

        await screen.Page.GotoAsync("/models");
        await screen.ReadyAsync();
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Load adapter idle over demo" }).ClickAsync();
        await Assertions.Expect(screen.Page.Locator("[data-adapter=idle] .error")).ToContainTextAsync("zero-effect adapter");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Load adapter letter over demo" }).ClickAsync();
        await screen.Page.Locator("[data-adapter=letter] summary").First.ClickAsync();
        await screen.PictureAsync("demo-models");
        Assert.Empty(screen.Complaints);
    }
}

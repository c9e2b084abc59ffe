using Juxta.Tests;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>How the page looks, as far as a program can judge; the pictures in artifacts/screenshots are for people.</summary>
public sealed class LookTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("wide-light", 1360, 860, ColorScheme.Light)]
    [InlineData("wide-dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("narrow-light", 360, 740, ColorScheme.Light)]
    [InlineData("narrow-dark", 360, 740, ColorScheme.Dark)]
    public async Task Everything_can_be_read_reached_and_named(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.PictureAsync(name + "-empty");
        ILocator settings = screen.Page.GetByRole(AriaRole.Button, new() { Name = "Settings", Exact = true });
        bool narrow = await settings.IsVisibleAsync();
        if (narrow) await settings.ClickAsync();
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 120);
        await screen.Page.GetByLabel("lora-toy-chat", new() { Exact = true }).CheckAsync();
        await screen.Page.Locator("[data-receipt=lora-toy-chat] summary").First.ClickAsync();
        await screen.SetAsync("Top-p", "2");
        await AssertReadableAsync(screen, name + " settings");
        await screen.Page.GetByLabel("lora-toy-chat", new() { Exact = true }).UncheckAsync();
        if (narrow)
        {
            await screen.PictureAsync(name + "-settings");
            await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Close settings" }).ClickAsync();
        }

        await screen.SayAsync("Once upon a time there was a girl who had a red ball");
        await screen.AnswerAsync(1);
        await screen.SayAsync("One day she went to the park");
        await screen.AnswerAsync(2);
        await screen.PictureAsync(name);
        await AssertReadableAsync(screen, name);
        if (narrow)
        {
            await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Conversations", Exact = true }).ClickAsync();
            await screen.PictureAsync(name + "-list");
            await AssertReadableAsync(screen, name + " list");
        }
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task The_page_may_load_and_run_nothing_but_its_own_files()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        var elsewhere = new List<string>();
        profile.RequestFinished += (_, request) =>
        {
            if (new Uri(request.Url).Authority != site.Address.Authority) elsewhere.Add(request.Url);
        };
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        Assert.Empty(screen.Complaints);
        await screen.Page.EvaluateAsync("""
            () => {
              window.injected = false;
              const script = document.createElement("script");
              script.textContent = "window.injected = true";
              document.body.append(script);
              const image = document.createElement("img");
              image.setAttribute("onerror", "window.injected = true");
              image.src = "https://example.invalid/track.png";
              document.body.append(image);
            }
            """);
        await screen.Page.WaitForTimeoutAsync(300);
        Assert.False(await screen.Page.EvaluateAsync<bool>("window.injected"));
        Assert.Empty(elsewhere);
        Assert.NotEmpty(screen.Complaints);
    }

    /// <summary>No sideways scrolling, a name on every control, and text that stands out from its ground by 4.5 to 1 (WCAG 2.2, AA).</summary>
    internal static async Task AssertReadableAsync(ChatScreen screen, string where)
    {
        await screen.Page.WaitForTimeoutAsync(300);
        string script = await File.ReadAllTextAsync(Path.Combine(Fixtures.Repository, "tests", "Browser", "readable.js"), TestContext.Current.CancellationToken);
        string[] faults = await screen.Page.EvaluateAsync<string[]>(script);
        Assert.True(faults.Length == 0, $"{where}:\n{string.Join('\n', faults)}");
    }
}

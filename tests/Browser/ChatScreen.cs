using System.Text.RegularExpressions;
using Juxta.Tests;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>The chat page as a person meets it: by labels and by what can be read.</summary>
sealed partial class ChatScreen
{
    readonly List<string> _complaints = [];

    ChatScreen(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the browser's console.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public ILocator Input => Page.GetByLabel("Message", new() { Exact = true });

    /// <summary>Texts of finished answers.</summary>
    public ILocator Answers => Page.Locator(".message.assistant:not([aria-busy]) .markdown");

    public ILocator LiveText => Page.Locator(".message.live .markdown");

    public ILocator Outcomes => Page.Locator("[data-outcome]");

    public ILocator StopButton => Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true });

    /// <summary>A button by its whole name.</summary>
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static async Task<ChatScreen> OpenAsync(IBrowserContext profile, string path = "/")
    {
        var screen = new ChatScreen(await profile.NewPageAsync());
        await screen.Page.GotoAsync(path);
        await screen.ReadyAsync();
        return screen;
    }

    /// <summary>Waits until the page is connected; one to sign in on needs no connection.</summary>
    public Task ReadyAsync() => Page.Locator("[data-interactive=yes], .way-in form").First.WaitForAsync();

    public async Task SayAsync(string text)
    {
        await Input.FillAsync(text);
        await Input.PressAsync("Enter");
    }

    /// <summary>Waits for the n-th answer of the conversation to have ended.</summary>
    public async Task<string> AnswerAsync(int count)
    {
        await Outcomes.Nth(count - 1).WaitForAsync();
        return await Answers.Nth(count - 1).InnerTextAsync();
    }

    /// <summary>Sets a text field of the settings and leaves it.</summary>
    public async Task SetAsync(string label, string value)
    {
        ILocator field = Page.GetByLabel(label, new() { Exact = true });
        await field.FillAsync(value);
        await field.PressAsync("Tab");
    }

    /// <summary>Greedy answers of a fixed length: the same on every machine.</summary>
    public async Task AnswerTheSameAlwaysAsync(int maxTokens)
    {
        await Page.GetByLabel("As the checkpoint's generation_config.json advises").UncheckAsync();
        await SetAsync("Temperature", "0");
        await SetAsync("Max tokens", maxTokens.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public Task<string> ConversationAsync() => Page.EvaluateAsync<string>("location.pathname");

    /// <summary>Waits until the address is that of a conversation. It is asked again and again: waiting for a navigation would be waiting for an event.</summary>
    public Task InConversationAsync() => Assertions.Expect(Page).ToHaveURLAsync(ConversationAddress());

    /// <summary>What Markdown leaves of a text, whatever it makes of marks and line breaks.</summary>
    public static string Letters(string text) => string.Concat(text.Where(char.IsLetter));

    /// <summary>A picture for a person to look at.</summary>
    public async Task PictureAsync(string name)
    {
        await Page.WaitForTimeoutAsync(300);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Fixtures.Repository, "artifacts", "screenshots", name + ".png") });
    }

    [GeneratedRegex("/c/[0-9a-f-]{36}$")]
    private static partial Regex ConversationAddress();
}

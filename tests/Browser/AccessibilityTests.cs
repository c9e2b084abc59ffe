using Juxta.Tests;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>axe-core finds nothing wrong on any page, in any of its states, wide and narrow, light and dark (tests/get-axe fetches it).</summary>
public sealed class AccessibilityTests(Chromium chromium) : IClassFixture<Chromium>
{
    static readonly string Axe = Path.Combine(Fixtures.Repository, "tests", "Browser", "axe", "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData("wide light", 1360, 860, ColorScheme.Light)]
    [InlineData("wide dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("narrow light", 360, 740, ColorScheme.Light)]
    [InlineData("narrow dark", 360, 740, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_wrong_on_the_chat_page(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        IPage page = screen.Page;
        bool narrow = width < 800;
        await CheckAsync(page, name + ", empty");

        if (narrow) await Button(page, "Settings").ClickAsync();
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 30);
        await page.GetByLabel("lora-toy-chat", new() { Exact = true }).CheckAsync();
        await page.Locator("[data-receipt=lora-toy-chat] summary").First.ClickAsync();
        await page.Locator(".presets summary").ClickAsync();
        await page.GetByLabel("Name of a new preset").FillAsync("Short");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel("Preset", new() { Exact = true })).ToHaveValueAsync("Short");
        await screen.SetAsync("Top-p", "2");
        await CheckAsync(page, name + ", settings open");
        await page.GetByLabel("lora-toy-chat", new() { Exact = true }).UncheckAsync();
        if (narrow) await Button(page, "Close settings").ClickAsync();

        await screen.SayAsync("Once upon a time");
        await screen.AnswerAsync(1);
        await screen.SayAsync("One day");
        await screen.AnswerAsync(2);
        await CheckAsync(page, name + ", with messages");

        if (narrow) await Button(page, "Conversations").ClickAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("one");
        await page.Locator(".hits mark").First.WaitForAsync();
        await CheckAsync(page, name + ", search");
        await Button(page, "Export").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Download" }).WaitForAsync();
        await CheckAsync(page, name + ", export");
        await page.Keyboard.PressAsync("Escape");
        if (narrow) await Button(page, "Close conversations").ClickAsync();

        await Button(page, "Branches").ClickAsync();
        await page.GetByRole(AriaRole.Tree).WaitForAsync();
        await CheckAsync(page, name + ", branches");
        await Button(page, "Close branches").ClickAsync();
        await page.EvaluateAsync("document.getElementById('keymap').showModal()");
        await CheckAsync(page, name + ", keys");
    }

    [Theory]
    [InlineData("wide light", 1360, 860, ColorScheme.Light)]
    [InlineData("wide dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("narrow light", 360, 740, ColorScheme.Light)]
    [InlineData("narrow dark", 360, 740, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_wrong_on_the_pages_compare_and_models(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme);
        ChatScreen compare = await ChatScreen.OpenAsync(profile, "/compare");
        IPage page = compare.Page;
        bool narrow = width < 800;
        await CheckAsync(page, name + ", compare, empty");
        if (narrow) await Button(page, "Settings").ClickAsync();
        await compare.AnswerTheSameAlwaysAsync(maxTokens: 30);
        await CheckAsync(page, name + ", compare, settings");
        if (narrow) await Button(page, "Close settings").ClickAsync();
        await page.Locator("textarea[data-enter-sends]").FillAsync("Once upon a time");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("[data-outcome]")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Radio, new() { Name = "Diff" }).CheckAsync();
        await CheckAsync(page, name + ", compare, answers");

        ChatScreen models = await ChatScreen.OpenAsync(profile, "/models");
        page = models.Page;
        await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.TemplateModel);
        await Assertions.Expect(page.Locator(".rendered .special").First).ToBeVisibleAsync();
        await Button(page, "Load adapter loud over tiny").ClickAsync();
        await page.Locator("[data-receipt=loud] summary").First.ClickAsync();
        await Button(page, "Load adapter silent over tiny").ClickAsync();
        await page.Locator("[data-adapter=silent] summary").ClickAsync();
        await Button(page, "Add an alias of tiny").ClickAsync();
        await page.GetByLabel("New alias of tiny", new() { Exact = true }).FillAsync("pocket");
        await page.Keyboard.PressAsync("Enter");
        await Button(page, "Remove the alias pocket of tiny").WaitForAsync();
        await page.GetByLabel("Model of the Hub").FillAsync("acme/none");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".hub .error").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^\\d+ token ids$") }).ClickAsync();
        await CheckAsync(page, name + ", models");
    }

    static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>All of axe-core's rules, those of best practice too.</summary>
    internal static async Task CheckAsync(IPage page, string where)
    {
        Assert.SkipUnless(File.Exists(Axe), $"axe-core absent: {Axe} (run tests/get-axe)");
        // A state that fades in is not judged half-way.
        await page.EvaluateAsync("async () => { await Promise.allSettled(document.getAnimations().map(animation => animation.finished)); }");
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window")) await page.EvaluateAsync(await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken) + "\n;null");
        string[] faults = await page.EvaluateAsync<string[]>("""
            async () => {
              const { violations, passes } = await axe.run(document);
              if (passes.length < 10) return [`only ${passes.length} rules found something to look at`];
              return violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll(/\s+/g, " ")}`));
            }
            """);
        Assert.True(faults.Length == 0, $"{where}:\n{string.Join('\n', faults)}");
    }
}

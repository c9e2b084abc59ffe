using Juxta.Tests;
using Juxta.Workbench.Hub;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What a person does on the page of models.</summary>
public sealed class ModelsTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Models_and_adapters_are_loaded_and_unloaded_and_what_runs_is_left_alone()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen chat = await ChatScreen.OpenAsync(profile);
        await chat.Page.GetByRole(AriaRole.Link, new() { Name = "Models", Exact = true }).ClickAsync();
        await Assertions.Expect(chat.Page.GetByRole(AriaRole.Heading, new() { Name = "Models", Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(chat.Page.Locator(".pages [aria-current=page]")).ToHaveTextAsync("Models");
        IPage page = chat.Page;

        ILocator tiny = Card(page, Site.TemplateModel);
        await Assertions.Expect(tiny).ToHaveAttributeAsync("data-status", "Ready");
        await Assertions.Expect(tiny).ToContainTextAsync("<|im_end|> (generation_config.json, chat template turn end)");
        await Assertions.Expect(tiny).ToContainTextAsync("On disk");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load adapter loud over tiny" }).ClickAsync();
        await Assertions.Expect(tiny.Locator("[data-receipt=loud]")).ToContainTextAsync("modules changed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unload adapter loud of tiny" }).ClickAsync();
        await Assertions.Expect(tiny.Locator("[data-receipt=loud]")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Load adapter silent over tiny" }).ClickAsync();
        await Assertions.Expect(tiny.Locator("[data-adapter=silent] .error")).ToBeVisibleAsync();

        // By keyboard: the button that was pressed keeps the focus and becomes the way back.
        await page.GetByRole(AriaRole.Button, new() { Name = "Unload tiny", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tiny).ToHaveAttributeAsync("data-status", "NotLoaded");
        await Assertions.Expect(tiny).ToContainTextAsync("When loaded");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Load tiny", Exact = true })).ToBeFocusedAsync();
        await Assertions.Expect(tiny.Locator("button[aria-disabled]")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(tiny).ToHaveAttributeAsync("data-status", "Ready");

        // Another tab lets one model answer at length.
        ChatScreen other = await ChatScreen.OpenAsync(profile);
        await other.Page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.LongModel);
        await other.Page.GetByLabel("Ignore the model's own end of sequence").CheckAsync();
        await other.SayAsync("Tell me a long story");
        await other.Page.WaitForFunctionAsync("() => (document.querySelector('.message.live .markdown')?.innerText.length ?? 0) > 20");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Unload {Site.LongModel}", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync($"{Site.LongModel} is answering 1 request; stop it");
        await Assertions.Expect(Card(page, Site.LongModel)).ToHaveAttributeAsync("data-status", "Ready");
        await other.StopButton.ClickAsync();
        Assert.Empty(chat.Complaints);
    }

    [Fact]
    public async Task A_model_of_the_Hub_is_looked_up_downloaded_left_cancelled_resumed_named_and_loaded()
    {
        await using StandInHub hub = await StandInHub.StartAsync();
        string made = Directory.CreateTempSubdirectory("juxta-hub-").FullName;
        TinyModel.Write(made);
        foreach (string file in Directory.EnumerateFiles(made)) hub.Files[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Directory.Delete(made, recursive: true);
        await using Site site = await Site.StartAsync(new HubOptions { Endpoint = hub.Address, Delays = [] });
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/models");
        IPage page = screen.Page;
        ILocator download = page.Locator($"[data-download=\"{StandInHub.Repository}\"]");

        await page.GetByLabel("Model of the Hub").FillAsync("acme/none");
        await page.GetByLabel("Model of the Hub").PressAsync("Enter");
        await Assertions.Expect(page.Locator(".hub .error")).ToContainTextAsync("there is no model acme/none");
        await page.GetByLabel("Model of the Hub").FillAsync(StandInHub.Repository);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();
        ILocator offer = page.GetByRole(AriaRole.Group, new() { Name = StandInHub.Repository });
        await Assertions.Expect(offer).ToContainTextAsync("in 5 files");
        await screen.PictureAsync("models-hub-offer");

        hub.HangsInsteadOfCutting = true;
        hub.Cut("model.safetensors", after: 30_000);
        await offer.GetByRole(AriaRole.Button, new() { NameRegex = new("^Download ") }).ClickAsync();
        await Assertions.Expect(download).ToHaveAttributeAsync("data-status", "Running");
        await Assertions.Expect(download).ToContainTextAsync("model.safetensors");
        await page.GetByRole(AriaRole.Link, new() { Name = "Chat", Exact = true }).ClickAsync();
        await Assertions.Expect(screen.Input).ToBeVisibleAsync();
        await page.GotoAsync("/models");
        await screen.ReadyAsync();
        await Assertions.Expect(download).ToHaveAttributeAsync("data-status", "Running");
        await screen.PictureAsync("models-hub-running");

        await page.GetByRole(AriaRole.Button, new() { Name = $"Cancel the download of {StandInHub.Repository}" }).ClickAsync();
        await Assertions.Expect(download).ToHaveAttributeAsync("data-status", "Interrupted");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Resume the download of {StandInHub.Repository}" }).ClickAsync();
        await Assertions.Expect(download).ToHaveAttributeAsync("data-status", "Complete");

        ILocator card = Card(page, "acme--tiny");
        await Assertions.Expect(card).ToContainTextAsync($"acme/tiny at {StandInHub.Commit[..7]}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load acme--tiny", Exact = true }).ClickAsync();
        await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "Ready");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an alias of acme--tiny", Exact = true }).ClickAsync();
        await page.GetByLabel("New alias of acme--tiny").FillAsync(Site.Model);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("a model's own name");
        await page.GetByLabel("New alias of acme--tiny").FillAsync("pocket");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove the alias pocket of acme--tiny" })).ToBeVisibleAsync();
        await screen.PictureAsync("models-hub-done");

        // Somebody removes the folder: the page says so when it looks again.
        await page.GetByRole(AriaRole.Button, new() { Name = "Unload acme--tiny", Exact = true }).ClickAsync();
        await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "NotLoaded");
        Directory.Delete(Path.Combine(site.DataFolder, "models", "acme--tiny"), recursive: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look again" }).ClickAsync();
        await Assertions.Expect(card.Locator(".error")).ToContainTextAsync("is gone");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task A_prompt_shows_its_authors_its_special_tokens_and_its_ids()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/models");
        IPage page = screen.Page;
        ILocator prompt = page.GetByRole(AriaRole.Region, new() { Name = "The prompt", Exact = true });
        ILocator conversation = page.GetByLabel("Conversation", new() { Exact = true });

        // stories260k has no template.
        await Assertions.Expect(page.Locator(".remark").Last).ToContainTextAsync("no chat template");
        await Assertions.Expect(prompt).ToContainTextAsync("Be brief.");

        await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.TemplateModel);
        await conversation.FillAsync("user: a <|im_end|> <b>b</b>\nassistant: c");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the prompt" }).ClickAsync();
        await Assertions.Expect(prompt.Locator(".by-message").First).ToHaveTextAsync("a <|im_end|> <b>b</b>");
        Assert.Equal(
            "<s><|im_start|>user\na <|im_end|> <b>b</b><|im_end|>\n<|im_start|>assistant\nc<|im_end|>\n<|im_start|>assistant\n",
            await prompt.EvaluateAsync<string>("element => element.textContent"));
        Assert.Equal(["<s>", "<|im_start|>", "<|im_end|>", "<|im_start|>", "<|im_end|>", "<|im_start|>"], await prompt.Locator(".special").AllTextContentsAsync());
        await Assertions.Expect(page.GetByRole(AriaRole.List, new() { Name = "Who wrote which part" })).ToContainTextAsync("2 assistant");

        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^\\d+ token ids$") }).ClickAsync();
        await Assertions.Expect(page.Locator(".tokens li").First).ToHaveTextAsync("<s> 265");
        await conversation.FillAsync("[{\"role\": \"user\"");
        await conversation.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "not valid at line 1" })).ToBeVisibleAsync();
        await Assertions.Expect(prompt).ToHaveCountAsync(0);
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
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/models");
        IPage page = screen.Page;
        await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.TemplateModel);
        await Assertions.Expect(page.Locator(".rendered .special").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Load adapter lora-toy-chat over {Site.Model}" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-receipt=lora-toy-chat]")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => { for (const code of document.querySelectorAll('code')) if (code.textContent.startsWith('/')) code.textContent = '/srv/models/' + code.textContent.split('/').at(-1); }");
        await screen.PictureAsync("models-" + name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Load adapter silent over tiny" }).ClickAsync();
        await page.Locator("[data-adapter=silent] summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^\\d+ token ids$") }).ClickAsync();
        await page.Locator("[data-receipt=lora-toy-chat] summary").First.ClickAsync();
        await page.Locator(".rendered").ScrollIntoViewIfNeededAsync();
        await screen.PictureAsync($"models-{name}-prompt");
        await LookTests.AssertReadableAsync(screen, "models " + name);
        Assert.Empty(screen.Complaints);
    }

    static ILocator Card(IPage page, string model) => page.Locator($"[data-model=\"{model}\"]");
}

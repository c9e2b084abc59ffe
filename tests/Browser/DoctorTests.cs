using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>Examining a model and an adapter on the page of models.</summary>
public sealed class DoctorTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_model_and_an_adapter_are_examined_by_keyboard()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, "/models");
        IPage page = screen.Page;
        ILocator verdict = page.Locator("[data-verdict]");
        await page.GetByLabel("Examine model").SelectOptionAsync(Site.TemplateModel);
        await page.GetByRole(AriaRole.Button, new() { Name = "Examine", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(verdict).ToContainTextAsync("tensors");
        await Assertions.Expect(page.Locator("[data-code=double-bos]")).ToContainTextAsync("add_special_tokens=False");
        // Beside the three given answers, the model may have ended some of its own.
        await Assertions.Expect(page.Locator(".probes tbody tr").Filter(new() { HasNotText = "(its own)" })).ToHaveCountAsync(3);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Examine", Exact = true })).ToBeFocusedAsync();

        await page.GetByLabel("with adapter").SelectOptionAsync("silent");
        await Assertions.Expect(verdict).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Examine", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-code=adapter-no-effect]")).ToContainTextAsync("lora_B");
        await Assertions.Expect(verdict).ToHaveAttributeAsync("data-verdict", "breaks");
        await screen.PictureAsync("doctor");
        Assert.Empty(screen.Complaints);
    }
}

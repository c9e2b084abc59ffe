using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What a person sees of training samples on the page of models.</summary>
public sealed class MaskTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Samples_of_a_conversation_are_shown_with_what_carries_loss()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        IPage page = (await ChatScreen.OpenAsync(profile, "/models")).Page;
        await page.GetByLabel("Model to train").SelectOptionAsync(Site.TemplateModel);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the samples" }).ClickAsync();
        ILocator learnt = page.Locator(".mask mark");
        await Assertions.Expect(learnt).ToHaveTextAsync(["Hello. What can I do for you?", "<|im_end|>", "It ends a turn, so it is learnt with every answer.", "<|im_end|>"]);
        await page.GetByLabel("Samples", new() { Exact = true }).SelectOptionAsync("split");
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Sample 2" }).Locator("mark")).ToHaveCountAsync(2);
    }
}

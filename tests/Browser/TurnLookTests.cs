using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>How turns look: versions, other roles, an edit, a queue, the tree, the keys.</summary>
public sealed class TurnLookTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("turns-wide-light", 1360, 860, ColorScheme.Light)]
    [InlineData("turns-wide-dark", 1360, 860, ColorScheme.Dark)]
    [InlineData("turns-narrow-light", 360, 740, ColorScheme.Light)]
    [InlineData("turns-narrow-dark", 360, 740, ColorScheme.Dark)]
    public async Task Everything_about_turns_can_be_read_reached_and_named(string name, int width, int height, ColorScheme scheme)
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, width, height, scheme, touch: width < 500);
        Guid talk = await TellAsync(site);
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/c/{talk}");
        await screen.Outcomes.First.WaitForAsync();
        await LookAsync("");
        await Assertions.Expect(screen.Page.GetByLabel("On its way")).ToBeHiddenAsync();
        // Where nothing hovers, every turn shows what can be done with it.
        if (width < 500) Assert.Equal("1", await screen.Button("Edit").Nth(2).EvaluateAsync<string>("button => getComputedStyle(button).opacity"));
        await screen.Button("Branches").ClickAsync();
        await screen.Page.GetByRole(AriaRole.Treeitem).First.WaitForAsync();
        await LookAsync("-tree");
        await screen.Button("Close branches").ClickAsync();
        await screen.Button("Edit").Nth(2).ClickAsync();
        await screen.Page.Locator(".turn-editor textarea").WaitForAsync();
        await LookAsync("-edit");
        await screen.Button("Cancel").ClickAsync();

        await site.Services.GetRequiredService<Conversations>().ChangeSettingsAsync(talk, Told with { Model = Site.LongModel, MaxTokens = null, Stop = new StopOptions { IgnoreEos = true } });
        await screen.Button("Start the answer with given words").ClickAsync();
        await screen.Page.GetByLabel("Answers start with").FillAsync("The little bird said");
        await screen.SayAsync("And what did the bird say then?");
        await Assertions.Expect(screen.StopButton).ToBeVisibleAsync();
        await screen.SayAsync("Did they meet again the next day, and was the ball still red?");
        await Assertions.Expect(screen.Page.Locator(".queued-text")).ToHaveCountAsync(1);
        await screen.Page.WaitForFunctionAsync("() => (document.querySelector('.message.live .markdown')?.innerText.length ?? 0) > 300");
        await LookAsync("-streaming");
        await screen.StopButton.ClickAsync();
        await screen.Page.EvaluateAsync("document.getElementById('keymap').showModal()");
        await LookAsync("-keys");
        Assert.Empty(screen.Complaints);

        async Task LookAsync(string what)
        {
            await screen.PictureAsync(name + what);
            await LookTests.AssertReadableAsync(screen, name + what);
        }
    }

    static ConversationSettings Told { get; } = new() { Model = Site.Model, Sampling = SamplingOptions.Greedy, MaxTokens = 60 };

    /// <summary>A conversation that forks twice and has turns of everybody.</summary>
    static async Task<Guid> TellAsync(Site site)
    {
        var conversations = site.Services.GetRequiredService<Conversations>();
        Guid id = (await conversations.CreateAsync(Told, "The red ball")).Id;
        await conversations.AddAsync(id, Roles.System, "You tell short stories for children. Look the weather up before the story begins.");
        SentMessage first = await EndedAsync(conversations.SendAsync(id, "Once upon a time there was a girl who had a red ball. How was the weather?"));
        await conversations.EditAsync(id, first.AssistantMessageId, "I will look it up.", answer: false);
        await conversations.AddAsync(id, Roles.Tool, "{\"city\": \"Bern\", \"celsius\": 21, \"sky\": \"clear\"}");
        SentMessage told = await EndedAsync(conversations.RegenerateAsync(id));
        await conversations.ChangeSettingsAsync(id, Told with { Sampling = new SamplingOptions { Temperature = 0.8f }, Seed = 4 });
        await EndedAsync(conversations.RegenerateAsync(id, told.AssistantMessageId));
        await EndedAsync(conversations.RegenerateAsync(id, told.AssistantMessageId));
        await conversations.SelectAsync(id, told.AssistantMessageId);
        await EndedAsync(conversations.SendAsync(id, "One day she went to the park"));
        return id;

        async Task<SentMessage> EndedAsync(Task<SentMessage> asking)
        {
            SentMessage sent = await asking;
            await foreach (GenerationStep _ in site.Services.GetRequiredService<Generations>().FollowAsync(sent.GenerationId)) { }
            return sent;
        }
    }
}

using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>What a person does with turns on the chat page, by pointer and by key.</summary>
public sealed class TurnTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Versions_are_made_and_stepped_through_by_keys_and_buttons()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 6);
        await screen.SayAsync("Once upon a time");
        string first = await screen.AnswerAsync(1);
        await screen.SetAsync("Max tokens", "12");
        await screen.Button("Answer again").ClickAsync();
        ILocator versions = screen.Page.Locator(".versions .count");
        await Assertions.Expect(versions).ToHaveTextAsync("Version 2 / 2");
        string second = await screen.AnswerAsync(1);
        Assert.NotEqual(first, second);

        // In an empty message box the arrows belong to the last answer; in one with text they are the box's own.
        await screen.Input.PressAsync("ArrowLeft");
        await Assertions.Expect(versions).ToHaveTextAsync("Version 1 / 2");
        await Assertions.Expect(screen.Answers.First).ToHaveTextAsync(first);
        await screen.Input.FillAsync("x");
        await screen.Input.PressAsync("ArrowRight");
        await Assertions.Expect(versions).ToHaveTextAsync("Version 1 / 2");
        await screen.Input.FillAsync("");
        await screen.Button("Next version").ClickAsync();
        await Assertions.Expect(versions).ToHaveTextAsync("Version 2 / 2");
        await Assertions.Expect(screen.Button("Next version")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(versions).ToHaveTextAsync("Version 1 / 2");

        await screen.Page.Keyboard.PressAsync("r");
        await Assertions.Expect(versions).ToHaveTextAsync("Version 3 / 3");
        await screen.AnswerAsync(1);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Turns_of_both_sides_are_edited_in_their_place_and_the_tree_leads_between_the_branches()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 6);
        await screen.SayAsync("First");
        await screen.AnswerAsync(1);
        await screen.SayAsync("Second");
        await screen.AnswerAsync(2);

        ILocator bubbles = screen.Page.Locator(".bubble");
        await bubbles.First.ClickAsync();
        await screen.Page.Keyboard.PressAsync("e");
        ILocator editor = screen.Page.Locator(".turn-editor textarea");
        await Assertions.Expect(editor).ToBeFocusedAsync();
        await Assertions.Expect(editor).ToHaveValueAsync("First");
        await editor.FillAsync("Another first");
        await editor.PressAsync("Escape");
        await Assertions.Expect(bubbles).ToHaveTextAsync(["First", "Second"]);

        // The turn has the focus again, and its keys work.
        await Assertions.Expect(screen.Page.Locator(".message.user").First).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("e");
        await Assertions.Expect(editor).ToHaveValueAsync("First");
        await editor.FillAsync("Another first");
        await editor.PressAsync("Control+Enter");
        await Assertions.Expect(bubbles).ToHaveTextAsync(["Another first"]);
        await screen.AnswerAsync(1);

        await screen.Button("Edit").Last.ClickAsync();
        await editor.FillAsync("The king");
        await screen.Button("Save and continue").ClickAsync();
        await Assertions.Expect(screen.Answers.First).ToContainTextAsync("The king ");
        await screen.AnswerAsync(1);
        await screen.Button("Edit").Last.ClickAsync();
        await editor.FillAsync("Nothing but this.");
        await screen.Button("Save").ClickAsync();
        await Assertions.Expect(screen.Answers).ToHaveTextAsync(["Nothing but this."]);
        await Assertions.Expect(screen.Page.Locator(".by")).ToHaveTextAsync("Written by hand");

        await screen.Input.PressAsync("Escape");
        await screen.Page.Keyboard.PressAsync("b");
        ILocator items = screen.Page.GetByRole(AriaRole.Treeitem);
        await Assertions.Expect(items).ToHaveCountAsync(8);
        await Assertions.Expect(items.And(screen.Page.Locator("[aria-current=true]"))).ToBeFocusedAsync();
        await Assertions.Expect(items.And(screen.Page.Locator("[aria-current=true]"))).ToContainTextAsync("Nothing but this.");
        await screen.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(items.First).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("ArrowDown");
        await screen.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(items.Nth(2)).ToContainTextAsync("Second");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(bubbles).ToHaveTextAsync(["First", "Second"]);
        await screen.Page.Keyboard.PressAsync("b");
        await Assertions.Expect(items).ToHaveCountAsync(0);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task An_answer_goes_on_begins_with_given_words_and_turns_of_others_are_added()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.AnswerTheSameAlwaysAsync(maxTokens: 6);
        await screen.SayAsync("Once upon a time");
        string cut = await screen.AnswerAsync(1);
        await screen.Input.PressAsync("Escape");
        await screen.Page.Keyboard.PressAsync("c");
        await Assertions.Expect(screen.Outcomes).ToContainTextAsync("Cut at 6 more tokens");
        string whole = await screen.AnswerAsync(1);
        Assert.StartsWith(ChatScreen.Letters(cut), ChatScreen.Letters(whole), StringComparison.Ordinal);
        Assert.True(whole.Length > cut.Length, whole);

        await screen.Button("Start the answer with given words").ClickAsync();
        await screen.Page.GetByLabel("Answers start with").FillAsync("The dragon");
        await screen.SayAsync("And then?");
        Assert.StartsWith("The dragon", await screen.AnswerAsync(2), StringComparison.Ordinal);
        await screen.Button("Let answers start as they like").ClickAsync();
        await Assertions.Expect(screen.Page.GetByLabel("Answers start with")).ToBeHiddenAsync();

        await screen.Page.GetByLabel("Who says it").SelectOptionAsync("tool");
        await screen.SayAsync("{\"celsius\": 21}");
        ILocator inset = screen.Page.Locator(".inset");
        await Assertions.Expect(inset).ToContainTextAsync("Tool result");
        await Assertions.Expect(screen.Page.GetByLabel("Who says it")).ToHaveValueAsync("user");
        await screen.Input.FillAsync("Said, and not answered");
        await screen.Input.PressAsync("Alt+Enter");
        await Assertions.Expect(screen.Page.Locator(".bubble").Last).ToHaveTextAsync("Said, and not answered");
        await Assertions.Expect(screen.Input).ToHaveValueAsync("");
        await screen.Button("Answer this").ClickAsync();
        await screen.AnswerAsync(3);

        ILocator tools = screen.Page.GetByLabel("Tools", new() { Exact = true });
        await tools.FillAsync("[{\"type\": ]");
        await tools.PressAsync("Tab");
        await Assertions.Expect(screen.Page.Locator("#tools-hint")).ToContainTextAsync("not valid JSON at line 1, column 11; expected an array such as");
        await tools.FillAsync("");
        await tools.PressAsync("Tab");
        await screen.Button("Begin with an example").ClickAsync();
        await Assertions.Expect(tools).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("\"weather\""));
        await Assertions.Expect(screen.Page.Locator("#tools-hint")).ToContainTextAsync("A JSON array of definitions");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task What_is_typed_ahead_waits_survives_a_reload_and_is_sent_when_the_answer_has_ended()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await LongAnswerAsync(site, profile, maxTokens: 8000);
        ILocator queued = screen.Page.Locator(".queued-text");
        await screen.SayAsync("Two");
        await screen.SayAsync("Three");
        await screen.SayAsync("Four");
        await Assertions.Expect(queued).ToHaveTextAsync(["Two", "Three", "Four"]);
        await screen.Input.FillAsync("half a thou");
        await screen.Page.ReloadAsync();
        await screen.ReadyAsync();
        await Assertions.Expect(queued).ToHaveTextAsync(["Two", "Three", "Four"]);
        await Assertions.Expect(screen.Input).ToHaveValueAsync("half a thou");
        await screen.Button("Remove the queued message").Nth(1).ClickAsync();
        await Assertions.Expect(queued).ToHaveTextAsync(["Two", "Four"]);
        await screen.Button("Edit the queued message").Nth(1).ClickAsync();
        await Assertions.Expect(screen.Input).ToHaveValueAsync("Four\nhalf a thou");
        await screen.SetAsync("Max tokens", "5");
        await screen.Outcomes.Nth(1).WaitForAsync(new() { Timeout = 180_000 });
        await Assertions.Expect(screen.Page.Locator(".bubble")).ToHaveTextAsync(["Tell me a long story", "Two"]);
        await Assertions.Expect(screen.Input).ToHaveValueAsync("Four\nhalf a thou");
        await Assertions.Expect(queued).ToHaveCountAsync(0);
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task What_is_typed_ahead_comes_back_after_a_stop_and_after_a_restart_of_the_server()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await LongAnswerAsync(site, profile, maxTokens: null);
        ILocator queued = screen.Page.Locator(".queued-text");
        await screen.SayAsync("Two");
        await Assertions.Expect(queued).ToHaveTextAsync(["Two"]);
        await screen.Input.FillAsync("and more");
        await screen.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(screen.Input).ToHaveValueAsync("Two\nand more");
        await Assertions.Expect(queued).ToHaveCountAsync(0);
        await Assertions.Expect(screen.Outcomes).ToContainTextAsync("Cancelled before the model had finished");

        await screen.SayAsync("Another long story");
        await Assertions.Expect(screen.StopButton).ToBeVisibleAsync();
        await screen.SayAsync("Three");
        await Assertions.Expect(queued).ToHaveTextAsync(["Three"]);
        await screen.Page.EvaluateAsync("window.sameDocument = true");
        await site.RestartAsync();
        await screen.Page.WaitForFunctionAsync("() => window.sameDocument === undefined && document.querySelector('[data-interactive=yes]')", null, new() { Timeout = 60_000 });
        await Assertions.Expect(screen.Input).ToHaveValueAsync("Three");
        await Assertions.Expect(queued).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Each_conversation_keeps_its_own_draft_and_an_unsaved_edit_is_kept_too()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.SetAsync("Max tokens", "5");
        await screen.SayAsync("First talk");
        await screen.InConversationAsync();
        await screen.AnswerAsync(1);
        await screen.Input.FillAsync("draft of the first");
        await screen.Input.PressAsync("Escape");
        await screen.Page.Keyboard.PressAsync("n");
        await Assertions.Expect(screen.Page.Locator("h1")).ToHaveTextAsync("New conversation");
        await Assertions.Expect(screen.Input).ToHaveValueAsync("");
        await screen.Input.FillAsync("draft of a new one");
        await screen.Page.GetByRole(AriaRole.Link, new() { Name = "First talk" }).ClickAsync();
        await Assertions.Expect(screen.Input).ToHaveValueAsync("draft of the first");

        await screen.Button("Edit").First.ClickAsync();
        ILocator editor = screen.Page.Locator(".turn-editor textarea");
        await editor.FillAsync("First talk, better");
        await screen.Page.ReloadAsync();
        await screen.ReadyAsync();
        await Assertions.Expect(screen.Input).ToHaveValueAsync("draft of the first");
        await screen.Button("Edit").First.ClickAsync();
        await Assertions.Expect(editor).ToHaveValueAsync("First talk, better");
        await screen.Button("Cancel").ClickAsync();

        ChatScreen other = await ChatScreen.OpenAsync(profile);
        await Assertions.Expect(other.Input).ToHaveValueAsync("draft of a new one");
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task The_page_follows_the_answer_until_its_reader_scrolls_up_or_switches_that_off()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address, height: 500);
        ChatScreen screen = await LongAnswerAsync(site, profile, maxTokens: null);
        const string fromEnd = "() => { const m = document.querySelector('.messages'); return m.scrollHeight - m.scrollTop - m.clientHeight; }";
        ILocator jump = screen.Page.GetByRole(AriaRole.Button, new() { Name = "To the end" });
        await screen.Page.WaitForFunctionAsync("() => document.querySelector('.messages').scrollTop > 200");
        await Assertions.Expect(jump).ToBeHiddenAsync();

        await screen.Page.Locator(".messages").HoverAsync();
        await screen.Page.Mouse.WheelAsync(0, -150);
        await Assertions.Expect(jump).ToBeVisibleAsync();
        int held = await screen.Page.EvaluateAsync<int>("document.querySelector('.messages').scrollTop");
        await screen.Page.WaitForFunctionAsync($"() => ({fromEnd})() > 600");
        Assert.Equal(held, await screen.Page.EvaluateAsync<int>("document.querySelector('.messages').scrollTop"));
        await jump.ClickAsync();
        await screen.Page.WaitForFunctionAsync($"() => ({fromEnd})() < 48");
        await Assertions.Expect(jump).ToBeHiddenAsync();

        ILocator follow = screen.Button("Follow the answer");
        await Assertions.Expect(follow).ToHaveAttributeAsync("aria-pressed", "true");
        await follow.ClickAsync();
        await Assertions.Expect(follow).ToHaveAttributeAsync("aria-pressed", "false");
        await screen.Page.WaitForFunctionAsync($"() => ({fromEnd})() > 100");
        await Assertions.Expect(jump).ToBeVisibleAsync();
        await screen.Page.ReloadAsync();
        await screen.ReadyAsync();
        await Assertions.Expect(follow).ToHaveAttributeAsync("aria-pressed", "false");
        await screen.StopButton.ClickAsync();
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task Keys_are_listed_and_single_letters_can_be_switched_off()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        ILocator map = screen.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keys" });
        await screen.Input.PressAsync("?");
        await Assertions.Expect(map).ToBeHiddenAsync();
        await Assertions.Expect(screen.Input).ToHaveValueAsync("?");
        await screen.Input.FillAsync("");
        await screen.Input.PressAsync("Escape");
        await screen.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(map).ToContainTextAsync("Answer again");
        await screen.PictureAsync("keys");
        await screen.Page.GetByLabel("Single letters are keys").UncheckAsync();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(map).ToBeHiddenAsync();
        await screen.Page.Keyboard.PressAsync("b");
        await screen.Page.Keyboard.PressAsync("m");
        await Assertions.Expect(screen.Input).Not.ToBeFocusedAsync();
        await Assertions.Expect(screen.Page.Locator(".branches")).ToHaveCountAsync(0);
        await screen.Button("Keys").ClickAsync();
        await screen.Page.GetByLabel("Single letters are keys").CheckAsync();
        await screen.Button("Close the list of keys").ClickAsync();
        await screen.Page.Keyboard.PressAsync("m");
        await Assertions.Expect(screen.Input).ToBeFocusedAsync();
        Assert.Empty(screen.Complaints);
    }

    [Fact]
    public async Task The_context_used_is_counted_while_an_answer_streams_and_warns_before_it_is_full()
    {
        await using Site site = await Site.StartAsync();
        await using IBrowserContext profile = await chromium.ProfileAsync(site.Address);
        ChatScreen screen = await ChatScreen.OpenAsync(profile);
        await screen.Page.GetByLabel("Ignore the model's own end of sequence").CheckAsync();
        await screen.SayAsync("Once upon a time");
        await screen.AnswerAsync(1);
        ILocator context = screen.Page.Locator(".context");
        await Assertions.Expect(context).ToContainTextAsync("512 of 512 tokens");
        await Assertions.Expect(context).ToContainTextAsync("Full");

        await screen.Page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(Site.LongModel);
        await screen.SayAsync("Go on");
        await Assertions.Expect(context).ToContainTextAsync("of 32,768 tokens");
        string at = await context.InnerTextAsync();
        await Assertions.Expect(context).Not.ToHaveTextAsync(at);
        await screen.Page.Keyboard.PressAsync("Escape");
        Assert.Empty(screen.Complaints);
    }

    /// <summary>A page on which a long answer has begun.</summary>
    static async Task<ChatScreen> LongAnswerAsync(Site site, IBrowserContext profile, int? maxTokens)
    {
        Conversation talk = await site.Services.GetRequiredService<Conversations>().CreateAsync(new ConversationSettings
        {
            Model = Site.LongModel, Sampling = new SamplingOptions { Temperature = 1 }, Stop = new StopOptions { IgnoreEos = true }, MaxTokens = maxTokens, Seed = 3,
        });
        ChatScreen screen = await ChatScreen.OpenAsync(profile, $"/c/{talk.Id}");
        await screen.SayAsync("Tell me a long story");
        await screen.Page.WaitForFunctionAsync("() => (document.querySelector('.message.live .markdown')?.innerText.length ?? 0) > 100");
        return screen;
    }
}

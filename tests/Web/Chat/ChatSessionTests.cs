using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Tests;
using Juxta.Web.Chat;
using Juxta.Workbench.Chat;

namespace Juxta.WebTests.Chat;

/// <summary>The page's state over a real workbench with the trained model stories260k: what a tab shows, without a browser.</summary>
public sealed class ChatSessionTests : Sessions
{
    [Fact]
    public async Task A_first_message_makes_a_conversation_with_the_settings_on_the_page()
    {
        await using ChatSession session = await OpenAsync();
        Assert.Empty(session.List);
        await session.ChangeSettingsAsync(_ => Short with { SystemPrompt = "Be brief." });
        Guid? id = await session.SendAsync("Once upon a time");
        await EndedAsync(session);

        Assert.Equal(id, session.Current!.Id);
        Assert.Equal("Be brief.", session.Current.Settings.SystemPrompt);
        Assert.Equal(["user", "assistant"], session.Current.Messages.Select(message => message.Role));
        Assert.Equal(OutcomeKind.Length, session.Current.Messages[1].Answer!.Outcome!.Kind);
        Assert.Equal("Once upon a time", Assert.Single(session.List).Title);
        Assert.False(session.Answering);
        Assert.Null(session.Notice);
    }

    [Fact]
    public async Task A_message_is_on_show_before_the_model_is_open()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        Task<Guid?> sending = session.SendAsync("Hello");
        Assert.Equal(new Outgoing(null, "Hello"), session.Sending);
        bool gap = false;
        session.Changed += () => gap |= !session.Answering && session.Current is null;
        Assert.Null(await session.SendAsync("Hello again, too early"));
        Assert.NotNull(await sending);
        Assert.Null(session.Sending);
        Assert.False(gap, "the message was gone from the page for a moment");
        await EndedAsync(session);
        Assert.Single(session.Current!.Messages, message => message.Role == "user");
    }

    [Fact]
    public async Task A_message_that_cannot_be_answered_leaves_no_conversation_behind()
    {
        await using ChatSession session = await OpenAsync();
        Assert.Null(await session.SendAsync(string.Join(' ', Enumerable.Repeat("word", 600))));
        Assert.NotNull(session.Notice);
        Assert.Null(session.Current);
        Assert.Empty(session.List);

        await session.ChangeSettingsAsync(_ => Short);
        Assert.NotNull(await session.SendAsync("Hello"));
        Assert.Null(session.Notice);
    }

    [Fact]
    public async Task A_model_that_cannot_be_read_is_a_notice_and_the_message_is_not_sent()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChooseModelAsync("broken");
        Assert.Contains("NobodyKnows", session.Notice!.Text, StringComparison.Ordinal);
        Assert.Null(await session.SendAsync("Hello"));
        Assert.Contains("NobodyKnows", session.Notice!.Text, StringComparison.Ordinal);
        Assert.Empty(session.List);
        Assert.Contains("NobodyKnows", session.Model!.Error!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_goes_on_when_its_page_has_left_and_another_page_shows_it_from_the_beginning()
    {
        ChatSession left = await OpenAsync();
        await left.ChangeSettingsAsync(_ => Long);
        Guid id = (await left.SendAsync("Tell me a story"))!.Value;
        await UntilAsync(() => left.Live?.Text.Length > 50);
        string seen = left.Live!.Text;
        await left.DisposeAsync();
        int changes = 0;
        left.Changed += () => changes++;

        await using ChatSession session = await OpenAsync(id);
        await UntilAsync(() => session.Live?.Text.Length > seen.Length + 100);
        Assert.StartsWith(seen, session.Live!.Text, StringComparison.Ordinal);
        await session.StopAsync();
        await EndedAsync(session);
        Assert.StartsWith(seen, session.Current!.Messages[1].Content, StringComparison.Ordinal);
        Assert.Equal(Outcome.Cancelled, session.Current.Messages[1].Answer!.Outcome);
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task While_an_answer_streams_only_the_answer_changes_and_not_the_page()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Long);
        await session.SendAsync("Tell me a story");
        await UntilAsync(() => session.Live?.Text.Length > 20);
        int page = 0, answer = 0;
        session.Changed += () => Interlocked.Increment(ref page);
        session.Live!.Changed += () => Interlocked.Increment(ref answer);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await UntilAsync(() => answer >= 4);
        Assert.InRange(watch.Elapsed.TotalMilliseconds, 3 * 45, 30_000);
        // The answer's beginning may still be on its way to the page; its tokens never are.
        Assert.InRange(page, 0, 3);
        await session.StopAsync();
    }

    [Fact]
    public async Task Two_pages_of_one_conversation_show_the_same()
    {
        await using ChatSession one = await OpenAsync();
        await one.ChangeSettingsAsync(_ => Short);
        Guid id = (await one.SendAsync("First"))!.Value;
        await EndedAsync(one);
        await using ChatSession two = await OpenAsync(id);
        await two.SendAsync("Second");
        await EndedAsync(two);
        await UntilAsync(() => one.Current!.Messages.Count == 4 && !one.Answering);
        Assert.Equal(two.Current!.Messages.Select(message => message.Content), one.Current!.Messages.Select(message => message.Content));

        await two.RenameAsync(id, "  A title ");
        await UntilAsync(() => one.Current!.Title == "A title" && one.List[0].Title == "A title");
        await two.DeleteAsync(id);
        Assert.Null(two.Current);
        await UntilAsync(() => one.Current is null && one.List.Count == 0);
    }

    [Fact]
    public async Task Answering_again_replaces_the_last_answer_with_the_settings_of_now()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        await session.SendAsync("Once upon a time");
        await EndedAsync(session);
        string first = session.Current!.Messages[1].Content;
        await session.ChangeSettingsAsync(_ => Short with { MaxTokens = 3 });
        await session.RegenerateAsync();
        await EndedAsync(session);
        Assert.Equal(2, session.Current!.Messages.Count);
        Assert.Equal(3, session.Current.Messages[1].Answer!.Usage.CompletionTokens);
        Assert.StartsWith(session.Current.Messages[1].Content, first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_is_loaded_scaled_and_left()
    {
        await using ChatSession session = await OpenAsync();
        await session.UseAdapterAsync("lora-toy-chat");
        Assert.Equal([new AdapterUse("lora-toy-chat")], session.Settings.Adapters);
        Assert.NotEmpty(session.Model!.Adapters.Single(adapter => adapter.Name == "lora-toy-chat").Receipt!.Modules);
        await session.UseAdapterAsync("lora-toy-chat");
        await session.ScaleAdapterAsync("lora-toy-chat", 0.5f);
        Assert.Equal([new AdapterUse("lora-toy-chat", 0.5f)], session.Settings.Adapters);

        await session.UseAdapterAsync("/etc");
        Assert.Contains("/etc", session.Notice!.Text, StringComparison.Ordinal);
        await session.UseAdapterAsync("no-such-adapter", new AdapterOptions { AllowUnused = true });
        Assert.Contains("no-such-adapter", session.Notice!.Text, StringComparison.Ordinal);
        Assert.Single(session.Settings.Adapters);

        await session.ChooseModelAsync(LongStories.Name);
        Assert.Empty(session.Settings.Adapters);
        await session.LeaveAdapterAsync("lora-toy-chat");
        Assert.Empty(session.Settings.Adapters);
    }

    [Fact]
    public async Task A_message_of_another_branch_is_brought_on_show_when_it_is_sought()
    {
        await using ChatSession session = await OpenAsync();
        Guid id = (await session.AddAsync("user", "first"))!.Value;
        Guid first = session.Current!.Messages[0].Id;
        await Workbench.Conversations.EditAsync(id, first, "second", answer: false);
        await UntilAsync(() => session.Current!.Messages[0].Content == "second");
        await session.SeekAsync(first);
        Assert.Equal((first, "first"), (session.Sought!.Id, session.Current!.Messages[0].Content));
        await session.SeekAsync(Guid.NewGuid());
        Assert.Null(session.Sought);
        Assert.Equal("Not found", session.Notice!.Title);
        await session.SeekAsync(null);
        Assert.Null(session.Sought);
    }

    [Fact]
    public async Task An_adapter_that_comes_late_does_not_bring_back_the_model_that_was_left()
    {
        await using ChatSession session = await OpenAsync();
        Task loading = session.UseAdapterAsync("lora-toy-chat");
        await session.ChooseModelAsync(LongStories.Name);
        await loading;
        Assert.Equal(LongStories.Name, session.Settings.Model);
        Assert.Empty(session.Settings.Adapters);
    }

    [Fact]
    public async Task What_is_sent_while_an_adapter_is_being_loaded_is_answered_with_it()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        Task loading = session.UseAdapterAsync("lora-toy-chat");
        await session.SendAsync("Hello");
        await loading;
        await EndedAsync(session);
        Assert.Equal(["lora-toy-chat"], session.Current!.Messages[^1].Answer!.Adapters.Select(use => use.Name));

        await session.UseAdapterAsync("no-such-adapter");
        await session.SendAsync("Once more"); // a failure that is over and was told holds nothing back
        await EndedAsync(session);
        Assert.Equal(4, session.Current.Messages.Count);
    }

    [Fact]
    public async Task Changes_that_meet_on_their_way_do_not_undo_each_other()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        await session.SendAsync("Hello");
        await EndedAsync(session);
        await Task.WhenAll(
            session.ChangeSettingsAsync(settings => settings with { MaxTokens = 3 }),
            session.ChangeSettingsAsync(settings => settings with { SystemPrompt = "Be brief." }),
            session.ChangeSettingsAsync(settings => settings with { Seed = 7 }));
        Conversation stored = await Workbench.Conversations.GetAsync(session.Current!.Id, TestContext.Current.CancellationToken);
        Assert.Equal((3, "Be brief.", 7UL), (stored.Settings.MaxTokens, stored.Settings.SystemPrompt, stored.Settings.Seed));
    }

    [Fact]
    public async Task A_conversation_that_is_gone_is_a_notice_over_an_empty_page()
    {
        await using ChatSession session = await OpenAsync(Guid.NewGuid());
        Assert.Equal("Not found", session.Notice!.Title);
        Assert.Null(session.Current);
        session.Dismiss();
        Assert.Null(session.Notice);
        Assert.Null(await session.SendAsync("  "));
    }
}

using Juxta.Engine.Generation;
using Juxta.Web.Chat;
using Juxta.Workbench.Chat;

namespace Juxta.WebTests.Chat;

/// <summary>Messages that are typed while an answer is being written.</summary>
public sealed class TypedAheadTests : Sessions
{
    static ConversationSettings Medium { get; } = Long with { Sampling = SamplingOptions.Greedy, MaxTokens = 400 };

    [Fact]
    public async Task They_are_sent_one_after_the_other_when_the_answer_before_has_ended()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Medium);
        await session.SendAsync("One");
        Guid id = session.Current!.Id;
        Assert.Equal(id, await session.SayAsync("Two"));
        Assert.Equal(id, await session.SayAsync("Three"));
        await UntilAsync(() => session.Current.Messages.Count == 6 && !session.Answering);
        Assert.Equal(["One", "Two", "Three"], session.Current.Messages.Where(message => message.Role == Roles.User).Select(message => message.Content));
        Assert.Empty(session.Queued);
        Assert.Null(session.TakeReturned());
        Assert.Null(session.Notice);
    }

    [Fact]
    public async Task Every_page_shows_them_and_a_page_that_closes_takes_none_along()
    {
        ChatSession first = await OpenAsync();
        await first.ChangeSettingsAsync(_ => Long);
        await first.SendAsync("One");
        Guid id = first.Current!.Id;
        await first.SayAsync("Two");
        await first.DisposeAsync();

        await using ChatSession second = await OpenAsync(id);
        QueuedMessage waiting = Assert.Single(second.Queued);
        Assert.Equal("Two", waiting.Text);
        second.Unqueue(waiting.Id, toBox: true);
        Assert.Empty(second.Queued);
        Assert.Equal(new Returned(id, "Two"), second.TakeReturned());
        await second.SayAsync("Three");
        second.Unqueue(second.Queued[0].Id, toBox: false);
        Assert.Null(second.TakeReturned());
        Assert.Empty(second.Queued);
        await second.StopAsync();
    }

    [Fact]
    public async Task After_a_stop_they_come_back_instead_of_being_sent()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Long);
        await session.SendAsync("One");
        await session.SayAsync("Two");
        await session.SayAsync("Three");
        await session.StopAsync();
        Assert.Equal(new Returned(session.Current!.Id, "Two\nThree"), session.TakeReturned());
        await EndedAsync(session);
        Assert.Empty(session.Queued);
        Assert.Equal(2, session.Current.Messages.Count);
    }

    [Fact]
    public async Task When_the_answer_is_stopped_elsewhere_they_come_back_too()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Long);
        await session.SendAsync("One");
        await session.SayAsync("Two");
        Guid id = session.Current!.Id;
        await Workbench.Conversations.StopAsync(id);
        Returned? returned = null;
        await UntilAsync(() => (returned ??= session.TakeReturned()) is not null);
        Assert.Equal(new Returned(id, "Two"), returned);
        Assert.Null(session.TakeReturned());
    }

    [Fact]
    public async Task One_that_cannot_be_sent_comes_back_with_the_reason()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Medium);
        await session.SendAsync("One");
        string longer = string.Join(' ', Enumerable.Repeat("word", 10_000));
        await session.SayAsync(longer);
        Returned? returned = null;
        await UntilAsync(() => (returned ??= session.TakeReturned()) is not null);
        Assert.Equal(longer, returned!.Text);
        Assert.NotNull(session.Notice);
        Assert.Equal(2, session.Current!.Messages.Count);
    }

    [Fact]
    public async Task When_another_branch_comes_on_show_they_do_not_land_there()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        await session.SendAsync("One");
        await EndedAsync(session);
        Message first = session.Current!.Messages[1];
        await session.ChangeSettingsAsync(_ => Long);
        await session.RegenerateAsync(first.Id);
        await session.SayAsync("Two");
        await session.StepAsync(first.ParentId, -1);
        Returned? returned = null;
        await UntilAsync(() => (returned ??= session.TakeReturned()) is not null);
        Assert.Equal("Two", returned!.Text);
        Assert.Equal(2, session.Current.Messages.Count);
        await session.StepAsync(first.ParentId, 1);
        await session.StopAsync();
    }

    [Fact]
    public async Task What_is_typed_before_the_first_message_is_even_stored_follows_it()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        Task<Guid?> sending = session.SendAsync("One");
        Assert.Null(await session.SayAsync("Two"));
        Assert.Equal("Two", Assert.Single(session.Queued).Text);
        Assert.NotNull(await sending);
        await UntilAsync(() => session.Current!.Messages.Count == 4 && !session.Answering);
        Assert.Equal("Two", session.Current!.Messages[2].Content);
    }

    [Fact]
    public async Task What_is_typed_behind_a_first_message_that_fails_comes_back_with_it()
    {
        await using ChatSession session = await OpenAsync();
        string longer = string.Join(' ', Enumerable.Repeat("word", 600));
        Task<Guid?> sending = session.SendAsync(longer);
        await session.SayAsync("Two");
        Assert.Null(await sending);
        Assert.Equal(new Returned(null, longer + "\nTwo"), session.TakeReturned());
        Assert.Empty(session.Queued);
        Assert.NotNull(session.Notice);
    }

    [Fact]
    public async Task A_conversation_that_is_deleted_takes_them_along()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Long);
        await session.SendAsync("One");
        Guid id = session.Current!.Id;
        await session.SayAsync("Two");
        await session.DeleteAsync(id);
        await using ChatSession other = await OpenAsync();
        await UntilAsync(() => session.Current is null && session.Queued.Count == 0);
        Assert.Empty(await Workbench.Conversations.ListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_words_an_answer_starts_with_travel_along()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Medium);
        await session.SendAsync("One");
        session.StartAnswersWith("The dragon");
        await session.SayAsync("Two");
        session.StartAnswersWith(null);
        await UntilAsync(() => session.Current!.Messages.Count == 4 && !session.Answering);
        Assert.StartsWith("The dragon", session.Current!.Messages[3].Content, StringComparison.Ordinal);
    }
}

using Juxta.Web.Chat;
using Juxta.Workbench.Chat;

namespace Juxta.WebTests.Chat;

/// <summary>Versions, edits, branches, continuations, other roles: what a person does with turns.</summary>
public sealed class TurnTests : Sessions
{
    [Fact]
    public async Task Versions_of_an_answer_are_stepped_through_and_the_ends_hold()
    {
        await using ChatSession session = await AskedAsync("Once upon a time");
        Message first = session.Current!.Messages[1];
        await session.ChangeSettingsAsync(settings => settings with { MaxTokens = 3 });
        await session.RegenerateAsync(first.Id);
        await EndedAsync(session);
        Assert.Equal((1, 2), Place(session, 1));

        await session.StepAsync(first.ParentId, -1);
        Assert.Equal((0, 2), Place(session, 1));
        Assert.Equal(first.Content, session.Current.Messages[1].Content);
        await session.StepAsync(first.ParentId, -1);
        Assert.Equal((0, 2), Place(session, 1));

        await session.RegenerateAsync(first.Id);
        await EndedAsync(session);
        Assert.Equal((2, 3), Place(session, 1));
        // Steps that overtake each other count from each other, not from the picture that the key was pressed on.
        await Task.WhenAll(session.StepAsync(first.ParentId, -1), session.StepAsync(first.ParentId, -1));
        Assert.Equal((0, 3), Place(session, 1));
        Assert.Null(session.Notice);
    }

    [Fact]
    public async Task An_answer_in_the_middle_of_the_tree_is_given_again_beside_what_followed()
    {
        await using ChatSession session = await AskedAsync("First", "Second");
        string[] before = [.. session.Current!.Messages.Select(message => message.Content)];
        Message middle = session.Current.Messages[1];
        await session.ChangeSettingsAsync(settings => settings with { MaxTokens = 2 });
        await session.RegenerateAsync(middle.Id);
        await EndedAsync(session);
        Assert.Equal(2, session.Current.Messages.Count);
        Assert.Equal(2, session.Current.Messages[1].Answer!.Usage.CompletionTokens);

        await session.StepAsync(middle.ParentId, -1);
        Assert.Equal(before, session.Current.Messages.Select(message => message.Content));
    }

    [Fact]
    public async Task An_edited_question_is_answered_beside_the_old_one()
    {
        await using ChatSession session = await AskedAsync("First", "Second");
        session.Edit(session.Current!.Messages[0].Id);
        Assert.Equal("First", session.Editing!.Text);
        Assert.True(await session.SaveEditAsync("Another first", AfterEdit.Answer));
        Assert.Null(session.Editing);
        await EndedAsync(session);
        Assert.Equal(["Another first"], session.Current.Messages.Where(message => message.Role == Roles.User).Select(message => message.Content));
        Assert.Equal((1, 2), Place(session, 0));

        // Saved without a change, it is answered once more instead of said twice.
        session.Edit(session.Current.Messages[0].Id);
        Assert.True(await session.SaveEditAsync("Another first", AfterEdit.Answer));
        await EndedAsync(session);
        Assert.Equal(((1, 2), (1, 2)), (Place(session, 0), Place(session, 1)));
        session.Edit(session.Current.Messages[0].Id);
        Assert.True(await session.SaveEditAsync("Another first", AfterEdit.Nothing));
        Assert.Equal((1, 2), Place(session, 0));
    }

    [Fact]
    public async Task An_edited_answer_is_kept_as_written_or_gone_on_with()
    {
        await using ChatSession session = await AskedAsync("Once upon a time");
        session.Edit(session.Current!.Messages[1].Id);
        Assert.True(await session.SaveEditAsync("There was a cat", AfterEdit.Nothing));
        Message written = session.Current.Messages[1];
        Assert.Equal(("There was a cat", (Answer?)null), (written.Content, written.Answer));

        session.Edit(written.Id);
        Assert.True(await session.SaveEditAsync("There was a dog", AfterEdit.Continue));
        await EndedAsync(session);
        Message grown = session.Current.Messages[1];
        Assert.StartsWith("There was a dog", grown.Content, StringComparison.Ordinal);
        Assert.Equal((8, (2, 3)), (grown.Answer!.Usage.CompletionTokens, Place(session, 1)));
    }

    [Fact]
    public async Task An_edit_while_an_answer_is_written_waits_and_keeps_its_text()
    {
        await using ChatSession session = await AskedAsync("First");
        await session.ChangeSettingsAsync(_ => Long);
        await session.SendAsync("Tell me a story");
        session.Edit(session.Current!.Messages[0].Id);
        Assert.False(await session.SaveEditAsync("Changed", AfterEdit.Nothing));
        Assert.Equal("Not now", session.Notice!.Title);
        Assert.False(await session.SaveEditAsync("Changed", AfterEdit.Answer));
        Assert.NotNull(session.Editing);
        Assert.NotNull(session.Live);
        await session.StopAsync();
        await EndedAsync(session);
        Assert.True(await session.SaveEditAsync("Changed", AfterEdit.Nothing));
        Assert.Equal("Changed", Assert.Single(session.Current.Messages).Content);
    }

    [Fact]
    public async Task An_edit_without_text_is_refused_and_stays_open()
    {
        await using ChatSession session = await AskedAsync("First");
        session.Edit(session.Current!.Messages[0].Id);
        Assert.False(await session.SaveEditAsync(" \n ", AfterEdit.Answer));
        Assert.Equal("Nothing to save", session.Notice!.Title);
        Assert.NotNull(session.Editing);
        session.LeaveEdit();
        Assert.Null(session.Editing);
    }

    [Fact]
    public async Task Two_pages_that_edit_one_turn_at_once_both_keep_their_version()
    {
        await using ChatSession one = await AskedAsync("First");
        await using ChatSession two = await OpenAsync(one.Current!.Id);
        one.Edit(one.Current.Messages[0].Id);
        two.Edit(two.Current!.Messages[0].Id);
        Assert.True(await one.SaveEditAsync("Of one", AfterEdit.Nothing));
        await UntilAsync(() => two.Current.Messages[0].Content == "Of one");
        // The turn that is edited is no longer on show here; the edit is, and is saved beside the other.
        Assert.NotNull(two.Editing);
        Assert.True(await two.SaveEditAsync("Of two", AfterEdit.Nothing));
        Assert.Equal(("Of two", (2, 3)), (two.Current.Messages[0].Content, Place(two, 0)));
        await UntilAsync(() => one.Current.Messages[0].Content == "Of two");
    }

    [Fact]
    public async Task An_answer_cut_by_its_length_goes_on_in_its_place()
    {
        await using ChatSession session = await AskedAsync("Once upon a time");
        Message cut = session.Current!.Messages[1];
        await session.ContinueAsync(cut.Id);
        await EndedAsync(session);
        Message whole = session.Current.Messages[1];
        Assert.Equal(cut.Id, whole.Id);
        Assert.StartsWith(cut.Content, whole.Content, StringComparison.Ordinal);
        Assert.True(whole.Content.Length > cut.Content.Length);
        Assert.Single(whole.Answer!.EarlierParts);

        // Behind another turn it cannot be continued any more.
        await session.SendAsync("And then?");
        await EndedAsync(session);
        await session.ContinueAsync(cut.Id);
        Assert.Contains("went on after this answer", session.Notice!.Text, StringComparison.Ordinal);
        Assert.False(session.Answering);
    }

    [Fact]
    public async Task An_answer_starts_with_the_words_given()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        session.StartAnswersWith("The dragon");
        await session.SendAsync("Once upon a time");
        await EndedAsync(session);
        Assert.StartsWith("The dragon", session.Current!.Messages[1].Content, StringComparison.Ordinal);
        await session.RegenerateAsync();
        await EndedAsync(session);
        Assert.StartsWith("The dragon", session.Current.Messages[1].Content, StringComparison.Ordinal);
        session.StartAnswersWith(null);
        await session.RegenerateAsync();
        await EndedAsync(session);
        Assert.DoesNotContain("dragon", session.Current.Messages[1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turns_of_everybody_are_added_without_an_answer_and_answered_later()
    {
        await using ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        Guid? id = await session.AddAsync(Roles.System, "Be brief.");
        Assert.Equal(id, session.Current!.Id);
        foreach (string role in (string[])[Roles.User, Roles.Assistant, Roles.Tool, Roles.Observation]) Assert.Equal(id, await session.AddAsync(role, $"of {role}"));
        Assert.Equal(["system", "user", "assistant", "tool", "observation"], session.Current.Messages.Select(message => message.Role));
        Assert.False(session.Answering);
        Assert.Null(await session.AddAsync(Roles.User, "  "));

        await session.RegenerateAsync(session.Current.Messages[^1].Id);
        await EndedAsync(session);
        Assert.Equal(Roles.Assistant, session.Current.Messages[^1].Role);

        await session.ChangeSettingsAsync(_ => Long);
        await session.SendAsync("On");
        Assert.Null(await session.AddAsync(Roles.Tool, "too early"));
        Assert.Equal("Not now", session.Notice!.Title);
        Assert.Equal(new Returned(id, "too early"), session.TakeReturned());
        await session.StopAsync();
    }

    [Fact]
    public async Task The_tree_shows_every_branch_and_leads_to_it()
    {
        await using ChatSession session = await AskedAsync("First", "Second");
        Assert.Null(session.Branches);
        await session.ShowBranchesAsync(true);
        Assert.Equal([1, 1, 1, 1], session.Branches!.Select(row => row.Level));
        session.Edit(session.Current!.Messages[2].Id);
        await session.SaveEditAsync("Another second", AfterEdit.Nothing);
        Assert.Equal(["First", "Second", "Another second"], session.Branches!.Where(row => row.Node.Role == Roles.User).Select(row => row.Node.Start));
        Assert.Equal("Another second", session.Branches!.Single(row => row.Last).Node.Start);

        BranchRow second = session.Branches!.Single(row => row.Node.Start == "Second");
        Assert.Equal((2, 1, 2, false), (second.Level, second.Position, second.Versions, second.Node.Shown));
        await session.SelectAsync(second.Node.Id);
        Assert.Equal(4, session.Current.Messages.Count);
        Assert.Equal(session.Current.Messages[^1].Id, session.Branches!.Single(row => row.Last).Node.Id);
        await session.SelectAsync(Guid.NewGuid());
        Assert.Equal("Not found", session.Notice!.Title);
        await session.ShowBranchesAsync(false);
        Assert.Null(session.Branches);
    }

    [Fact]
    public async Task Another_branch_can_be_looked_at_while_an_answer_is_written()
    {
        await using ChatSession session = await AskedAsync("First");
        Message first = session.Current!.Messages[1];
        await session.ChangeSettingsAsync(_ => Long);
        await session.RegenerateAsync(first.Id);
        await session.StepAsync(first.ParentId, -1);
        Assert.False(session.Answering);
        Assert.Equal(first.Id, session.Current.Messages[^1].Id);
        await session.StepAsync(first.ParentId, 1);
        Assert.NotNull(session.Live);
        await session.StopAsync();
        await EndedAsync(session);
    }

    [Fact]
    public async Task The_context_used_is_known_and_grows()
    {
        await using ChatSession session = await OpenAsync();
        Assert.Null(session.Context);
        await session.ChangeSettingsAsync(_ => Short);
        await session.SendAsync("Once upon a time");
        await EndedAsync(session);
        await UntilAsync(() => session.Context is { Limit: 512, Used: > 8 });
        int used = session.Context!.Used;
        await session.AddAsync(Roles.User, "And then?");
        Assert.True(session.Context.Used > used);
        await session.OpenAsync(null);
        Assert.Null(session.Context);
    }

    /// <summary>A conversation of short answers.</summary>
    async Task<ChatSession> AskedAsync(params string[] questions)
    {
        ChatSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        foreach (string question in questions)
        {
            await session.SendAsync(question);
            await EndedAsync(session);
        }
        return session;
    }

    static (int Position, int Versions) Place(ChatSession session, int turn) => (session.Current!.Messages[turn].Position, session.Current.Messages[turn].Siblings.Count);
}

using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>A conversation is a tree: every change makes a branch, and any branch can be shown again.</summary>
public sealed class BranchTests : StoriesChat
{
    [Fact]
    public async Task Versions_of_an_answer_are_counted_and_stepped_through()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage first = await Ask(id, Story);
        SentMessage second = await Conversations.RegenerateAsync(id);
        await Follow(second.GenerationId);
        SentMessage third = await Conversations.RegenerateAsync(id, second.AssistantMessageId);
        await Follow(third.GenerationId);

        Guid[] versions = [first.AssistantMessageId, second.AssistantMessageId, third.AssistantMessageId];
        for (int position = 2; position >= 0; position--)
        {
            await Conversations.SelectAsync(id, versions[position]);
            Message shown = (await Conversations.GetAsync(id)).Messages[^1];
            Assert.Equal(versions[position], shown.Id);
            Assert.Equal(versions, shown.Siblings);
            Assert.Equal(position, shown.Position);
        }
        await Restart();
        Assert.Equal(first.AssistantMessageId, (await Conversations.GetAsync(id)).Messages[^1].Id);
    }

    [Fact]
    public async Task Any_answer_can_be_regenerated_and_the_turns_after_it_stay_in_their_branch()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage first = await Ask(id, Story);
        SentMessage second = await Ask(id, "And then?");
        IReadOnlyList<string> long_ = await Shown(id);

        SentMessage again = await Conversations.RegenerateAsync(id, first.AssistantMessageId);
        await Follow(again.GenerationId);
        Assert.Equal([first.UserMessageId, again.AssistantMessageId], (await Conversations.GetAsync(id)).Messages.Select(message => message.Id));

        await Conversations.SelectAsync(id, first.AssistantMessageId);
        Assert.Equal(long_, await Shown(id));
        Assert.Equal(second.AssistantMessageId, (await Conversations.GetAsync(id)).Messages[^1].Id);
    }

    [Fact]
    public async Task Selecting_shows_the_branch_below_that_was_on_show_last()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage first = await Ask(id, Story);
        SentMessage old = await Ask(id, "One");
        EditedMessage other = await Conversations.EditAsync(id, old.UserMessageId, "Two", answer: true);
        await Follow(other.Answer!.GenerationId);
        EditedMessage elsewhere = await Conversations.EditAsync(id, first.UserMessageId, "Somewhere else", answer: false);
        Assert.Equal(["Somewhere else"], await Shown(id));

        await Conversations.SelectAsync(id, first.UserMessageId);
        Assert.Equal(other.Answer.AssistantMessageId, (await Conversations.GetAsync(id)).Messages[^1].Id);
        await Conversations.SelectAsync(id, old.UserMessageId);
        await Conversations.SelectAsync(id, elsewhere.MessageId);
        await Conversations.SelectAsync(id, first.UserMessageId);
        Assert.Equal(old.AssistantMessageId, (await Conversations.GetAsync(id)).Messages[^1].Id);
        Assert.Equal([first.UserMessageId, elsewhere.MessageId], (await Conversations.GetAsync(id)).Messages[0].Siblings);
    }

    [Fact]
    public async Task An_edited_question_is_answered_in_a_branch_of_its_own()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Ask(id, "Lily had a dog");
        IReadOnlyList<string> before = await Shown(id);
        EditedMessage edited = await Conversations.EditAsync(id, sent.UserMessageId, Story, answer: true);
        string answer = await Follow(edited.Answer!.GenerationId);
        Assert.Equal(edited.MessageId, edited.Answer.UserMessageId);
        Assert.Equal([Story, answer], await Shown(id));
        Assert.StartsWith(", there was a", answer);
        await Conversations.SelectAsync(id, sent.UserMessageId);
        Assert.Equal(before, await Shown(id));
    }

    [Fact]
    public async Task An_edited_answer_is_what_the_model_reads_from_then_on()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Ask(id, Story);
        EditedMessage edited = await Conversations.EditAsync(id, sent.AssistantMessageId, " there was a robot.", answer: false);
        Message shown = (await Conversations.GetAsync(id)).Messages[^1];
        Assert.Equal((edited.MessageId, "assistant", " there was a robot.", 1), (shown.Id, shown.Role, shown.Content, shown.Position));
        Assert.Null(shown.Answer);
        SentMessage next = await Ask(id, "It was");
        GenerationRecord record = await Workbench.Generations.GetAsync(next.GenerationId);
        LanguageModel model = (await Workbench.Models.OpenAsync("stories260k")).Model;
        Assert.Equal(model.Tokenizer!.Encode(Story + " there was a robot.\nIt was", addSpecial: true), record.Value.Spec.Request.PromptIds);

        Assert.Equal("answer", (await Assert.ThrowsAsync<RequestException>(() => Conversations.EditAsync(id, edited.MessageId, "x", answer: true))).Parameter);
    }

    [Fact]
    public async Task Turns_of_every_role_are_added_without_an_answer_and_answered_later()
    {
        Guid id = (await Conversations.CreateAsync(Short with { Template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}" })).Id;
        foreach (string role in Roles.All) await Conversations.AddAsync(id, role, "by " + role);
        await Conversations.AddAsync(id, "user", "Well?");
        Assert.Equal([.. Roles.All, "user"], (await Conversations.GetAsync(id)).Messages.Select(message => message.Role));
        Assert.Equal("by system", (await Conversations.GetAsync(id)).Title);

        SentMessage sent = await Conversations.RegenerateAsync(id);
        await Follow(sent.GenerationId);
        IReadOnlyList<int> ids = (await Workbench.Generations.GetAsync(sent.GenerationId)).Value.Spec.Request.PromptIds;
        LanguageModel model = (await Workbench.Models.OpenAsync("stories260k")).Model;
        Assert.EndsWith(
            "[system]by system[user]by user[assistant]by assistant[tool]by tool[observation]by observation[user]Well?", model.Tokenizer!.Decode(ids.ToArray(), skipSpecial: true));

        var refused = await Assert.ThrowsAsync<RequestException>(() => Conversations.AddAsync(id, "narrator", "x"));
        Assert.Equal("'narrator' is no role; expected system, user, assistant, tool, observation", refused.Message);
    }

    [Fact]
    public async Task The_tree_has_every_message_and_says_what_is_on_show()
    {
        Guid id = (await Conversations.CreateAsync(Endless)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        Assert.True((await Conversations.TreeAsync(id))[1].Running);
        await Conversations.StopAsync(id);
        string text = await Follow(sent.GenerationId);
        EditedMessage other = await Conversations.EditAsync(id, sent.UserMessageId, "line one\n  line two " + new string('x', 100), answer: false);

        IReadOnlyList<MessageNode> nodes = await Conversations.TreeAsync(id);
        Assert.Equal([sent.UserMessageId, sent.AssistantMessageId, other.MessageId], nodes.Select(node => node.Id));
        Assert.Equal([null, sent.UserMessageId, null], nodes.Select(node => node.ParentId));
        Assert.Equal(["user", "assistant", "user"], nodes.Select(node => node.Role));
        Assert.Equal([null, Outcome.Cancelled, null], nodes.Select(node => node.Outcome));
        Assert.Equal([false, false, true], nodes.Select(node => node.Shown));
        Assert.All(nodes, node => Assert.False(node.Running));
        Assert.StartsWith(nodes[1].Start.TrimEnd('…'), string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("line one line two " + new string('x', 62) + "…", nodes[2].Start);
    }

    [Fact]
    public async Task While_an_answer_is_being_written_other_branches_can_be_looked_at_but_not_written_below_it()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage first = await Ask(id, Story);
        await Conversations.ChangeSettingsAsync(id, Endless);
        SentMessage running = await Conversations.RegenerateAsync(id);
        foreach (Func<Task> refused in new Func<Task>[]
        {
            () => Conversations.AddAsync(id, "user", "x"),
            () => Conversations.EditAsync(id, first.UserMessageId, "x", answer: false),
            () => Conversations.EditAsync(id, first.UserMessageId, "x", answer: true),
            () => Conversations.RegenerateAsync(id, first.AssistantMessageId),
            () => Conversations.ContinueAsync(id),
        })
            Assert.Contains("still being written", (await Assert.ThrowsAsync<WorkbenchException>(refused)).Message);
        await Conversations.SelectAsync(id, first.AssistantMessageId);
        Assert.Null((await Conversations.GetAsync(id)).RunningGeneration);
        await Conversations.SelectAsync(id, running.AssistantMessageId);
        Assert.Equal(running.GenerationId, (await Conversations.GetAsync(id)).RunningGeneration);
        Assert.True(await Conversations.StopAsync(id));
        await Follow(running.GenerationId);
    }

    [Fact]
    public async Task Two_pages_see_the_same_branch_after_every_change()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        Page[] pages = [new(Conversations, id), new(Conversations, id)];
        SentMessage sent = await Ask(id, Story);
        await Same("user assistant");
        await Conversations.AddAsync(id, "tool", "sunny");
        await Same("user assistant tool");
        await Conversations.EditAsync(id, sent.UserMessageId, "y", answer: false);
        await Same("user");
        await Conversations.SelectAsync(id, sent.AssistantMessageId);
        await Same("user assistant tool");
        await Follow((await Conversations.RegenerateAsync(id, sent.AssistantMessageId)).GenerationId);
        await Same("user assistant");
        int length = pages[0].Shown!.Messages[1].Content.Length;
        await Follow(await Conversations.ContinueAsync(id));
        await Until(() => pages.All(page => page.Shown!.Messages[1].Content.Length > length));
        await Same("user assistant");
        await Follow((await Conversations.EditAsync(id, sent.UserMessageId, "z", answer: true)).Answer!.GenerationId);
        await Until(() => pages.All(page => page.Shown!.Messages[0].Content == "z"));
        await Same("user assistant");

        async Task Same(string roles)
        {
            await Until(() => pages.All(page => page.Shown is { RunningGeneration: null } shown && string.Join(' ', shown.Messages.Select(message => message.Role)) == roles));
            Conversation now = await Conversations.GetAsync(id);
            Assert.All(pages, page => Assert.Equal(
                now.Messages.Select(message => (message.Id, message.Content, message.Position, message.Siblings.Count)),
                page.Shown!.Messages.Select(message => (message.Id, message.Content, message.Position, message.Siblings.Count))));
        }
    }

    [Fact]
    public async Task A_message_of_another_conversation_is_not_found()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id, other = (await Conversations.CreateAsync(Short)).Id;
        Guid message = await Conversations.AddAsync(other, "user", "x");
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.SelectAsync(id, message));
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.EditAsync(id, message, "y", answer: false));
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.RegenerateAsync(id, message));
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.ContinueAsync(id, message));
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.TreeAsync(Guid.NewGuid()));
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.SelectAsync(Guid.NewGuid(), message));
    }

    [Theory]
    [InlineData("[{", "not valid JSON at line 1")]
    [InlineData("{}", "an object and not an array")]
    [InlineData("[{}, 3]", "an array whose entry 1 is a number and not an object")]
    [InlineData("null", "null and not an array")]
    public async Task Tool_definitions_that_are_none_are_refused_when_they_are_set(string tools, string found)
    {
        var refused = await Assert.ThrowsAsync<RequestException>(() => Conversations.CreateAsync(Short with { Tools = tools }));
        Assert.Equal("tools", refused.Parameter);
        Assert.Contains(found, refused.Message);
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        await Assert.ThrowsAsync<RequestException>(() => Conversations.ChangeSettingsAsync(id, Short with { Tools = tools }));
    }

    [Fact]
    public async Task Tool_definitions_reach_the_template()
    {
        Guid id = (await Conversations.CreateAsync(Short with
        {
            Tools = """[{"type": "function", "function": {"name": "weather"}}]""",
            Template = "{% for t in tools %}({{ t.function.name }}){% endfor %}{{ messages[0].content }}",
        })).Id;
        SentMessage sent = await Ask(id, "Hi");
        LanguageModel model = (await Workbench.Models.OpenAsync("stories260k")).Model;
        Assert.Equal(model.Tokenizer!.Encode("(weather)Hi", addSpecial: true), (await Workbench.Generations.GetAsync(sent.GenerationId)).Value.Spec.Request.PromptIds);
    }
}

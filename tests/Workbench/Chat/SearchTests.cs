using Juxta.Workbench.Chat;

namespace Juxta.WorkbenchTests.Chat;

public sealed class SearchTests : StoriesChat
{
    [Theory]
    [InlineData("robot", "The Robot dreams")]
    [InlineData("ROBOT", "the robot dreams")]
    [InlineData("été", "C'ÉTAIT l'ÉTÉ")]
    [InlineData("привет", "ПРИВЕТ, мир")]
    [InlineData("模型", "微调模型的评测")]
    [InlineData("调", "微调模型的评测")]
    [InlineData("100%_", "about 100%_ of it")]
    [InlineData("'; DROP", "x'; DROP TABLE Messages")]
    public async Task A_text_is_found_whatever_its_script_and_case(string wanted, string said)
    {
        Guid id = (await Conversations.CreateAsync(Short, "a title")).Id;
        Guid message = await Conversations.AddAsync(id, "user", said);
        await Conversations.AddAsync(id, "user", "something else");
        SearchHit hit = Assert.Single(await Conversations.SearchAsync(wanted));
        Assert.Equal((id, "a title", message, "user"), (hit.ConversationId, hit.Title, hit.MessageId, hit.Role));
        Assert.Equal(wanted, hit.Excerpt.Substring(hit.Start, hit.Length), ignoreCase: true);
    }

    [Fact]
    public async Task Titles_answers_hidden_branches_and_running_answers_are_searched()
    {
        Guid titled = (await Conversations.CreateAsync(Short, "Lily's conversation")).Id;
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Ask(id, Story);
        await Conversations.EditAsync(id, sent.UserMessageId, "x", answer: false);
        IReadOnlyList<SearchHit> hits = await Conversations.SearchAsync("little girl");
        Assert.Equal([sent.AssistantMessageId], hits.Select(hit => hit.MessageId!.Value));
        Assert.Equal((titled, null), (await Conversations.SearchAsync("lily's"))[0] is var found ? (found.ConversationId, found.MessageId) : default);

        await Conversations.ChangeSettingsAsync(titled, Endless);
        SentMessage running = await Conversations.SendAsync(titled, Story);
        await Until(() => Conversations.GetAsync(titled).Result.Messages[1].Content.Contains("little girl"));
        Assert.Contains(running.AssistantMessageId, (await Conversations.SearchAsync("little girl")).Select(hit => hit.MessageId!.Value));
        await Conversations.StopAsync(titled);
        await Follow(running.GenerationId);
    }

    [Fact]
    public async Task An_excerpt_shows_what_stands_around_the_hit()
    {
        Guid id = (await Conversations.CreateAsync(Short, "t")).Id;
        string before = string.Concat(Enumerable.Repeat("😀", 30)), after = new('y', 50);
        await Conversations.AddAsync(id, "user", before + "\nneedle\t" + after);
        SearchHit hit = Assert.Single(await Conversations.SearchAsync("  needle "));
        Assert.Equal("…" + string.Concat(Enumerable.Repeat("😀", 19)) + " needle " + after[..39] + "…", hit.Excerpt);
        Assert.Equal("needle", hit.Excerpt.Substring(hit.Start, hit.Length));
    }

    [Fact]
    public async Task The_last_used_conversations_come_first_and_a_limit_holds()
    {
        List<Guid> ids = [];
        for (int i = 0; i < 4; i++)
        {
            ids.Add((await Conversations.CreateAsync(Short, $"t{i}")).Id);
            await Conversations.AddAsync(ids[i], "user", "needle");
        }
        await Conversations.AddAsync(ids[1], "user", "no more");
        Assert.Equal([ids[1], ids[3], ids[2]], (await Conversations.SearchAsync("needle", limit: 3)).Select(hit => hit.ConversationId));
        Assert.Empty(await Conversations.SearchAsync("  "));
        Assert.Empty(await Conversations.SearchAsync("nowhere"));
    }
}

using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>A cut answer goes on as if it had never been cut.</summary>
public sealed class ContinueTests : StoriesChat
{
    const int Whole = 60;

    public static TheoryData<string, SamplingOptions, int> Cuts => new()
    {
        { "greedy", SamplingOptions.Greedy, 1 },
        { "greedy", SamplingOptions.Greedy, 12 },
        { "greedy", SamplingOptions.Greedy, 37 },
        { "sampled", new SamplingOptions { Temperature = 1 }, 20 },
        { "penalties", new SamplingOptions { Temperature = 0.8f, RepetitionPenalty = 1.2f, PresencePenalty = 0.5f, FrequencyPenalty = 0.3f }, 25 },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task The_continuation_is_that_of_the_uncut_answer(string how, SamplingOptions sampling, int cut)
    {
        Assert.NotEmpty(how);
        ConversationSettings settings = Short with { Sampling = sampling, MaxTokens = Whole, Stop = new StopOptions { IgnoreEos = true } };
        Guid uncut = (await Conversations.CreateAsync(settings)).Id;
        SentMessage whole = await Ask(uncut, Story);

        Guid id = (await Conversations.CreateAsync(settings with { MaxTokens = cut })).Id;
        SentMessage first = await Ask(id, Story);
        await Conversations.ChangeSettingsAsync(id, settings with { MaxTokens = (Whole - cut) / 2 });
        Guid second = await Conversations.ContinueAsync(id);
        await Follow(second);
        await Conversations.ChangeSettingsAsync(id, settings with { MaxTokens = Whole - cut - ((Whole - cut) / 2) });
        Guid third = await Conversations.ContinueAsync(id, first.AssistantMessageId);
        Assert.Equal(await Follow(whole.GenerationId), await Follow(third));

        List<int> ids = [];
        foreach (Guid part in new[] { first.GenerationId, second, third }) ids.AddRange((await Workbench.Generations.GetAsync(part)).Ids);
        Assert.Equal((await Workbench.Generations.GetAsync(whole.GenerationId)).Ids, ids);

        await Check();
        await Restart();
        await Check();

        async Task Check()
        {
            Conversation conversation = await Conversations.GetAsync(id);
            Assert.Equal(2, conversation.Messages.Count);
            Message answer = conversation.Messages[1];
            Assert.Equal(first.AssistantMessageId, answer.Id);
            Assert.Equal((await Conversations.GetAsync(uncut)).Messages[1].Content, answer.Content);
            Assert.Equal([first.GenerationId, second], answer.Answer!.EarlierParts);
            Assert.Equal(third, answer.Answer.GenerationId);
        }
    }

    [Fact]
    public async Task An_answer_cut_within_a_character_goes_on_with_the_rest_of_it()
    {
        var tokenizer = (await Workbench.Models.OpenAsync("stories260k")).Model.Tokenizer!;
        Guid id = (await Conversations.CreateAsync(Only("<0xC3>"))).Id;
        await Ask(id, Story);
        Assert.Equal("\uFFFD", (await Conversations.GetAsync(id)).Messages[1].Content);
        await Conversations.ChangeSettingsAsync(id, Only("<0xA9>"));
        Assert.Equal("é", await Follow(await Conversations.ContinueAsync(id)));
        Assert.Equal("é", (await Conversations.GetAsync(id)).Messages[1].Content);

        ConversationSettings Only(string token) => Short with
        {
            MaxTokens = 1, Sampling = new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, float> { [tokenizer.IdOf(token)!.Value] = 100 } },
        };
    }

    [Fact]
    public async Task A_continuation_that_the_server_did_not_survive_keeps_what_was_there_before()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Ask(id, Story);
        string begun = (await Conversations.GetAsync(id)).Messages[1].Content;
        Guid more = await Conversations.ContinueAsync(id);
        await Follow(more);
        await Workbench.DisposeAsync();
        using (var db = new SqliteDb(SqliteDb.OptionsFor(Folder.File("data", "juxta.db"))))
        {
            // As a kill leaves it that comes right after the continuation was stored.
            db.Steps.Where(row => row.GenerationId == more).ExecuteDelete();
            GenerationRow row = db.Generations.Single(row => row.Id == more);
            (row.Outcome, row.Summary) = (null, null);
            db.SaveChanges();
        }
        Start();
        Message answer = (await Conversations.GetAsync(id)).Messages[1];
        Assert.Equal(begun, answer.Content);
        Assert.Equal(GenerationArchive.ServerStopped, answer.Answer!.Outcome);
        Assert.Equal([sent.GenerationId], answer.Answer.EarlierParts);
        Assert.StartsWith(begun, await Follow(await Conversations.ContinueAsync(id)));
    }

    [Fact]
    public async Task A_stopped_answer_goes_on_and_its_page_shows_the_beginning_at_once()
    {
        Guid id = (await Conversations.CreateAsync(Endless)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        await using (IAsyncEnumerator<GenerationStep> steps = Workbench.Generations.FollowAsync(sent.GenerationId).GetAsyncEnumerator())
            for (int i = 0; i < 7; i++) Assert.True(await steps.MoveNextAsync());
        await Conversations.StopAsync(id);
        string begun = await Follow(sent.GenerationId);

        Guid more = await Conversations.ContinueAsync(id);
        Conversation running = await Conversations.GetAsync(id);
        Assert.Equal(more, running.RunningGeneration);
        Assert.StartsWith(begun, running.Messages[1].Content);
        await using (IAsyncEnumerator<GenerationStep> steps = Workbench.Generations.FollowAsync(more).GetAsyncEnumerator())
        {
            Assert.True(await steps.MoveNextAsync());
            Assert.Equal((null, begun), (steps.Current.Token.Id, steps.Current.Token.Text));
        }
        Assert.True(await Conversations.StopAsync(id));
        await Follow(more);
        Assert.Equal("same", (await Workbench.Generations.ReplayAsync(more)).ToString());
    }

    [Fact]
    public async Task An_answer_that_the_model_ended_goes_on_without_its_end_token()
    {
        Guid id = (await Conversations.CreateAsync(Short with { Stop = new StopOptions { Ids = [426] } })).Id;
        SentMessage sent = await Ask(id, Story);
        GenerationRecord ended = await Workbench.Generations.GetAsync(sent.GenerationId);
        Assert.Equal(Outcome.StopId(426), ended.Outcome);
        Guid more = await Conversations.ContinueAsync(id);
        string text = await Follow(more);
        GenerationRecord continued = await Workbench.Generations.GetAsync(more);
        Assert.Equal([.. ended.Value.Spec.Request.PromptIds, .. ended.Ids.SkipLast(1)], continued.Value.Spec.Request.PromptIds);
        Assert.NotEqual(426, continued.Ids[0]);
        Assert.StartsWith(ended.Text, text);
    }

    [Fact]
    public async Task A_stop_string_that_began_before_the_cut_still_ends_the_answer_before_it()
    {
        ConversationSettings settings = Short with { MaxTokens = 40 };
        Guid plain = (await Conversations.CreateAsync(settings)).Id;
        SentMessage whole = await Ask(plain, Story);
        string text = (await Conversations.GetAsync(plain)).Messages[1].Content;
        IReadOnlyList<GenerationStep> steps = (await Workbench.Generations.GetAsync(whole.GenerationId)).Steps;
        string until = string.Concat(steps.Take(12).Select(step => step.Token.Text));
        string stop = text.Substring(until.Length - 3, 6);
        Assert.Equal(until.Length - 3, text.IndexOf(stop, StringComparison.Ordinal));

        Guid id = (await Conversations.CreateAsync(settings with { MaxTokens = 12, Stop = new StopOptions { Strings = [stop] } })).Id;
        await Ask(id, Story);
        Assert.Equal(until, (await Conversations.GetAsync(id)).Messages[1].Content);
        await Follow(await Conversations.ContinueAsync(id));
        Message answer = (await Conversations.GetAsync(id)).Messages[1];
        Assert.Equal(until[..^3], answer.Content);
        Assert.Equal(Outcome.Stop(stop), answer.Answer!.Outcome);
    }

    [Fact]
    public async Task An_answer_that_a_stop_string_ended_goes_on_behind_that_string()
    {
        ConversationSettings settings = Short with { MaxTokens = 30 };
        Guid plain = (await Conversations.CreateAsync(settings)).Id;
        SentMessage whole = await Ask(plain, Story);
        string text = (await Conversations.GetAsync(plain)).Messages[1].Content;

        Guid id = (await Conversations.CreateAsync(settings with { Stop = new StopOptions { Strings = [" little"] } })).Id;
        SentMessage stopped = await Ask(id, Story);
        Assert.Equal(Outcome.Stop(" little"), (await Conversations.GetAsync(id)).Messages[1].Answer!.Outcome);
        Assert.DoesNotContain(" little", (await Conversations.GetAsync(id)).Messages[1].Content);
        int drawn = (await Workbench.Generations.GetAsync(stopped.GenerationId)).Ids.Count;
        await Conversations.ChangeSettingsAsync(id, settings with { MaxTokens = 30 - drawn });
        Assert.Equal(text, await Follow(await Conversations.ContinueAsync(id)));
        Assert.Contains(" little", text);
    }

    [Fact]
    public async Task An_answer_starts_with_given_words()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story, answerPrefix: ", there was a little");
        string text = await Follow(sent.GenerationId);
        Assert.StartsWith(", there was a little girl", text);
        GenerationRecord record = await Workbench.Generations.GetAsync(sent.GenerationId);
        Assert.Equal((await Workbench.Models.OpenAsync("stories260k")).Model.Tokenizer!.Encode(Story + ", there was a little", addSpecial: true), record.Value.Spec.Request.PromptIds);
        Assert.Equal(text, (await Conversations.GetAsync(id)).Messages[1].Content);

        Guid more = await Conversations.ContinueAsync(id);
        Assert.StartsWith(text, await Follow(more));
        SentMessage other = await Conversations.RegenerateAsync(id, answerPrefix: " 日本");
        Assert.StartsWith(" 日本", await Follow(other.GenerationId));
    }

    [Fact]
    public async Task An_answer_that_a_person_wrote_is_continued_by_the_model()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        await Conversations.AddAsync(id, "user", Story);
        Guid answer = await Conversations.AddAsync(id, "assistant", ", there was a little");
        await Follow(await Conversations.ContinueAsync(id));
        Message shown = (await Conversations.GetAsync(id)).Messages[1];
        Assert.Equal(answer, shown.Id);
        Assert.StartsWith(", there was a little girl", shown.Content);
        Assert.Empty(shown.Answer!.EarlierParts);
    }

    [Fact]
    public async Task What_cannot_be_continued_is_refused_with_the_reason()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        Assert.Contains("no answer to continue", (await Assert.ThrowsAsync<WorkbenchException>(() => Conversations.ContinueAsync(id))).Message);
        SentMessage first = await Ask(id, Story);
        Assert.Contains("not the assistant's", (await Assert.ThrowsAsync<WorkbenchException>(() => Conversations.ContinueAsync(id, first.UserMessageId))).Message);
        await Ask(id, "And then?");
        Assert.Contains("went on after this answer", (await Assert.ThrowsAsync<WorkbenchException>(() => Conversations.ContinueAsync(id, first.AssistantMessageId))).Message);
    }

    [Fact]
    public async Task Deleting_takes_the_parts_of_continued_answers_along()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Ask(id, Story);
        Guid more = await Conversations.ContinueAsync(id);
        await Follow(more);
        await Conversations.DeleteAsync(id);
        await Assert.ThrowsAsync<NotFoundException>(() => Workbench.Generations.GetAsync(sent.GenerationId));
        await Assert.ThrowsAsync<NotFoundException>(() => Workbench.Generations.GetAsync(more));
    }

    [Fact]
    public async Task The_context_used_is_that_of_the_branch_on_show()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        await Workbench.Models.OpenAsync("stories260k");
        Assert.Equal(new ContextUse(0, 32768), await Conversations.ContextAsync(id));
        SentMessage sent = await Ask(id, Story);
        int prompt = (await Workbench.Generations.GetAsync(sent.GenerationId)).Value.Spec.Request.PromptIds.Count;
        Assert.Equal(new ContextUse(prompt + 12, 32768), await Conversations.ContextAsync(id));
        await Follow(await Conversations.ContinueAsync(id));
        Assert.Equal(new ContextUse(prompt + 24, 32768), await Conversations.ContextAsync(id));
        await Conversations.AddAsync(id, "user", "And then?");
        int waiting = (await Conversations.ContextAsync(id)).Used;
        SentMessage next = await Conversations.RegenerateAsync(id);
        await Follow(next.GenerationId);
        Assert.Equal((await Workbench.Generations.GetAsync(next.GenerationId)).Value.Spec.Request.PromptIds.Count, waiting);
        await Conversations.EditAsync(id, sent.UserMessageId, "Hi", answer: false);
        Assert.True((await Conversations.ContextAsync(id)).Used < prompt);
        await Conversations.ChangeSettingsAsync(id, Short with { Model = "gone" });
        Assert.Null((await Conversations.ContextAsync(id)).Limit);
    }
}

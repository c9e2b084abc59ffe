using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>People talk with a real, small model (stories260k).</summary>
public sealed class ConversationsTests : StoriesChat
{
    [Fact]
    public async Task An_answer_streams_into_its_message_and_survives_a_restart()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        string streamed = await Follow(sent.GenerationId);
        Assert.StartsWith(", there was a", streamed);

        Conversation conversation = await Conversations.GetAsync(id);
        Check(conversation);
        await Restart();
        Check(await Conversations.GetAsync(id));
        Assert.Equal([id], (await Conversations.ListAsync()).Select(summary => summary.Id));

        void Check(Conversation conversation)
        {
            Assert.Equal(Story, conversation.Title);
            Assert.Equal(["user", "assistant"], conversation.Messages.Select(message => message.Role));
            Assert.Equal([Story, streamed], conversation.Messages.Select(message => message.Content));
            Assert.Equal(conversation.Messages[0].Id, conversation.Messages[1].ParentId);
            Answer answer = conversation.Messages[1].Answer!;
            Assert.Equal(Outcome.Length, answer.Outcome);
            Assert.Equal(12, answer.Usage.CompletionTokens);
            Assert.NotNull(answer.Usage.TokensPerSecond);
            Assert.Contains("no chat template", Assert.Single(answer.Warnings));
            Assert.Equal("stories260k", answer.Model);
            Assert.Null(conversation.RunningGeneration);
        }
    }

    [Fact]
    public async Task An_answer_whose_template_opens_a_thought_says_so_while_it_runs_and_afterwards()
    {
        Guid id = (await Conversations.CreateAsync(Short with { Template = "{{ messages[-1].content }}<think>\n" })).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        Assert.True((await Conversations.GetAsync(id)).Messages[1].Answer!.OpensThought);
        await Follow(sent.GenerationId);
        await Restart();
        Answer ended = (await Conversations.GetAsync(id)).Messages[1].Answer!;
        Assert.True(ended.OpensThought);
        Assert.Equal(ended.Usage.CompletionTokens, ended.ThoughtTokens);

        await Follow(await Conversations.ContinueAsync(id));
        Answer continued = (await Conversations.GetAsync(id)).Messages[1].Answer!;
        Assert.True(continued.OpensThought);
        Assert.Null(continued.ThoughtTokens);
    }

    [Fact]
    public async Task The_next_turn_goes_on_from_the_whole_conversation()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        string first = await Follow((await Conversations.SendAsync(id, Story)).GenerationId);
        SentMessage second = await Conversations.SendAsync(id, "The end.");
        await Follow(second.GenerationId);
        GenerationRecord record = await Workbench.Generations.GetAsync(second.GenerationId);
        LanguageModel model = (await Workbench.Models.OpenAsync("stories260k")).Model;
        Assert.Equal(model.Tokenizer!.Encode(Story + first + "\nThe end.", addSpecial: true), record.Value.Spec.Request.PromptIds);
        Assert.Equal(4, (await Conversations.GetAsync(id)).Messages.Count);
    }

    [Fact]
    public async Task Regenerating_answers_the_same_message_and_keeps_the_earlier_answer_stored()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage first = await Conversations.SendAsync(id, Story);
        string text = await Follow(first.GenerationId);
        SentMessage again = await Conversations.RegenerateAsync(id);
        Assert.Equal(first.UserMessageId, again.UserMessageId);
        Assert.Equal(text, await Follow(again.GenerationId));
        Conversation conversation = await Conversations.GetAsync(id);
        Assert.Equal([again.UserMessageId, again.AssistantMessageId], conversation.Messages.Select(message => message.Id));
        Assert.Equal(text, (await Workbench.Generations.GetAsync(first.GenerationId)).Text);
        await Assert.ThrowsAsync<WorkbenchException>(async () => await Conversations.RegenerateAsync((await Conversations.CreateAsync(Short)).Id));
    }

    [Fact]
    public async Task A_running_answer_is_stopped_and_what_is_written_stays()
    {
        Guid id = (await Conversations.CreateAsync(Endless)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        await using (IAsyncEnumerator<GenerationStep> steps = Workbench.Generations.FollowAsync(sent.GenerationId).GetAsyncEnumerator())
            for (int i = 0; i < 5; i++) Assert.True(await steps.MoveNextAsync());

        Assert.Equal(sent.GenerationId, (await Conversations.GetAsync(id)).RunningGeneration);
        Assert.Contains("still being written", (await Assert.ThrowsAsync<WorkbenchException>(() => Conversations.SendAsync(id, "more"))).Message);
        Assert.True(await Conversations.StopAsync(id));
        string text = await Follow(sent.GenerationId);
        Message answer = (await Conversations.GetAsync(id)).Messages[^1];
        Assert.Equal(Outcome.Cancelled, answer.Answer!.Outcome);
        Assert.Equal(text, answer.Content);
        Assert.NotEmpty(text);
        Assert.False(await Conversations.StopAsync(id));
    }

    [Fact]
    public async Task Two_pages_that_read_again_when_told_show_the_same()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        Page[] pages = [new(Conversations, id), new(Conversations, id)];
        await Conversations.RenameAsync(id, "Tales");
        await Conversations.ChangeSettingsAsync(id, Short with { SystemPrompt = "Tell a tale." });
        await Until(() => pages.All(page => page.Shown is { Title: "Tales", Settings.SystemPrompt: "Tell a tale." }));
        string text = await Follow((await Conversations.SendAsync(id, Story)).GenerationId);
        await Until(() => pages.All(page => page.Shown is { Messages: [{ Content: Story }, { Answer.Running: false }] }));
        Assert.All(pages, page => Assert.Equal(text, page.Shown!.Messages[1].Content));
        await Conversations.DeleteAsync(id);
        await Until(() => pages.All(page => page.Shown is null));
    }

    [Fact]
    public async Task Deleting_takes_messages_and_generations_along_and_ends_a_running_answer()
    {
        Guid id = (await Conversations.CreateAsync(Endless)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        await Conversations.DeleteAsync(id);
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.GetAsync(id));
        await Assert.ThrowsAsync<NotFoundException>(() => Workbench.Generations.GetAsync(sent.GenerationId));
        Assert.Empty(await Conversations.ListAsync());
        OpenModel model = await Workbench.Models.OpenAsync("stories260k");
        await Until(() => model.Engine.Load.Running == 0);
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.RenameAsync(id, "x"));
        Assert.Null(Workbench.Generations.StoreError);
    }

    [Fact]
    public async Task A_message_that_cannot_be_answered_is_not_stored()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        var tooLong = await Assert.ThrowsAsync<RequestException>(() => Conversations.SendAsync(id, string.Concat(Enumerable.Repeat("word ", 40000))));
        Assert.Contains("context holds 65536", tooLong.Message);
        await Conversations.ChangeSettingsAsync(id, Short with { Sampling = new SamplingOptions { Temperature = -1 } });
        Assert.Equal("temperature", (await Assert.ThrowsAsync<RequestException>(() => Conversations.SendAsync(id, "Hi"))).Parameter);
        await Conversations.ChangeSettingsAsync(id, Short with { Model = "gone" });
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.SendAsync(id, "Hi"));
        await Conversations.ChangeSettingsAsync(id, Short with { Adapters = [new AdapterUse("gone")] });
        await Assert.ThrowsAsync<NotFoundException>(() => Conversations.SendAsync(id, "Hi"));
        Assert.Empty((await Conversations.GetAsync(id)).Messages);
    }

    [Fact]
    public async Task Replaying_an_answer_gives_the_same()
    {
        Guid id = (await Conversations.CreateAsync(Short with { Sampling = new SamplingOptions { Temperature = 1 }, Seed = null })).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        await Follow(sent.GenerationId);
        ReplayResult replay = await Workbench.Generations.ReplayAsync(sent.GenerationId);
        Assert.True(replay.Same, replay.ToString());
        Assert.Equal("same", replay.ToString());
        Assert.Empty(replay.Changes);
        Assert.Equal(12, replay.Ids.Count);
    }

    [Fact]
    public async Task A_replay_says_where_it_differs_and_what_is_not_as_it_was()
    {
        Guid id = (await Conversations.CreateAsync(Short)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        await Follow(sent.GenerationId);
        await Workbench.DisposeAsync();
        using (var db = new SqliteDb(SqliteDb.OptionsFor(Folder.File("data", "juxta.db"))))
        {
            // The answer as another model would have left it: its fourth token is another one.
            StepsRow[] rows = [.. db.Steps.AsNoTracking().OrderBy(row => row.Start)];
            List<GenerationStep> steps = [.. rows.SelectMany(row => StoredJson.ReadSteps(row.Steps, row.Start))];
            steps[3] = steps[3] with { Token = steps[3].Token with { Id = 500 } };
            db.Steps.ExecuteDelete();
            db.Steps.Add(new StepsRow { GenerationId = sent.GenerationId, Start = 0, Steps = StoredJson.WriteSteps(steps) });
            db.SaveChanges();
            db.Database.ExecuteSqlRaw("UPDATE Generations SET Value = json_set(Value, '$.weightsHash', 'other')");
        }
        Start();
        ReplayResult replay = await Workbench.Generations.ReplayAsync(sent.GenerationId);
        Assert.Equal("differs at token 3", replay.ToString());
        Assert.Equal(["the weights of stories260k are others than then"], replay.Changes);

        string hash = (await Workbench.Models.OpenAsync("stories260k")).Model.WeightsHash + ":cache-bf16";
        await Workbench.DisposeAsync();
        using (var db = new SqliteDb(SqliteDb.OptionsFor(Folder.File("data", "juxta.db")))) db.Database.ExecuteSql($"UPDATE Generations SET Value = json_set(Value, '$.weightsHash', {hash})");
        Start();
        Assert.Equal(["stories260k is computed otherwise: cache-bf16 then, nothing rounded now"], (await Workbench.Generations.ReplayAsync(sent.GenerationId)).Changes);
    }

    [Fact]
    public async Task A_conversation_with_an_adapter_loads_it_and_answers_otherwise_than_the_base()
    {
        ConversationSettings settings = Short with { MaxTokens = 40, Template = "User: {{ messages[0].content }}\nBot:" };
        string plain = await Answer(settings);
        string adapted = await Answer(settings with { Adapters = [new AdapterUse("lora-toy-chat")] });
        string half = await Answer(settings with { Adapters = [new AdapterUse("lora-toy-chat", 0)] });
        Assert.NotEqual(plain, adapted);
        Assert.Equal(plain, half);
        AdapterEntry entry = Workbench.Models.Model("stories260k").Adapters.Single(adapter => adapter.Name == "lora-toy-chat");
        Assert.Equal(LoadStatus.Ready, entry.Status);
        Assert.NotEmpty(entry.Receipt!.Modules);

        async Task<string> Answer(ConversationSettings how)
        {
            Guid id = (await Conversations.CreateAsync(how)).Id;
            return await Follow((await Conversations.SendAsync(id, "What is your name?")).GenerationId);
        }
    }

    [Fact]
    public async Task The_model_is_a_chat_client_like_any_other()
    {
        using IChatClient client = Workbench.ChatClient("stories260k");
        ChatResponse response = await client.GetResponseAsync(Story, new ChatOptions { Temperature = 0, MaxOutputTokens = 12 });
        Assert.StartsWith(", there was a", response.Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(12, response.Usage!.OutputTokenCount);
        Assert.Equal("stories260k", response.ModelId);
        GenerationRecord stored = await Workbench.Generations.GetAsync(Guid.Parse(response.ResponseId!));
        Assert.Equal(response.Text, stored.Text);
        Assert.Throws<NotFoundException>(() => Workbench.ChatClient("nobody"));
    }

    [Fact]
    public async Task A_chat_client_that_stops_reading_ends_its_answer()
    {
        using IChatClient client = Workbench.ChatClient("stories260k");
        Guid id = default;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(
            Story, new ChatOptions { AdditionalProperties = new() { ["ignore_eos"] = true } }))
        {
            id = Guid.Parse(update.ResponseId!);
            break;
        }
        await Follow(id);
        Assert.Equal(Outcome.Cancelled, (await Workbench.Generations.GetAsync(id)).Outcome);
    }
}

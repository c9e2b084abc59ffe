using System.Text;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>Our own format keeps a conversation with a model whole.</summary>
public sealed class WholeConversationTests : StoriesChat
{
    [Fact]
    public async Task Tree_settings_outcomes_token_ids_and_parts_come_back()
    {
        (Guid id, SentMessage first) = await Grow();
        ExportedFile file = await Conversations.ExportAsync("juxta", [id]);
        Guid copy = (await Conversations.ImportAsync("juxta", file.Name, new MemoryStream(file.Content)))[0];
        Assert.NotEqual(id, copy);
        await Restart();
        Assert.Equal(Encoding.UTF8.GetString(file.Content), Encoding.UTF8.GetString((await Conversations.ExportAsync("juxta", [copy])).Content));

        Conversation was = await Conversations.GetAsync(id), now = await Conversations.GetAsync(copy);
        Assert.Equivalent(was.Settings, now.Settings, strict: true);
        Assert.Equal((was.Title, was.Created, was.Updated), (now.Title, now.Created, now.Updated));
        Assert.Equal(was.Messages.Select(Seen), now.Messages.Select(Seen));
        Assert.Equal(
            (await Conversations.TreeAsync(id)).Select(node => (node.Role, node.Start, node.Outcome, node.Shown, node.Created)),
            (await Conversations.TreeAsync(copy)).Select(node => (node.Role, node.Start, node.Outcome, node.Shown, node.Created)));

        // Which branch was on show last is kept too.
        Guid twin = now.Messages[0].Siblings[0];
        await Conversations.SelectAsync(id, first.UserMessageId);
        await Conversations.SelectAsync(copy, twin);
        Assert.Equal(await Shown(id), await Shown(copy));
        Message answer = (await Conversations.GetAsync(copy)).Messages[1];
        GenerationRecord part = await Workbench.Generations.GetAsync(answer.Answer!.EarlierParts[0]);
        Assert.Equal((await Workbench.Generations.GetAsync(first.GenerationId)).Steps.Select(step => (step.Token.Id, step.Token.LogProb)), part.Steps.Select(step => (step.Token.Id, step.Token.LogProb)));
        Assert.Equal("same", (await Workbench.Generations.ReplayAsync(answer.Answer.GenerationId)).ToString());

        static (string, string, DateTimeOffset, int, int, Outcome?, GenerationUsage?, int?) Seen(Message message) =>
            (message.Role, message.Content, message.Created, message.Siblings.Count, message.Position, message.Answer?.Outcome, message.Answer?.Usage, message.Answer?.EarlierParts.Count);
    }

    [Fact]
    public async Task An_answer_exported_while_it_is_written_is_marked_as_cut()
    {
        Guid id = (await Conversations.CreateAsync(Endless)).Id;
        SentMessage sent = await Conversations.SendAsync(id, Story);
        await Until(() => Conversations.GetAsync(id).Result.Messages[1].Content.Length > 20);
        ExportedFile file = await Conversations.ExportAsync("juxta", [id]);
        await Conversations.StopAsync(id);
        string whole = await Follow(sent.GenerationId);
        Guid copy = (await Conversations.ImportAsync("juxta", file.Name, new MemoryStream(file.Content)))[0];
        Message answer = (await Conversations.GetAsync(copy)).Messages[1];
        Assert.StartsWith(answer.Content, whole);
        Assert.True(answer.Content.Length > 20);
        Assert.Equal("cancelled:exported while it was being written", answer.Answer!.Outcome!.ToString());
    }

    [Theory]
    [InlineData("\"outcome\":\"length\",\"value\"", "\"outcome\":\"eos:2\",\"value\"", "generations[0].outcome is 'eos:2'; expected that of the last step, 'length'")]
    [InlineData("\"promptIds\":[1,", "\"promptIds\":[-1,", "generations[0].value: an id of the prompt is negative")]
    [InlineData("\"adapterHashes\":[]", "\"adapterHashes\":[\"x\"]", "there are 0 adapters and 1 hashes of adapters")]
    [InlineData("\"weightsHash\"", "\"weighsHash\"", "generations[0].value: The JSON property 'weighsHash'")]
    [InlineData("\"seed\":1,", "\"seed\":1,\"beginning\":{\"start\":99,\"text\":\"\"},", "the answer's beginning lies outside the prompt")]
    [InlineData("\"steps\":[", "\"steps\":[{\"at\":1,\"outcome\":\"length\"},", "generations[0].steps: the last step, and no other, must have an outcome")]
    [InlineData("\"steps\":[", "\"steps\":[null,", "generations[0].steps[0] is null; expected an object")]
    [InlineData("\"outcome\":\"length\",\"at\"", "\"outcome\":\"tired\",\"at\"", "'tired' is not an outcome")]
    [InlineData("\"text\":\", there", "\"text\":\"; there", "text: this is not what the last of the message's generations says")]
    public async Task Generations_of_a_file_are_checked_before_they_are_believed(string good, string bad, string message)
    {
        Guid id = (await Conversations.CreateAsync(Short with { Seed = 1 })).Id;
        await Ask(id, Story);
        string text = Encoding.UTF8.GetString((await Conversations.ExportAsync("juxta", [id])).Content);
        int at = text.IndexOf(good, StringComparison.Ordinal);
        if (good == "\"seed\":1,") at = text.LastIndexOf(good, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        byte[] broken = Encoding.UTF8.GetBytes(text[..at] + bad + text[(at + good.Length)..]);
        var error = await Assert.ThrowsAsync<RequestException>(() => Conversations.ImportAsync("juxta", "f", new MemoryStream(broken)));
        Assert.Contains(message, error.Message);
        Assert.StartsWith("f line 4: conversations[0].messages[1]", error.Message);
        Assert.Single(await Conversations.ListAsync());
    }

    [Fact]
    public async Task Markdown_says_how_each_answer_was_made()
    {
        (Guid id, _) = await Grow();
        Assert.Contains("\n*stories260k, 12 tokens, ended by length*\n", Encoding.UTF8.GetString((await Conversations.ExportAsync("markdown", [id])).Content));
    }

    /// <summary>Two first messages; below the first a continued answer and another, below the second one answer.</summary>
    async Task<(Guid Id, SentMessage First)> Grow()
    {
        Guid id = (await Conversations.CreateAsync(Short with { LogProbs = 2, SystemPrompt = "讲故事", Stop = new StopOptions { Strings = ["日本"] } })).Id;
        SentMessage first = await Ask(id, Story);
        await Follow(await Conversations.ContinueAsync(id));
        SentMessage again = await Conversations.RegenerateAsync(id, answerPrefix: " a girl");
        await Follow(again.GenerationId);
        await Conversations.SelectAsync(id, first.AssistantMessageId);
        EditedMessage other = await Conversations.EditAsync(id, first.UserMessageId, "Lily", answer: true);
        await Follow(other.Answer!.GenerationId);
        return (id, first);
    }
}

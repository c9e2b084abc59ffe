using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.WorkbenchTests.Chat;

namespace Juxta.WorkbenchTests.Compare;

/// <summary>Comparisons over the real engine with stories260k and its adapters.</summary>
public sealed class ComparisonsTests : StoriesChat
{
    static readonly ModelChoice Base = new("stories260k", []), Adapted = new("stories260k", [new AdapterUse("lora-toy-chat")]);

    Comparisons Comparisons => Workbench.Comparisons;

    [Fact]
    public async Task All_contestants_get_the_same_prompt_sampling_and_seed_and_each_its_own_adapters()
    {
        Comparison made = await Compare(Short with { Sampling = null, Seed = null, SystemPrompt = "Tell." }, Base, Adapted, Base);
        GenerationRecord[] records = await Task.WhenAll(made.Contestants.Select(contestant => Workbench.Generations.GetAsync(contestant.GenerationId!.Value)));
        GenerationRequest[] asked = [.. records.Select(record => record.Value.Spec.Request)];
        Assert.All(asked, request => Assert.Equal(asked[0].PromptIds, request.PromptIds));
        Assert.All(asked, request => Assert.Equal((asked[0].Seed, asked[0].Sampling.ToString()), (request.Seed, request.Sampling.ToString())));
        Assert.Equal([0, 1, 0], asked.Select(request => request.Adapters.Count));
        string[] texts = await Task.WhenAll(made.Contestants.Select(contestant => Follow(contestant.GenerationId!.Value)));
        Assert.Equal(texts[0], texts[2]);
        Assert.NotEqual(texts[0], texts[1]);
    }

    [Fact]
    public async Task A_contestant_that_cannot_answer_says_why_and_the_others_answer()
    {
        Comparison made = await Compare(Short, Base, new ModelChoice("stories260k", [new AdapterUse("nobody")]), new ModelChoice("nothing", []));
        Assert.NotEmpty(await Follow(made.Contestants[0].GenerationId!.Value));
        Assert.Contains("nobody", made.Contestants[1].Error, StringComparison.Ordinal);
        Assert.Contains("there is no model 'nothing'", made.Contestants[2].Error, StringComparison.Ordinal);
        Assert.All(made.Contestants.Skip(1), contestant => Assert.Null(contestant.GenerationId));

        Comparison tooLong = await Compare(Short, string.Join(' ', Enumerable.Repeat("word", 70_000)), Base, Adapted);
        Assert.All(tooLong.Contestants, contestant => Assert.Contains("65536", contestant.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_stream_together_and_stop_together()
    {
        Comparison made = await Compare(Endless, Base, Adapted);
        Guid[] running = [.. made.Contestants.Select(contestant => contestant.GenerationId!.Value)];
        await Until(() => running.All(id => Workbench.Generations.FindLive(id) is { Running: true, Steps.Count: > 20 }));
        await Comparisons.StopAsync(made.Id);
        foreach (Guid id in running)
        {
            await Follow(id);
            GenerationRecord record = await Workbench.Generations.GetAsync(id);
            Assert.Equal(Outcome.Cancelled, record.Outcome);
            Assert.NotEmpty(record.Text);
        }
    }

    [Fact]
    public async Task It_is_the_same_after_a_restart_and_gone_with_its_answers_when_deleted()
    {
        Comparison made = await Compare(Short, Base, Adapted);
        string[] texts = await Task.WhenAll(made.Contestants.Select(contestant => Follow(contestant.GenerationId!.Value)));
        await Restart();
        Comparison read = await Comparisons.GetAsync(made.Id);
        Assert.Equal((made.Prompt, made.Created, made.Settings.MaxTokens), (read.Prompt, read.Created, read.Settings.MaxTokens));
        Assert.Equal(made.Contestants.Select(contestant => contestant.GenerationId), read.Contestants.Select(contestant => contestant.GenerationId));
        Assert.Equal(texts, await Task.WhenAll(read.Contestants.Select(contestant => Follow(contestant.GenerationId!.Value))));
        Assert.Equal([new ComparisonSummary(made.Id, Story, made.Created)], await Comparisons.ListAsync());

        await Comparisons.DeleteAsync(made.Id);
        Assert.Empty(await Comparisons.ListAsync());
        await Assert.ThrowsAsync<NotFoundException>(() => Comparisons.GetAsync(made.Id));
        await Assert.ThrowsAsync<NotFoundException>(() => Workbench.Generations.GetAsync(read.Contestants[0].GenerationId!.Value));
    }

    [Fact]
    public async Task What_had_not_begun_when_the_server_stopped_says_so()
    {
        Guid id = await Comparisons.StartAsync(Story, Endless, [Base, Adapted]);
        await Restart();
        foreach (Contestant contestant in (await Comparisons.GetAsync(id)).Contestants)
        {
            Assert.False(contestant.Waiting);
            if (contestant.GenerationId is Guid generation) Assert.Equal(OutcomeKind.Cancelled, (await Workbench.Generations.GetAsync(generation)).Outcome!.Kind);
            else Assert.Matches("stopped before", contestant.Error);
        }
    }

    [Fact]
    public async Task Stopping_before_the_models_are_open_begins_nothing()
    {
        Guid id = await Comparisons.StartAsync(Story, Endless, [Base, Adapted]);
        await Comparisons.StopAsync(id);
        Comparison stopped = await Begun(id);
        foreach (Contestant contestant in stopped.Contestants)
        {
            // Whoever was quicker: an answer that began all the same is cancelled.
            if (contestant.GenerationId is not Guid generation)
            {
                Assert.Equal("stopped before it began", contestant.Error);
                continue;
            }
            await Follow(generation);
            Assert.Equal(OutcomeKind.Cancelled, (await Workbench.Generations.GetAsync(generation)).Outcome!.Kind);
        }
    }

    [Fact]
    public async Task An_empty_prompt_or_a_wrong_number_of_columns_is_refused()
    {
        Assert.Contains("empty", (await Assert.ThrowsAsync<RequestException>(() => Comparisons.StartAsync(" \n", Short, [Base, Base]))).Message, StringComparison.Ordinal);
        Assert.Contains("2 to 8", (await Assert.ThrowsAsync<RequestException>(() => Comparisons.StartAsync(Story, Short, [Base]))).Message, StringComparison.Ordinal);
        Assert.Contains("9 columns", (await Assert.ThrowsAsync<RequestException>(() => Comparisons.StartAsync(Story, Short, [.. Enumerable.Repeat(Base, 9)]))).Message, StringComparison.Ordinal);
        Assert.Empty(await Comparisons.ListAsync());
        Assert.Contains("no comparison", (await Assert.ThrowsAsync<NotFoundException>(() => Comparisons.GetAsync(Guid.NewGuid()))).Message, StringComparison.Ordinal);
    }

    Task<Comparison> Compare(Juxta.Workbench.Chat.ConversationSettings settings, params ModelChoice[] contestants) => Compare(settings, Story, contestants);

    async Task<Comparison> Compare(Juxta.Workbench.Chat.ConversationSettings settings, string prompt, params ModelChoice[] contestants) =>
        await Begun(await Comparisons.StartAsync(prompt, settings, contestants));

    /// <summary>Reads it once all have an answer or an error.</summary>
    async Task<Comparison> Begun(Guid id)
    {
        for (int tries = 0; ; tries++)
        {
            Comparison now = await Comparisons.GetAsync(id);
            if (!now.Contestants.Any(contestant => contestant.Waiting)) return now;
            Assert.True(tries < 1000, "in 10 s the answers did not begin");
            await Task.Delay(10);
        }
    }
}

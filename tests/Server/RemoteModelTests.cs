using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.People;
using Juxta.Workbench.Runs;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.Extensions.AI;

namespace Juxta.ServerTests;

/// <summary>A model of another server on the shelf: chat, comparison, evaluation and rating over HTTP, against this project's own server.</summary>
public sealed class RemoteModelTests(SharedServers servers) : IAsyncDisposable
{
    const string Far = "far";

    static readonly ConversationSettings Short = new() { Model = Far, Sampling = SamplingOptions.Greedy, MaxTokens = 12, Seed = 1 };

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-remote").FullName;
    JuxtaWorkbench? _workbench;

    JuxtaWorkbench Workbench => _workbench!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_workbench is not null) await _workbench.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A workbench with a model of its own and one of another server.</summary>
    async Task<TestServer> StartAsync()
    {
        TestServer server = await servers.GetAsync();
        TinyModel.Write(Path.Combine(_folder, "near"));
        Open();
        Workbench.Models.AddRemote(RemoteModel.Of(server.Address.ToString(), server.Model, Far));
        return server;
    }

    void Open() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
    {
        DataFolder = Path.Combine(_folder, "data"), Models = [Path.Combine(_folder, "near")], SetFolders = [Path.Combine(Fixtures.Repository, "evalsets")], Engine = new EngineOptions { Threads = 1, CacheTokens = 16384 },
    });

    async Task<GenerationRecord> EndAsync(Guid generation)
    {
        await foreach (GenerationStep _ in Workbench.Generations.FollowAsync(generation, cancel: Cancel)) { }
        return await Workbench.Generations.GetAsync(generation, Cancel);
    }

    [Fact]
    public async Task A_conversation_with_it_is_kept_like_any_other_and_says_what_is_unknown()
    {
        TestServer server = await StartAsync();
        Guid id = (await Workbench.Conversations.CreateAsync(Short with { SystemPrompt = "Be brief.", LogProbs = 2 })).Id;
        GenerationRecord answer = await EndAsync((await Workbench.Conversations.SendAsync(id, "hello world")).GenerationId);
        // The other server's own answer to the same messages.
        using var client = new EndpointChatClient(server.Address.ToString(), server.Model, null);
        ChatResponse same = await client.GetResponseAsync([new(ChatRole.System, "Be brief."), new(ChatRole.User, "hello world")], new ChatOptions { Temperature = 0, MaxOutputTokens = 12, Seed = 1 }, Cancel);
        Assert.Equal(same.Text, answer.Text);
        Assert.Equal((Outcome.Length, "unknown: tiny of " + server.Address + "v1"), (answer.Outcome, answer.Value.WeightsHash));
        Assert.Equal(((int?)same.Usage!.InputTokenCount, (int?)12), (answer.Usage.PromptTokens, answer.Usage.CompletionTokens));
        Assert.Empty(answer.Ids);
        Assert.Contains(answer.Steps, step => step.Token.LogProb < 0 && step.Remote!.Top.Count == 2);

        await EndAsync((await Workbench.Conversations.SendAsync(id, "and again")).GenerationId);
        await Workbench.DisposeAsync();
        Open();
        Conversation kept = await Workbench.Conversations.GetAsync(id, Cancel);
        Assert.Equal(4, kept.Messages.Count);
        Assert.Equal((answer.Text, answer.Usage), (kept.Messages[1].Content, kept.Messages[1].Answer!.Usage));
        Assert.Equal(answer.Steps.Select(step => (step.Token.Text, step.Remote?.Top.Count, step.Remote?.CompletionTokens)),
            (await Workbench.Generations.GetAsync(answer.Id, Cancel)).Steps.Select(step => (step.Token.Text, step.Remote?.Top.Count, step.Remote?.CompletionTokens)));
        byte[] file = (await Workbench.Conversations.ExportAsync("juxta", [id], Cancel)).Content;
        Conversation copy = await Workbench.Conversations.GetAsync((await Workbench.Conversations.ImportAsync("juxta", "c.json", new MemoryStream(file), Cancel))[0], Cancel);
        Assert.Equal(kept.Messages.Select(message => (message.Content, message.Answer?.Usage)), copy.Messages.Select(message => (message.Content, message.Answer?.Usage)));
        Assert.Null((await Workbench.Conversations.ContextAsync(id, Cancel)).Limit);
        Assert.Contains("cannot be replayed", (await Assert.ThrowsAsync<WorkbenchException>(() => Workbench.Generations.ReplayAsync(answer.Id, Cancel))).Message);
        Assert.Contains("cannot be told how an answer begins", (await Assert.ThrowsAsync<RequestException>(() => Workbench.Conversations.ContinueAsync(id))).Message);
        Assert.Contains("cannot be told how an answer begins", (await Assert.ThrowsAsync<RequestException>(() => Workbench.Conversations.SendAsync(id, "more", "Well"))).Message);
        Assert.Contains("gives neither its weights nor its tokens", (await Assert.ThrowsAsync<RequestException>(() => Workbench.Models.OpenAsync(Far, Cancel))).Message);
        Assert.DoesNotContain(Workbench.Models.Models, model => model.Id == Far);
        Assert.Contains(Workbench.Models.Offered, model => model is { Id: Far, Status: LoadStatus.Elsewhere });
    }

    [Fact]
    public async Task An_answer_that_fails_or_is_stopped_says_so_and_keeps_what_came()
    {
        TestServer server = await StartAsync();
        Workbench.Models.AddRemote(RemoteModel.Of("http://127.0.0.1:9", "m", "gone"));
        Guid id = (await Workbench.Conversations.CreateAsync(Short with { Model = "gone" })).Id;
        GenerationRecord failed = await EndAsync((await Workbench.Conversations.SendAsync(id, "hello")).GenerationId);
        Assert.Equal(OutcomeKind.Error, failed.Outcome!.Kind);
        Assert.Contains("http://127.0.0.1:9/v1/chat/completions cannot be asked", failed.Outcome.Detail);

        await Workbench.Conversations.ChangeSettingsAsync(id, Short with { MaxTokens = null, Stop = new StopOptions { IgnoreEos = true } });
        Guid endless = (await Workbench.Conversations.SendAsync(id, "hello")).GenerationId;
        await foreach (GenerationStep step in Workbench.Generations.FollowAsync(endless, cancel: Cancel))
            if (step.Index == 3) break;
        Assert.True(Workbench.Generations.Cancel(endless));
        GenerationRecord stopped = await EndAsync(endless);
        Assert.Equal(Outcome.Cancelled, stopped.Outcome);
        Assert.NotEmpty(stopped.Text);
        Assert.Equal((null, null), (stopped.Usage.PromptTokens, stopped.Usage.CompletionTokens));
        await server.WaitUntilAsync("the other server has stopped too", async () => await server.LoadAsync() == (0, 0));
    }

    [Fact]
    public async Task It_stands_beside_a_model_of_this_machine_in_comparisons_and_blind_pairs()
    {
        await StartAsync();
        ModelChoice near = new("near", []), far = new(Far, []);
        Guid id = await Workbench.Comparisons.StartAsync("hello world", Short, [near, far]);
        await WaitAsync(async () => (await Workbench.Comparisons.GetAsync(id, Cancel)).Contestants.All(contestant => !contestant.Waiting));
        Comparison comparison = await Workbench.Comparisons.GetAsync(id, Cancel);
        Assert.All(comparison.Contestants, contestant => Assert.Null(contestant.Error));
        GenerationRecord[] answers = [await EndAsync(comparison.Contestants[0].GenerationId!.Value), await EndAsync(comparison.Contestants[1].GenerationId!.Value)];
        // The same weights, prompt and sampling: the same words, wherever they were computed.
        Assert.Equal(answers[0].Text, answers[1].Text);
        Assert.Equal([true, false], answers.Select(answer => answer.Ids.Count > 0));

        Guid study = await Workbench.Studies.CreateAsync("Live", new StudyPlan { Kind = StudyKind.Live, Models = ["near", "far"], Choices = [near, far], Settings = Short, Seed = 1, Reveal = true }, []);
        await Workbench.LiveRounds.BeginAsync(Person.Local, study, "hello world");
        await Workbench.LiveRounds.SettleAsync(Person.Local, study, Cancel);
        ShownPair shown = (await Workbench.Votes.NextAsync(Person.Local, study))!;
        Assert.Equal((answers[0].Text, answers[0].Text), (shown.Left, shown.Right));
        string all = System.Text.Json.JsonSerializer.Serialize(shown);
        foreach (string telling in (string[])["near", "far", "127.0.0.1", "unknown", "eos", "length"]) Assert.DoesNotContain($"\"{telling}", all);
        await Workbench.Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A));
    }

    [Fact]
    public async Task A_job_asks_it_too_and_knows_it_by_address_and_name()
    {
        TestServer server = await StartAsync();
        string name = Workbench.Evaluations.Start(new RunRequest("both", [new ModelChoice(Far, []), new ModelChoice("near", [])], ["stop-behaviour"]));
        await WaitAsync(() => Task.FromResult(Workbench.Evaluations.Get(name).Status != RunStatus.Running));
        Assert.Equal((RunStatus.Complete, null), (Workbench.Evaluations.Get(name).Status, Workbench.Evaluations.Get(name).Error));
        var far = await Workbench.Runs.OpenAsync($"{name}/{Far}/stop-behaviour");
        Assert.Equal((null, $"{server.Address}v1", "tiny"), (far.Manifest.Model.Weights, far.Manifest.Model.Endpoint, far.Manifest.Model.EndpointModel));
        Assert.Equal((await Workbench.Runs.OpenAsync($"{name}/near/stop-behaviour")).Results.Count, far.Results.Count);
        Assert.All(far.Results, result => Assert.Equal((null, null), (result.Ids, result.Nats)));
        Assert.Contains($"--remote far --data {_folder}", Workbench.Evaluations.CommandLine(Workbench.Evaluations.Get(name).Request));
    }

    [Fact]
    public async Task The_standard_chat_client_asks_it_by_any_of_its_names()
    {
        TestServer server = await StartAsync();
        ChatResponse answer = await Workbench.ChatClient(Far).GetResponseAsync("hello world", new ChatOptions { Temperature = 0, MaxOutputTokens = 5 }, Cancel);
        Assert.Equal((5L, ChatFinishReason.Length), (answer.Usage!.OutputTokenCount!.Value, answer.FinishReason!.Value));
        await Workbench.Models.AddAliasAsync(Far, "other");
        Assert.Equal(Far, Workbench.Models.Resolve("other").Model);
        Assert.Contains("another name", Assert.Throws<RequestException>(() => Workbench.Models.AddRemote(RemoteModel.Of("http://x", "near"))).Message);
        Assert.Contains("another name", (await Assert.ThrowsAsync<RequestException>(() => Workbench.Models.AddAliasAsync("near", Far))).Message.Replace("choose another", "another name", StringComparison.Ordinal));
        Assert.Equal([server.Model], (await ModelShelf.ListRemoteAsync(server.Address.ToString(), cancel: Cancel)).Where(name => !name.Contains(':', StringComparison.Ordinal)));
        Assert.True(Workbench.Models.RemoveRemote(Far));
        Assert.Contains("far, which is not offered here", (await Assert.ThrowsAsync<NotFoundException>(() => Task.FromResult(Workbench.Models.Resolve("other")))).Message);
    }

    static async Task WaitAsync(Func<Task<bool>> happened)
    {
        while (!await happened()) await Task.Delay(25, Cancel);
    }
}

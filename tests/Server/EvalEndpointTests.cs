using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.ServerTests;

/// <summary>Runs of eval sets over HTTP, against this project's own server.</summary>
public sealed class EvalEndpointTests(SharedServers servers) : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-endpoint").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<RunRecord> RunAsync(string name, RunModel model)
    {
        EvalSet set = EvalSet.Open(Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour"));
        using RunFolder run = RunFolder.Open(Path.Combine(_folder, name), set, RunManifest.Of(model.Identity, set, EngineRunModel.Code));
        await new SuiteRunner(16).RunAsync([(model, run)], null, Cancel);
        return run.Record;
    }

    [Fact]
    public async Task A_run_over_http_gives_the_answers_of_a_run_in_the_process()
    {
        TestServer server = await servers.GetAsync();
        using var client = new EndpointChatClient(server.Address.ToString(), server.Model, null);
        RunRecord far = await RunAsync("far", new RunModel(new ModelIdentity("far"), client));
        OpenModel open = await server.Services.GetRequiredService<ModelShelf>().OpenAsync(server.Model, Cancel);
        RunRecord near = await RunAsync("near", EngineRunModel.Of("near", open.Engine, []));
        Assert.True(far.IsComplete);
        Assert.Equal(near.Results.Select(result => (result.Answer, result.Outcome, result.PromptTokens, result.CompletionTokens)), far.Results.Select(result => (result.Answer, result.Outcome, result.PromptTokens, result.CompletionTokens)));
        Assert.All(far.Results, result => Assert.Equal((null, null, null), (result.Ids, result.Logprobs, result.Nats)));
        Assert.All(near.Results, result => Assert.True(result.Nats is null || result.LossTokens > 0));
    }

    [Fact]
    public async Task A_server_that_refuses_or_is_not_there_is_told()
    {
        TestServer server = await servers.GetAsync();
        await RefusesAsync(server.Address.ToString(), "large", null, "answered 404", "large", "the server offers tiny");
        await RefusesAsync($"{server.Address}other", "tiny", null, "answered 404", $"is {server.Address}other the address of an OpenAI API? It usually ends in /v1");
        await RefusesAsync("http://127.0.0.1:9", "tiny", null, "http://127.0.0.1:9/v1/chat/completions cannot be asked", "is the server running there?");
        await using TestServer locked = await TestServer.StartAsync("tiny", options => options with { ApiKey = "s3cret" });
        await RefusesAsync(locked.Address.ToString(), "tiny", "wrong", "answered 401", "the key that was sent is not taken");
        await RefusesAsync(locked.Address.ToString(), "tiny", null, "answered 401", "the server wants a key, and none was sent");
        using var right = new EndpointChatClient($"{locked.Address}v1/", "tiny", "s3cret");
        Assert.Equal(1, (await right.GetResponseAsync([new ChatMessage(ChatRole.User, "Hi")], new ChatOptions { MaxOutputTokens = 1 }, Cancel)).Usage!.OutputTokenCount);
    }

    static async Task RefusesAsync(string url, string model, string? key, params string[] says)
    {
        using var client = new EndpointChatClient(url, model, key);
        EndpointException error = await Assert.ThrowsAsync<EndpointException>(() => client.GetResponseAsync([new ChatMessage(ChatRole.User, "Hi")], null, Cancel));
        foreach (string part in says) Assert.Contains(part, error.Message);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with { Workbench = options.Workbench with { Engine = new EngineOptions { Threads = 1, MaxSequences = 1, QueueLength = 1 } } });
        using var client = new EndpointChatClient(server.Address.ToString(), "tiny", null);
        ChatResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => client.GetResponseAsync([new ChatMessage(ChatRole.User, $"Hi {i}")], new ChatOptions { MaxOutputTokens = 32, Temperature = 0 }, Cancel)));
        Assert.All(answers, answer => Assert.NotEmpty(answer.Text));
    }
}

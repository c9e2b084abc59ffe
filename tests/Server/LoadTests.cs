using System.Net;
using System.Text.Json;
using Juxta.Engine;
using Juxta.Tests;

namespace Juxta.ServerTests;

/// <summary>Many clients at once, too many clients, and clients that go away.</summary>
public sealed class LoadTests(SharedServers servers)
{
    const string Path = "/v1/completions";

    static object Endless(bool stream) => new { model = "tiny", prompt = "hello", max_tokens = TinyModel.ContextLength - 100, ignore_eos = true, temperature = 0, stream };

    [Theory, MemberData(nameof(SharedServers.Models), MemberType = typeof(SharedServers))]
    public async Task Clients_at_once_get_what_they_would_get_alone(string model)
    {
        TestServer server = await servers.GetAsync(model);
        object[] requests = [.. Enumerable.Range(0, 6).Select(i => (object)new { model, prompt = $"Once upon {i}", max_tokens = 40, seed = i, temperature = i % 2, logprobs = 1 })];
        var alone = new List<string>();
        foreach (object request in requests) alone.Add(await AnswerAsync(request));
        string[] together = await Task.WhenAll(requests.Select(AnswerAsync));
        Assert.Equal(alone, together);

        async Task<string> AnswerAsync(object request) => (await server.PostAsync(Path, request)).Body.GetProperty("choices").GetRawText();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_away_frees_its_place(bool stream)
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> request = server.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Path) { Content = TestServer.Json(Endless(stream)) }, HttpCompletionOption.ResponseHeadersRead, cancel.Token);
        await server.WaitUntilAsync("it runs", async () => await server.LoadAsync() is (1, 0));
        if (stream) (await request).Dispose();
        else await cancel.CancelAsync();
        await server.WaitUntilAsync("nothing runs", async () => await server.LoadAsync() is (0, 0));
        if (!stream) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_in_order()
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        Task<List<string>> stream = server.StreamAsync(Path, Endless(stream: true));
        await server.WaitUntilAsync("it runs", async () => await server.LoadAsync() is (1, 0));
        await server.StopAsync();
        List<string> events = await stream;
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal("cancelled", JsonDocument.Parse(events[^2]).RootElement.GetProperty("choices")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_full_queue_is_429_with_an_advice_when_to_come_back()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with
        {
            Workbench = options.Workbench with { Engine = new EngineOptions { Threads = 1, MaxSequences = 1, QueueLength = 1 } },
        });
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> running = SendAsync();
        await server.WaitUntilAsync("one runs", async () => await server.LoadAsync() is (1, 0));
        Task<HttpResponseMessage> waiting = SendAsync();
        await server.WaitUntilAsync("one waits", async () => await server.LoadAsync() is (1, 1));

        HttpResponseMessage refused = await server.Http.PostAsync(Path, TestServer.Json(Endless(false)));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        JsonElement error = (await TestServer.ReadAsync(refused)).Body.GetProperty("error");
        Assert.Equal("rate_limit_error", error.GetProperty("type").GetString());

        // Three answers do not fit either, and none of them stays behind.
        refused = await server.Http.PostAsync(Path, TestServer.Json(new { model = "tiny", prompt = "hello", n = 3 }));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal((1, 1), await server.LoadAsync());

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await server.WaitUntilAsync("nothing runs", async () => await server.LoadAsync() is (0, 0));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Path, new { model = "tiny", prompt = "hello", max_tokens = 2 })).Status);

        Task<HttpResponseMessage> SendAsync() => server.Http.PostAsync(Path, TestServer.Json(Endless(false)), cancel.Token);
    }

    [Fact]
    public async Task A_silent_stream_is_kept_alive_by_comments()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with
        {
            KeepAlive = TimeSpan.FromMilliseconds(50),
            Workbench = options.Workbench with { Engine = new EngineOptions { Threads = 1, MaxSequences = 1 } },
        });
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> running = server.Http.PostAsync(Path, TestServer.Json(Endless(false)), cancel.Token);
        await server.WaitUntilAsync("one runs", async () => await server.LoadAsync() is (1, 0));

        // It waits for the place of the first, so nothing can come but comments.
        HttpResponseMessage waiting = await server.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Path) { Content = TestServer.Json(Endless(true)) }, HttpCompletionOption.ResponseHeadersRead);
        using (var lines = new StreamReader(await waiting.Content.ReadAsStreamAsync())) Assert.StartsWith(":", await lines.ReadLineAsync(), StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Metrics_count_requests_and_tokens()
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        (_, JsonElement body) = await server.PostAsync(Path, new { model = "tiny", prompt = "hello", max_tokens = 7, ignore_eos = true });
        await server.PostAsync(Path, "{}");
        await server.Http.GetAsync("/v1/nowhere");
        HttpResponseMessage response = await server.Http.GetAsync("/metrics");
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        Assert.Contains("juxta_requests_total{route=\"/v1/completions\",status=\"200\"} 1", lines);
        Assert.Contains("juxta_requests_total{route=\"/v1/completions\",status=\"400\"} 1", lines);
        Assert.Contains("juxta_requests_total{route=\"other\",status=\"404\"} 1", lines);
        Assert.Contains("juxta_generated_tokens_total 7", lines);
        Assert.Contains($"juxta_prompt_tokens_total {body.GetProperty("usage").GetProperty("prompt_tokens")}", lines);
        Assert.Contains("juxta_requests_running{model=\"tiny\"} 0", lines);
    }
}

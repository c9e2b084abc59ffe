using System.Diagnostics;
using Juxta.Workbench.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Juxta.WorkbenchTests.Endpoints;

/// <summary>Streamed answers of servers that behave, and of servers that do not.</summary>
public sealed class EndpointStreamTests
{
    static async Task<List<ChatResponseUpdate>> AskAsync(StandInServer server, double silence = 60, CancellationToken cancel = default)
    {
        using var client = new EndpointChatClient(server.Url, "m", null, silence: TimeSpan.FromSeconds(silence));
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hi")], null, cancel)) updates.Add(update);
        return updates;
    }

    static async Task FailsAsync(StandInServer server, params string[] says)
    {
        EndpointException error = await Assert.ThrowsAsync<EndpointException>(() => AskAsync(server));
        foreach (string part in says) Assert.Contains(part, error.Message);
    }

    [Fact]
    public async Task Thought_text_calls_probabilities_and_usage_come_in_their_forms()
    {
        await using StandInServer server = await StandInServer.StreamingAsync(
            """{"id":"x","model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm."}}]}""",
            """{"choices":[{"delta":{"content":"你好"},"logprobs":{"content":[{"token":"你","logprob":-0.5,"top_logprobs":[{"token":"你","logprob":-0.5},{"token":"我","logprob":-1.5}]},{"token":"好","logprob":0}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"weather","arguments":"{\"ci"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ty\":1}"}},{"index":1,"id":"c2","function":{"name":"time","arguments":""}}]}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"tool_calls","outcome":"eos:2"}],"usage":{"prompt_tokens":1}}""",
            """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9,"total_tokens":16}}""",
            "[DONE]");
        List<ChatResponseUpdate> updates = await AskAsync(server);
        ChatResponse answer = updates.ToChatResponse();
        Assert.Equal(("你好", "m-1", "x", "tool_calls"), (answer.Text, answer.ModelId, answer.ResponseId, answer.FinishReason!.Value.Value));
        Assert.Equal("Hm.", string.Concat(updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Select(thought => thought.Text)));
        Assert.Equal([("c1", "weather", 1), ("c2", "time", 0)], updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>().Select(call => (call.CallId, call.Name, call.Arguments!.Count)));
        EndpointPiece[] pieces = [.. updates.SelectMany(update => update.AdditionalProperties?.GetValueOrDefault("pieces") as IReadOnlyList<EndpointPiece> ?? [])];
        Assert.Equal([("你", -0.5f, 2), ("好", 0f, 0)], pieces.Select(piece => (piece.Text, piece.LogProb, piece.Top.Count)));
        Assert.Equal((7L, 9L), (answer.Usage!.InputTokenCount!.Value, answer.Usage.OutputTokenCount!.Value));
        Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents));
        Assert.Contains("\"stream\":true,\"stream_options\":{\"include_usage\":true}", Assert.Single(server.Asked));
    }

    [Fact]
    public async Task A_server_that_does_not_stream_gives_its_answer_whole()
    {
        const string whole = """{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}""";
        await using StandInServer ignores = await StandInServer.StartAsync(http => Results.Text(whole, "application/json").ExecuteAsync(http));
        Assert.Equal("Hi", (await AskAsync(ignores)).ToChatResponse().Text);
        await using StandInServer refuses = await StandInServer.StartAsync(http => http.Request.ContentLength > 80
            ? Results.Json(new { error = new { message = "stream is not supported" } }, statusCode: 400).ExecuteAsync(http)
            : Results.Text(whole, "application/json").ExecuteAsync(http));
        Assert.Equal("Hi", (await AskAsync(refuses)).ToChatResponse().Text);
        Assert.Equal(2, refuses.Asked.Count);
    }

    [Fact]
    public async Task What_breaks_off_or_is_no_answer_is_told()
    {
        const string begin = """{"choices":[{"delta":{"content":"Once"}}]}""";
        await using StandInServer cut = await StandInServer.StreamingAsync(begin);
        await FailsAsync(cut, "broke off in mid-answer", "what came is kept");
        await using StandInServer aborted = await StandInServer.StartAsync(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync($"data: {begin}\n\n");
            await http.Response.Body.FlushAsync();
            await Task.Delay(100);
            http.Abort();
        });
        await FailsAsync(aborted, "broke off in mid-answer");
        await using StandInServer failed = await StandInServer.StreamingAsync(begin, """{"error":{"message":"out of memory"}}""");
        await FailsAsync(failed, "failed in mid-answer: out of memory");
        await using StandInServer nonsense = await StandInServer.StreamingAsync("<html>");
        await FailsAsync(nonsense, "streams what is no chat completion: <html>");
        await using StandInServer moved = await StandInServer.StartAsync(http => Results.Redirect("https://elsewhere.example/v1").ExecuteAsync(http));
        await FailsAsync(moved, "answered 302", "it sends elsewhere, to https://elsewhere.example/v1", "a key follows no redirect");
        await using StandInServer lost = await StandInServer.StartAsync(http => Results.Json(new { error = "no such model" }, statusCode: 404).ExecuteAsync(http), """{"data":[{"id":"other"}]}""");
        await FailsAsync(lost, "answered 404: no such model", "the server offers other");
    }

    [Fact]
    public async Task A_silent_server_is_given_up_and_one_that_says_it_lives_is_waited_for()
    {
        await using StandInServer silent = await StandInServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        long began = Stopwatch.GetTimestamp();
        EndpointException error = await Assert.ThrowsAsync<EndpointException>(() => AskAsync(silent, silence: 0.4));
        Assert.Contains("was silent for 0.4 seconds; is the server overloaded? Bound the answer's length", error.Message);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.3, 20);
        await using StandInServer slow = await StandInServer.StartAsync(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            for (int i = 0; i < 5; i++)
            {
                await http.Response.WriteAsync(": wait\n\n");
                await http.Response.Body.FlushAsync();
                await Task.Delay(400);
            }
            await http.Response.WriteAsync("""data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}""" + "\n\n");
        });
        Assert.Equal("Hi", (await AskAsync(slow, silence: 1.5)).ToChatResponse().Text);
    }

    [Fact]
    public async Task Whoever_stops_reading_ends_the_server_s_work()
    {
        var left = new TaskCompletionSource();
        await using StandInServer endless = await StandInServer.StartAsync(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            http.RequestAborted.Register(() => left.TrySetResult());
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync("""data: {"choices":[{"delta":{"content":"on and "}}]}""" + "\n\n");
                await http.Response.Body.FlushAsync();
                await Task.Delay(10);
            }
        });
        using var client = new EndpointChatClient(endless.Url, "m", null);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hi")])) break;
        await left.Task.WaitAsync(TimeSpan.FromSeconds(10));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(endless, cancel: stop.Token));
    }

    [Fact]
    public async Task A_server_that_lists_no_models_is_told_with_what_its_address_should_be()
    {
        await using StandInServer server = await StandInServer.StartAsync(_ => Task.CompletedTask, "\"hello\"");
        using var client = new EndpointChatClient(server.Url, "m", null);
        Assert.Contains("is no list of models: \"hello\"; is", (await Assert.ThrowsAsync<EndpointException>(() => client.ModelsAsync())).Message);
    }
}

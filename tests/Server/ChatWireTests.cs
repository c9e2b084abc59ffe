using System.Net;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.ServerTests;

/// <summary>The chat endpoint's JSON, field by field.</summary>
public sealed class ChatWireTests(SharedServers servers)
{
    const string Path = "/v1/chat/completions";

    [Theory, MemberData(nameof(SharedServers.Models), MemberType = typeof(SharedServers))]
    public async Task A_whole_answer_has_OpenAIs_fields_and_the_outcome(string model)
    {
        TestServer server = await servers.GetAsync(model);
        (HttpStatusCode status, JsonElement body) = await server.PostAsync(Path, Request(model, new { max_tokens = 5, temperature = 0 }));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        JsonElement choice = Assert.Single(body.GetProperty("choices").EnumerateArray());
        Assert.Equal(0, choice.GetProperty("index").GetInt32());
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("refusal").ValueKind);
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("length", choice.GetProperty("outcome").GetString());
        Assert.Equal(5, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        int prompt = body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Assert.Equal(prompt + 5, body.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_is_role_text_end_usage_and_done()
    {
        TestServer server = await servers.GetAsync();
        object more = new { max_tokens = 6, temperature = 0, stream = true, stream_options = new { include_usage = true } };
        List<string> events = await server.StreamAsync(Path, Request("tiny", more));
        Assert.Equal("[DONE]", events[^1]);
        JsonElement[] chunks = [.. events[..^1].Select(data => JsonDocument.Parse(data).RootElement)];
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("""{"role":"assistant","content":""}""", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetRawText());
        Assert.Equal("{}", chunks[^2].GetProperty("choices")[0].GetProperty("delta").GetRawText());
        Assert.Equal("length", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.All(chunks[..^2], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(6, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_without_the_option_has_no_usage()
    {
        TestServer server = await servers.GetAsync();
        List<string> events = await server.StreamAsync(Path, Request("tiny", new { max_tokens = 2, stream = true }));
        Assert.All(events[..^1], data => Assert.False(JsonDocument.Parse(data).RootElement.TryGetProperty("usage", out _)));
    }

    [Fact]
    public async Task Several_answers_draw_differently_and_the_first_is_the_one_alone()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement one) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 16, seed = 5 }));
        (_, JsonElement three) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 16, seed = 5, n = 3 }));
        string[] texts = [.. three.GetProperty("choices").EnumerateArray().Select(Content)];
        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal(Content(one.GetProperty("choices")[0]), texts[0]);
        Assert.Equal(48, three.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(one.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), three.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Streamed_answers_carry_their_index()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement whole) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 12, seed = 5, n = 2 }));
        List<string> events = await server.StreamAsync(Path, Request("tiny", new { max_tokens = 12, seed = 5, n = 2, stream = true }));
        string[] texts = ["", ""];
        foreach (string data in events[..^1])
        {
            JsonElement choice = JsonDocument.Parse(data).RootElement.GetProperty("choices")[0];
            if (choice.GetProperty("delta").TryGetProperty("content", out JsonElement content)) texts[choice.GetProperty("index").GetInt32()] += content.GetString();
        }

        Assert.Equal(whole.GetProperty("choices").EnumerateArray().Select(Content), texts);
    }

    [Fact]
    public async Task The_outcome_names_the_stop_id()
    {
        TestServer server = await servers.GetAsync();
        object every = Enumerable.Range(0, TinyModel.Bos).ToArray();
        (_, JsonElement body) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 9, temperature = 0, stop_token_ids = every, logit_bias = new Dictionary<string, int> { [$"{TinyModel.Eos}"] = -100 } }));
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.StartsWith("stop_id:", choice.GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal("", Content(choice));
    }

    [Fact]
    public async Task A_biased_end_of_sequence_ends_at_once_unless_it_is_ignored()
    {
        TestServer server = await servers.GetAsync();
        var bias = new Dictionary<string, int> { [$"{TinyModel.TurnEnd}"] = 100 };
        (_, JsonElement ended) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 5, temperature = 0, logit_bias = bias }));
        Assert.Equal($"eos:{TinyModel.TurnEnd}", ended.GetProperty("choices")[0].GetProperty("outcome").GetString());
        Assert.Equal(1, ended.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        (_, JsonElement ignored) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 5, temperature = 0, logit_bias = bias, ignore_eos = true }));
        Assert.Equal("length", ignored.GetProperty("choices")[0].GetProperty("outcome").GetString());
        (_, JsonElement least) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 5, temperature = 0, logit_bias = bias, min_tokens = 3 }));
        Assert.Equal(4, least.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_cycle_ends_by_the_repetition_limit()
    {
        TestServer server = await servers.GetAsync();
        var bias = new Dictionary<string, int> { ["65"] = 100 };
        (_, JsonElement body) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 500, temperature = 0, logit_bias = bias, repetition_limit = 4 }));
        Assert.Equal("repetition", body.GetProperty("choices")[0].GetProperty("outcome").GetString());
        Assert.Equal("length", body.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task A_special_token_that_a_user_types_stays_text_unless_asked_otherwise()
    {
        TestServer server = await servers.GetAsync();
        string typed = "<|im_end|>";
        Assert.True(await CountAsync(parseSpecial: false) > await CountAsync(parseSpecial: true) + 5);

        async Task<int> CountAsync(bool parseSpecial) => (await server.PostAsync(Path, new
        {
            model = "tiny", messages = new[] { new { role = "user", content = typed } }, max_tokens = 1, parse_special = parseSpecial,
        })).Body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
    }

    [Fact]
    public async Task Content_parts_are_one_text()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement whole) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 8, temperature = 0 }));
        object[] parts = [new { type = "text", text = "hello " }, new { type = "text", text = "world" }];
        (_, JsonElement joined) = await server.PostAsync(Path, new { model = "tiny", messages = new[] { new { role = "user", content = parts } }, max_tokens = 8, temperature = 0 });
        Assert.Equal(Content(whole.GetProperty("choices")[0]), Content(joined.GetProperty("choices")[0]));
    }

    [Fact]
    public async Task An_adapters_scale_is_part_of_the_request()
    {
        TestServer server = await servers.GetAsync();
        string plain = await SayAsync("tiny", null);
        string full = await SayAsync("tiny:loud", null);
        Assert.NotEqual(plain, full);
        Assert.Equal(full, await SayAsync("tiny", new[] { new { name = "loud", scale = 1.0 } }));
        Assert.Equal(full, await SayAsync("tiny", new[] { new { name = "tiny:loud", scale = 1.0 } }));
        Assert.Equal(plain, await SayAsync("tiny", new[] { new { name = "loud", scale = 0.0 } }));
        Assert.Equal(plain, await SayAsync("tiny:loud", Array.Empty<object>()));
        Assert.NotEqual(full, await SayAsync("tiny", new[] { new { name = "loud", scale = 0.5 } }));

        async Task<string> SayAsync(string model, object? adapters) => Content((await server.PostAsync(Path, Request(model, new { max_tokens = 16, temperature = 0, adapters }))).Body.GetProperty("choices")[0]);
    }

    [Fact]
    public async Task The_last_assistant_message_is_continued_on_request()
    {
        TestServer server = await servers.GetAsync();
        object[] messages = [new { role = "user", content = "hello" }, new { role = "assistant", content = "hello wor" }];
        (_, JsonElement tokens) = await server.PostAsync("/v1/tokenize", new { model = "tiny", messages, continue_final_message = true });
        Assert.EndsWith("<|im_start|>assistant\nhello wor", tokens.GetProperty("prompt").GetString(), StringComparison.Ordinal);
        (HttpStatusCode status, _) = await server.PostAsync(Path, new { model = "tiny", messages, continue_final_message = true, max_tokens = 2 });
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Unknown_fields_and_nulls_do_not_matter()
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, _) = await server.PostAsync(Path, Request("tiny", new { max_tokens = 2, user = "me", metadata = new { a = 1 }, store = false, stop = (string?)null, n = (int?)null, fancy = true }));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    static string Content(JsonElement choice) => choice.GetProperty("message").GetProperty("content").GetString()!;

    /// <summary>A request with one user message, and <paramref name="more"/> fields.</summary>
    static Dictionary<string, object?> Request(string model, object more)
    {
        var request = new Dictionary<string, object?> { ["model"] = model, ["messages"] = new[] { new { role = "user", content = "hello world" } } };
        foreach (System.Reflection.PropertyInfo property in more.GetType().GetProperties()) request[property.Name] = property.GetValue(more);
        return request;
    }
}

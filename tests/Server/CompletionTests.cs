using System.Net;
using System.Text.Json;

namespace Juxta.ServerTests;

/// <summary>The completions endpoint: prompts of every kind, echo, scoring, streams.</summary>
public sealed class CompletionTests(SharedServers servers)
{
    const string Path = "/v1/completions";

    [Theory, MemberData(nameof(SharedServers.Models), MemberType = typeof(SharedServers))]
    public async Task A_text_goes_on(string model)
    {
        TestServer server = await servers.GetAsync(model);
        (HttpStatusCode status, JsonElement body) = await server.PostAsync(Path, new { model, prompt = "hello", max_tokens = 5, temperature = 0 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("text_completion", body.GetProperty("object").GetString());
        Assert.StartsWith("cmpl-", body.GetProperty("id").GetString(), StringComparison.Ordinal);
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.NotEqual("", choice.GetProperty("text").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        Assert.Equal("length", choice.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task The_trained_model_tells_its_story()
    {
        TestServer server = await servers.GetAsync("stories260k");
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(Juxta.Tests.Fixtures.Require("models", "stories260k", "expected.json"))).RootElement.GetProperty("prompts")[0];
        int[] ids = [.. expected.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        string text = expected.GetProperty("greedy_text").GetString()!;
        (_, JsonElement body) = await server.PostAsync(Path, new { model = "stories260k", prompt = ids, max_tokens = 100, temperature = 0 });
        string told = body.GetProperty("choices")[0].GetProperty("text").GetString()!;
        Assert.True(told.Length > 100, told);
        Assert.StartsWith(told.TrimStart(), text.TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_without_tokenizer_goes_on_from_ids_and_shows_ids()
    {
        string folder = Juxta.Tests.Fixtures.Require("models", "qwen3");
        JsonElement prompt = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(folder, "expected.json"))).RootElement.GetProperty("prompts")[1];
        int[] ids = Ints(prompt.GetProperty("ids")), greedy = Ints(prompt.GetProperty("greedy"));
        await using TestServer server = await TestServer.StartAsync(folder);
        var request = new { model = "qwen3", prompt = ids, max_tokens = greedy.Length, temperature = 0, ignore_eos = true, logprobs = 1, return_token_ids = true };
        (HttpStatusCode status, JsonElement body) = await server.PostAsync(Path, request);
        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal(greedy, Ints(choice.GetProperty("token_ids")));
        Assert.Equal(ids, Ints(choice.GetProperty("prompt_token_ids")));
        Assert.Equal("", choice.GetProperty("text").GetString());
        Assert.Equal(greedy.Select(id => $"token_id:{id}"), choice.GetProperty("logprobs").GetProperty("tokens").EnumerateArray().Select(t => t.GetString()));
        List<string> events = await server.StreamAsync(Path, new { request.model, request.prompt, request.max_tokens, request.temperature, request.ignore_eos, request.return_token_ids, stream = true });
        Assert.Equal(greedy, events[..^1].SelectMany(data => Ints(JsonDocument.Parse(data).RootElement.GetProperty("choices")[0].GetProperty("token_ids"))));

        (status, body) = await server.PostAsync(Path, new { model = "qwen3", prompt = "text" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("no_tokenizer", body.GetProperty("error").GetProperty("code").GetString());
    }

    static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    [Fact]
    public async Task An_echoed_prompt_and_its_answer_read_as_one_text()
    {
        TestServer server = await servers.GetAsync("stories260k");
        object request = new { model = "stories260k", prompt = "Zoo", echo = true, temperature = 0, max_tokens = 12 };
        (_, JsonElement body) = await server.PostAsync(Path, request);
        string text = body.GetProperty("choices")[0].GetProperty("text").GetString()!;
        Assert.StartsWith("Zoo was a little girl", text, StringComparison.Ordinal);
        List<string> events = await server.StreamAsync(Path, new { model = "stories260k", prompt = "Zoo", echo = true, temperature = 0, max_tokens = 12, stream = true });
        Assert.Equal(text, string.Concat(events[..^1].Select(data => JsonDocument.Parse(data).RootElement.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Prompts_come_as_text_ids_or_lists_of_either()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement tokens) = await server.PostAsync("/v1/tokenize", new { model = "tiny", text = "hello" });
        int[] ids = [.. tokens.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        string text = (await TextsAsync("hello")).Single();
        Assert.Equal([text], await TextsAsync(ids));
        Assert.Equal([text, text], await TextsAsync(new[] { ids, ids }));
        string[] two = await TextsAsync(new[] { "hello", "world" });
        Assert.Equal(text, two[0]);
        Assert.Equal((await TextsAsync("world")).Single(), two[1]);

        async Task<string[]> TextsAsync(object prompt)
        {
            (_, JsonElement body) = await server.PostAsync(Path, new { model = "tiny", prompt, max_tokens = 8, temperature = 0 });
            return [.. body.GetProperty("choices").EnumerateArray().OrderBy(choice => choice.GetProperty("index").GetInt32()).Select(choice => choice.GetProperty("text").GetString()!)];
        }
    }

    [Fact]
    public async Task Answers_are_numbered_prompt_by_prompt()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement body) = await server.PostAsync(Path, new { model = "tiny", prompt = new[] { "hello", "world" }, n = 2, best_of = 2, echo = true, max_tokens = 3 });
        Assert.Equal([0, 1, 2, 3], body.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        string[] texts = [.. body.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()![..5])];
        Assert.Equal(["hello", "hello", "world", "world"], texts);
        Assert.Equal(12, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory, MemberData(nameof(SharedServers.Models), MemberType = typeof(SharedServers))]
    public async Task Echo_with_log_probabilities_and_no_new_token_scores_a_text(string model)
    {
        TestServer server = await servers.GetAsync(model);
        (_, JsonElement body) = await server.PostAsync(Path, new { model, prompt = "Once upon a time", echo = true, logprobs = 2, max_tokens = 0 });
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal("Once upon a time", choice.GetProperty("text").GetString());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(0, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        JsonElement logProbs = choice.GetProperty("logprobs");
        int count = body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        JsonElement[] tokenLogProbs = [.. logProbs.GetProperty("token_logprobs").EnumerateArray()];
        Assert.Equal(count, tokenLogProbs.Length);
        Assert.Equal(count, logProbs.GetProperty("tokens").GetArrayLength());
        Assert.Equal(count, logProbs.GetProperty("top_logprobs").GetArrayLength());
        Assert.Equal(count, logProbs.GetProperty("text_offset").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, tokenLogProbs[0].ValueKind);
        Assert.Equal(JsonValueKind.Null, logProbs.GetProperty("top_logprobs")[0].ValueKind);
        Assert.All(tokenLogProbs[1..], value => Assert.True(value.GetSingle() <= 0));
        for (int i = 1; i < count; i++)
        {
            JsonElement top = logProbs.GetProperty("top_logprobs")[i];
            Assert.InRange(top.EnumerateObject().Count(), 2, 3);
            Assert.Equal(tokenLogProbs[i].GetSingle(), top.GetProperty(logProbs.GetProperty("tokens")[i].GetString()!).GetSingle());
        }
    }

    [Fact]
    public async Task Scores_of_a_prompt_are_those_of_the_same_tokens_as_an_answer()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement said) = await server.PostAsync(Path, new { model = "tiny", prompt = new[] { 104, 105 }, max_tokens = 6, temperature = 0, logprobs = 0, ignore_eos = true });
        (_, JsonElement echo) = await server.PostAsync(Path, new { model = "tiny", prompt = new[] { 104, 105 }, max_tokens = 6, temperature = 0, logprobs = 0, ignore_eos = true, echo = true });
        float[] alone = [.. said.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Select(value => value.GetSingle())];
        JsonElement[] both = [.. echo.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray()];
        Assert.Equal(8, both.Length);
        Assert.Equal(alone, both[2..].Select(value => value.GetSingle()));
    }

    [Fact]
    public async Task Offsets_count_characters_and_broken_characters_show_their_bytes()
    {
        TestServer server = await servers.GetAsync();
        // 你 is three byte tokens; hello is one merged token.
        (_, JsonElement body) = await server.PostAsync(Path, new { model = "tiny", prompt = "你hello", add_special_tokens = false, echo = true, logprobs = 0, max_tokens = 0 });
        JsonElement logProbs = body.GetProperty("choices")[0].GetProperty("logprobs");
        Assert.Equal(["bytes:\\xe4", "bytes:\\xbd", "bytes:\\xa0", "hello"], logProbs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal([0, 0, 0, 1], logProbs.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32()));
    }

    [Fact]
    public async Task A_stream_gives_the_echo_and_the_text()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement whole) = await server.PostAsync(Path, new { model = "tiny", prompt = "hello", max_tokens = 8, temperature = 0, echo = true, logprobs = 1 });
        List<string> events = await server.StreamAsync(Path, new { model = "tiny", prompt = "hello", max_tokens = 8, temperature = 0, echo = true, logprobs = 1, stream = true, stream_options = new { include_usage = true } });
        JsonElement[] chunks = [.. events[..^1].Select(data => JsonDocument.Parse(data).RootElement)];
        JsonElement[] choices = [.. chunks[..^1].Select(chunk => chunk.GetProperty("choices")[0])];
        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("text").GetString(), string.Concat(choices.Select(choice => choice.GetProperty("text").GetString())));
        Assert.Equal(
            whole.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("tokens").EnumerateArray().Select(token => token.GetString()),
            choices.SelectMany(choice => choice.GetProperty("logprobs").GetProperty("tokens").EnumerateArray()).Select(token => token.GetString()));
        Assert.Equal("length", choices[^1].GetProperty("finish_reason").GetString());
        Assert.Equal(whole.GetProperty("usage").GetRawText(), chunks[^1].GetProperty("usage").GetRawText());
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task Without_max_tokens_sixteen_are_drawn()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement body) = await server.PostAsync(Path, new { model = "tiny", prompt = "hello", ignore_eos = true });
        Assert.Equal(16, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }
}

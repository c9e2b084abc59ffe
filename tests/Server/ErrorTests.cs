using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Juxta.Server;
using Juxta.Server.Completions;
using Juxta.Server.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juxta.ServerTests;

/// <summary>Every way to get a request wrong: one shape of answer, and the parameter by its name.</summary>
public sealed class ErrorTests(SharedServers servers)
{
    const string Messages = """ "messages":[{"role":"user","content":"hello"}] """;

    [Theory]
    [InlineData("{}", "model", "missing_parameter")]
    [InlineData("""{"model":7}""", "model", "invalid_type")]
    [InlineData("""{"model":"tiny"}""", "messages", "missing_parameter")]
    [InlineData("""{"model":"tiny","messages":[]}""", "messages", "missing_parameter")]
    [InlineData("""{"model":"tiny","messages":"hello"}""", "messages", "invalid_type")]
    [InlineData("""{"model":"tiny","messages":["hello"]}""", "messages[0]", "invalid_type")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user"}]}""", "messages[0].content", "missing_parameter")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":7}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"a"},{"role":"king","content":"b"}]}""", "messages[1].role", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", "messages[0].content[0].type", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{"}}]}]}""", "messages[0].tool_calls[0].function.arguments", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"\ud83d"}]}""", "messages[0].content", "invalid_json")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"a"}],"continue_final_message":true}""", "continue_final_message", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":[{"role":"assistant","content":""}],"continue_final_message":true}""", "continue_final_message", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":[{"role":"assistant","content":"a"}],"continue_final_message":true,"add_generation_prompt":true}""", "continue_final_message", "invalid_value")]
    public async Task A_bad_conversation_is_400(string body, string parameter, string code)
    {
        JsonElement error = await RefusedAsync("/v1/chat/completions", body, HttpStatusCode.BadRequest);
        Assert.Equal(parameter, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("temperature", "-0.1")]
    [InlineData("temperature", "2.5")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("temperature", "1e400")]
    [InlineData("top_p", "1.1")]
    [InlineData("top_k", "1.5")]
    [InlineData("top_k", "-2")]
    [InlineData("min_p", "2")]
    [InlineData("repetition_penalty", "0")]
    [InlineData("presence_penalty", "3")]
    [InlineData("frequency_penalty", "-3")]
    [InlineData("n", "0")]
    [InlineData("n", "1000000")]
    [InlineData("max_tokens", "0")]
    [InlineData("max_tokens", "-1")]
    [InlineData("max_completion_tokens", "\"many\"")]
    [InlineData("max_tokens", "99999999999999")]
    [InlineData("seed", "\"x\"")]
    [InlineData("seed", "0.5")]
    [InlineData("stream", "\"yes\"")]
    [InlineData("stream_options", """{"include_usage":true}""")]
    [InlineData("stop", "7")]
    [InlineData("stop", """["a",""]""")]
    [InlineData("stop_token_ids", "[99999]")]
    [InlineData("logit_bias", """{"a":1}""")]
    [InlineData("logit_bias", """{"99999":1}""")]
    [InlineData("logit_bias", "[1]")]
    [InlineData("top_logprobs", "3")]
    [InlineData("top_logprobs", "21")]
    [InlineData("logprobs", "5")]
    [InlineData("adapters", "\"loud\"")]
    [InlineData("repetition_limit", "1")]
    [InlineData("min_tokens", "-1")]
    [InlineData("chat_template_kwargs", "[]")]
    public async Task A_bad_value_is_400_and_named(string parameter, string value)
    {
        JsonElement error = await RefusedAsync("/v1/chat/completions", $$"""{"model":"tiny",{{Messages}},"{{parameter}}":{{value}}}""", HttpStatusCode.BadRequest);
        Assert.Equal(parameter, error.GetProperty("param").GetString());
        Assert.Contains(parameter, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logit_bias", """{"5":101}""", "logit_bias.5")]
    [InlineData("stop", """["a",7]""", "stop[1]")]
    [InlineData("stop_token_ids", """[1,"b"]""", "stop_token_ids[1]")]
    [InlineData("adapters", """[{"scale":1}]""", "adapters[0].name")]
    [InlineData("adapters", """[{"name":"loud","scale":"big"}]""", "adapters[0].scale")]
    [InlineData("stream_options", """7""", "stream_options")]
    public async Task A_bad_entry_is_named_by_its_path(string parameter, string value, string path)
    {
        JsonElement error = await RefusedAsync("/v1/chat/completions", $$"""{"model":"tiny",{{Messages}},"{{parameter}}":{{value}}}""", HttpStatusCode.BadRequest);
        Assert.Equal(path, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("response_format", """{"type":"json_schema","json_schema":{}}""")]
    [InlineData("response_format", """{"type":"json_object"}""")]
    [InlineData("modalities", """["text","audio"]""")]
    [InlineData("audio", """{"voice":"x"}""")]
    [InlineData("functions", """[{"name":"f"}]""")]
    [InlineData("tool_choice", "\"required\"")]
    [InlineData("tool_choice", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("guided_json", "{}")]
    [InlineData("use_beam_search", "true")]
    [InlineData("typical_p", "0.5")]
    [InlineData("bad_words", """["x"]""")]
    public async Task What_would_change_the_answer_and_cannot_be_done_is_refused(string parameter, string value)
    {
        JsonElement error = await RefusedAsync("/v1/chat/completions", $$"""{"model":"tiny",{{Messages}},"{{parameter}}":{{value}}}""", HttpStatusCode.BadRequest);
        Assert.Equal(parameter, error.GetProperty("param").GetString());
        Assert.Equal("unsupported_parameter", error.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("response_format", """{"type":"text"}""")]
    [InlineData("modalities", """["text"]""")]
    [InlineData("tool_choice", "\"auto\"")]
    [InlineData("tool_choice", "\"none\"")]
    [InlineData("use_beam_search", "false")]
    [InlineData("typical_p", "1.0")]
    [InlineData("functions", "[]")]
    public async Task The_same_fields_pass_where_they_ask_for_nothing(string parameter, string value)
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/chat/completions", $$"""{"model":"tiny",{{Messages}},"max_tokens":1,"{{parameter}}":{{value}}}""");
        Assert.True(status == HttpStatusCode.OK, body.ToString());
    }

    [Theory]
    [InlineData("""{"model":"tiny"}""", "prompt", "missing_parameter")]
    [InlineData("""{"model":"tiny","prompt":[]}""", "prompt", "invalid_value")]
    [InlineData("""{"model":"tiny","prompt":{}}""", "prompt", "invalid_type")]
    [InlineData("""{"model":"tiny","prompt":[1,"a"]}""", "prompt[1]", "invalid_type")]
    [InlineData("""{"model":"tiny","prompt":[[1],[]]}""", "prompt[1]", "invalid_value")]
    [InlineData("""{"model":"tiny","prompt":[1,99999]}""", "prompt", "invalid_value")]
    [InlineData("""{"model":"tiny","prompt":"","add_special_tokens":false}""", "prompt", "invalid_value")]
    [InlineData("""{"model":"tiny","prompt":"a","max_tokens":0}""", "max_tokens", "invalid_value")]
    [InlineData("""{"model":"tiny","prompt":"a","logprobs":21}""", "logprobs", "invalid_value")]
    [InlineData("""{"model":"tiny","prompt":"a","logprobs":true}""", "logprobs", "invalid_type")]
    [InlineData("""{"model":"tiny","prompt":"a","best_of":3}""", "best_of", "unsupported_parameter")]
    [InlineData("""{"model":"tiny","prompt":"a","suffix":"b"}""", "suffix", "unsupported_parameter")]
    public async Task A_bad_completion_is_400(string body, string parameter, string code)
    {
        JsonElement error = await RefusedAsync("/v1/completions", body, HttpStatusCode.BadRequest);
        Assert.Equal(parameter, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("{\"model\":\n  \"tiny\",, }", "line 2, byte 10")]
    [InlineData("{\"model\":\"ti", "line 1")]
    [InlineData("[1]", "a JSON object")]
    [InlineData("", "empty")]
    [InlineData("""{"model":NaN}""", "line 1, byte 10")]
    public async Task Malformed_JSON_is_400_and_says_where(string body, string expected)
    {
        JsonElement error = await RefusedAsync("/v1/chat/completions", body, HttpStatusCode.BadRequest);
        Assert.Contains(expected, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_nested_without_end_is_400() =>
        await RefusedAsync("/v1/chat/completions", "{\"a\":" + new string('[', 100_000), HttpStatusCode.BadRequest);

    [Fact]
    public async Task A_body_that_is_not_UTF8_is_400_and_says_where()
    {
        TestServer server = await servers.GetAsync();
        byte[] bytes = [.. "{\"model\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(await server.Http.PostAsync("/v1/completions", content));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("position 10", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_media_type_is_415()
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(
            await server.Http.PostAsync("/v1/chat/completions", new StringContent("{}", Encoding.UTF8, "text/plain")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Contains("application/json", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_exist_is_404_and_the_message_lists_what_does()
    {
        JsonElement error = await RefusedAsync("/v1/completions", """{"model":"nobody","prompt":"a"}""", HttpStatusCode.NotFound);
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Equal("model", error.GetProperty("param").GetString());
        Assert.Contains("tiny", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        error = await RefusedAsync("/v1/completions", """{"model":"tiny","prompt":"a","adapters":[{"name":"nobody"}]}""", HttpStatusCode.NotFound);
        Assert.Equal("adapters", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task A_ten_megabyte_prompt_is_400_about_the_context()
    {
        string text = string.Concat(Enumerable.Repeat("hello world ", 10 * 1024 * 1024 / 12));
        await RefusedForLengthAsync("/v1/completions", JsonSerializer.Serialize(new { model = "tiny", prompt = text }), "prompt");
        await RefusedForLengthAsync("/v1/chat/completions", JsonSerializer.Serialize(new { model = "tiny", messages = new[] { new { role = "user", content = text } } }), "messages");
        await RefusedForLengthAsync("/v1/completions", JsonSerializer.Serialize(new { model = "tiny", prompt = new string('x', 10 * 1024 * 1024) }), "prompt");
        await RefusedForLengthAsync("/v1/completions", JsonSerializer.Serialize(new { model = "tiny", prompt = Enumerable.Repeat(65, 3_000_000) }), "prompt");

        async Task RefusedForLengthAsync(string path, string body, string parameter)
        {
            JsonElement error = await RefusedAsync(path, body, HttpStatusCode.BadRequest);
            Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
            Assert.Equal(parameter, error.GetProperty("param").GetString());
            Assert.Contains($"{TinyModel.ContextLength}", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_above_the_limit_is_413()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with { MaxBodyBytes = 10_000 });
        (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/completions", new { model = "tiny", prompt = new string('x', 20_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("request_too_large", body.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/embeddings", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v1/models/nobody", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/v1/adapters/nobody", HttpStatusCode.NotFound)]
    public async Task A_path_that_leads_nowhere_is_an_error_of_the_same_shape(string method, string path, HttpStatusCode expected)
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)));
        Assert.Equal(expected, status);
        AssertShape(body);
    }

    [Fact]
    public async Task Every_answer_carries_a_request_id()
    {
        TestServer server = await servers.GetAsync();
        HttpResponseMessage response = await server.Http.GetAsync("/v1/models");
        Assert.StartsWith("req_", response.Headers.GetValues("X-Request-Id").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_cannot_be_opened_is_503_and_listed_as_failed()
    {
        string folder = Directory.CreateTempSubdirectory("juxta-models-").FullName;
        TinyModel.Write(Path.Combine(folder, "broken"));
        File.WriteAllBytes(Path.Combine(folder, "broken", "model.safetensors"), [1, 2, 3]);
        await using (TestServer server = await TestServer.StartAsync("tiny", options => options with { Workbench = options.Workbench with { ModelFolders = [folder] } }))
        {
            (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/completions", new { model = "broken", prompt = "a" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            AssertShape(body);
            Assert.Contains("model.safetensors", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
            (_, JsonElement model) = await server.GetAsync("/v1/models/broken");
            Assert.Equal("failed", model.GetProperty("status").GetString());
            // The server itself is well: that model was not named at start.
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health")).Status);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_fault_of_the_server_shows_the_request_id_and_nothing_else()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        await new ErrorResponses(_ => throw new InvalidOperationException("the user's secret"), NullLogger<ErrorResponses>.Instance).InvokeAsync(http);
        Assert.Equal(500, http.Response.StatusCode);
        string body = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Contains(http.Response.Headers["X-Request-Id"].ToString(), body, StringComparison.Ordinal);
        AssertShape(JsonDocument.Parse(body).RootElement);
    }

    [Fact]
    public async Task A_fault_in_the_middle_of_a_stream_is_an_event()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        var options = new ServerOptions { Workbench = new Workbench.WorkbenchOptions() };
        await new AnswerStreams(options, NullLogger<ErrorResponses>.Instance).SendAsync(http.Response, _ => throw new AnswerFailedException("the user's secret"));
        string[] events = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        AssertShape(JsonDocument.Parse(events[0]["data: ".Length..]).RootElement);
        Assert.DoesNotContain("secret", events[0], StringComparison.Ordinal);
    }

    async Task<JsonElement> RefusedAsync(string path, string body, HttpStatusCode expected)
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync(path, body);
        Assert.True(status == expected, $"{status}: {answer}");
        AssertShape(answer);
        return answer.GetProperty("error");
    }

    static void AssertShape(JsonElement body)
    {
        Assert.Equal(["error"], body.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["message", "type", "param", "code"], body.GetProperty("error").EnumerateObject().Select(property => property.Name));
        Assert.NotEqual("", body.GetProperty("error").GetProperty("message").GetString());
    }
}

using System.Net;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.ServerTests;

/// <summary>Every way to get a field wrong: refused, and the parameter named.</summary>
public sealed class RequestErrorTests(SharedServers servers)
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

    async Task<JsonElement> RefusedAsync(string path, string body, HttpStatusCode expected) => await (await servers.GetAsync()).RefusedAsync(path, body, expected);
}

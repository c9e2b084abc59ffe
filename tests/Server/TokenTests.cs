using System.Net;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.ServerTests;

/// <summary>What the token endpoints show.</summary>
public sealed class TokenTests(SharedServers servers)
{
    [Fact]
    public async Task A_text_becomes_ids_and_ids_become_the_text()
    {
        TestServer server = await servers.GetAsync();
        (_, JsonElement tokens) = await server.PostAsync("/v1/tokenize", new { model = "tiny", text = "hello world é" });
        int[] ids = [.. tokens.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(TinyModel.Bos, ids[0]);
        Assert.Equal(["<s>", "hello", " world", " ", "\\xc3", "\\xa9"], tokens.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal(ids.Length, tokens.GetProperty("count").GetInt32());
        (_, JsonElement text) = await server.PostAsync("/v1/detokenize", new { model = "tiny", ids });
        Assert.Equal("<s>hello world é", text.GetProperty("text").GetString());
        (_, text) = await server.PostAsync("/v1/detokenize", new { model = "tiny", tokens = ids, skip_special = true });
        Assert.Equal("hello world é", text.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Special_tokens_are_a_choice()
    {
        TestServer server = await servers.GetAsync();
        Assert.Equal(2, await CountAsync(addSpecial: true, parseSpecial: true));
        Assert.Equal(1, await CountAsync(addSpecial: false, parseSpecial: true));
        Assert.Equal(10, await CountAsync(addSpecial: false, parseSpecial: false));

        async Task<int> CountAsync(bool addSpecial, bool parseSpecial) =>
            (await server.PostAsync("/v1/tokenize", new { model = "tiny", text = "<|im_end|>", add_special = addSpecial, parse_special = parseSpecial })).Body.GetProperty("count").GetInt32();
    }

    [Fact]
    public async Task Messages_go_through_the_chat_template()
    {
        TestServer server = await servers.GetAsync();
        object[] messages = [new { role = "user", content = "hello" }];
        (_, JsonElement open) = await server.PostAsync("/v1/tokenize", new { model = "tiny", messages });
        Assert.Equal("<s><|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n", open.GetProperty("prompt").GetString());
        (_, JsonElement closed) = await server.PostAsync("/v1/tokenize", new { model = "tiny", messages, add_generation_prompt = false });
        Assert.Equal("<s><|im_start|>user\nhello<|im_end|>\n", closed.GetProperty("prompt").GetString());
        Assert.True(closed.GetProperty("count").GetInt32() < open.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_text_longer_than_the_context_can_be_counted()
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement tokens) = await server.PostAsync("/v1/tokenize", new { model = "tiny", text = new string('x', TinyModel.ContextLength + 10), add_special = false });
        Assert.True(status == HttpStatusCode.OK, tokens.ToString());
        Assert.Equal(TinyModel.ContextLength + 10, tokens.GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("/v1/tokenize", """{"model":"tiny"}""", "text")]
    [InlineData("/v1/tokenize", """{"model":"tiny","text":[]}""", "text")]
    [InlineData("/v1/detokenize", """{"model":"tiny"}""", "ids")]
    [InlineData("/v1/detokenize", """{"model":"tiny","ids":[-1]}""", "ids[0]")]
    [InlineData("/v1/detokenize", """{"model":"tiny","ids":["a"]}""", "ids[0]")]
    [InlineData("/v1/detokenize", """{"model":"tiny","ids":[99999]}""", "ids[0]")]
    public async Task A_bad_request_is_400_and_named(string path, string body, string parameter)
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync(path, body);
        Assert.True(status == HttpStatusCode.BadRequest, answer.ToString());
        Assert.Equal(parameter, answer.GetProperty("error").GetProperty("param").GetString());
    }
}

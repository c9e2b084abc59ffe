using System.Text;
using System.Text.Json;
using Juxta.Workbench.Endpoints;
using Juxta.Engine.Chat;
using Microsoft.Extensions.AI;

namespace Juxta.WorkbenchTests.Endpoints;

public sealed class EndpointWireTests
{
    static readonly Uri Address = new("http://localhost:1/v1/chat/completions");

    [Fact]
    public void A_request_has_what_was_given_and_nothing_else()
    {
        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"你好"}]}""", Text(new ChatOptions()));
        var options = new ChatOptions { Temperature = 0, TopK = 3, MaxOutputTokens = 8, Seed = 7, StopSequences = ["\n"], AdditionalProperties = new() { ["tools"] = JsonSerializer.SerializeToElement(new[] { 1 }) } };
        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"你好"}],"temperature":0,"top_k":3,"max_tokens":8,"seed":7,"stop":["\n"],"tools":[1]}""", Text(options));

        static string Text(ChatOptions options) => Encoding.UTF8.GetString(EndpointWire.Request("m", [new ChatMessage(ChatRole.User, "你好")], options));
    }

    [Fact]
    public void An_answer_may_lack_all_but_its_message()
    {
        ChatResponse bare = EndpointWire.Response(Address, """{"choices":[{"message":{"content":"Hi"}}]}""");
        Assert.Equal(("Hi", null, null), (bare.Text, bare.FinishReason, bare.Usage));
        ChatResponse calls = EndpointWire.Response(Address, """{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""");
        Assert.Equal(("", "tool_calls", 3L, 2L), (calls.Text, calls.FinishReason!.Value.Value, calls.Usage!.InputTokenCount!.Value, calls.Usage.OutputTokenCount!.Value));
        FunctionCallContent call = Assert.IsType<FunctionCallContent>(Assert.Single(calls.Messages[0].Contents));
        Assert.Equal(("weather", """{"name":"weather","arguments":{}}"""), (call.Name, ToolCallText.Line(call)));
    }

    [Fact]
    public void Calls_of_tools_and_their_results_keep_their_names()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Weather?"),
            new(ChatRole.Assistant, [new FunctionCallContent("call_1", "weather", new Dictionary<string, object?> { ["city"] = "Paris" })]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "sunny")]),
        ];
        var options = new ChatOptions { Instructions = "Be brief.", Tools = [AIFunctionFactory.CreateDeclaration("weather", "Tells the weather", JsonDocument.Parse("""{"type":"object"}""").RootElement)], PresencePenalty = 0.5f, AdditionalProperties = new() { ["logprobs"] = 2, ["min_p"] = 0.1 } };
        Assert.Equal(
            """{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},{"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},{"role":"tool","tool_call_id":"call_1","content":"sunny"}],"presence_penalty":0.5,"tools":[{"type":"function","function":{"name":"weather","description":"Tells the weather","parameters":{"type":"object"}}}],"logprobs":true,"top_logprobs":2,"min_p":0.1,"stream":true,"stream_options":{"include_usage":true}}""",
            Encoding.UTF8.GetString(EndpointWire.Request("m", messages, options, stream: true)));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[{"message":{"content":7}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":1.5}}""")]
    [InlineData("")]
    public void What_is_no_answer_is_shown(string body)
    {
        EndpointException error = Assert.Throws<EndpointException>(() => EndpointWire.Response(Address, body));
        Assert.Contains($"{Address} answered what is no chat completion: {(body.Length == 0 ? "nothing" : body)}", error.Message);
    }

    [Theory]
    [InlineData("""{"error":{"message":"no such model"}}""", "no such model")]
    [InlineData("""{"error":"busy"}""", "busy")]
    [InlineData("""{"detail":1}""", """{"detail":1}""")]
    [InlineData("nginx", "nginx")]
    public void A_refusal_is_told_in_the_server_s_words(string body, string says) => Assert.Equal(says, EndpointWire.Error(body));

    [Theory]
    [InlineData("localhost:8000")]
    [InlineData("ftp://localhost/v1")]
    [InlineData("http://localhost/v1?key=1")]
    [InlineData("http://localhost/v1#a")]
    [InlineData("")]
    public void What_is_no_address_is_refused(string url) => Assert.Contains("expected one such as http://localhost:8000/v1", Assert.Throws<EndpointException>(() => new EndpointChatClient(url, "m", null)).Message);
}

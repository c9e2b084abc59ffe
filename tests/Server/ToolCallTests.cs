using System.Net;
using System.Text.Json;
using Juxta.Tests;
using Juxta.Workbench;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Juxta.ServerTests;

/// <summary>Calls of tools over the API, by the official client, and by the workbench's chat client: a model that calls one, and answers with its result.</summary>
public sealed class ToolCallTests : IAsyncLifetime
{
    const string Answer = """<tool_call>{"name": "weather", "arguments": {"city": "Wien"}}</tool_call>""";

    static readonly ChatTool Weather = ChatTool.CreateFunctionTool("weather", "Tells the weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-tools").FullName;
    TestServer? _server;

    TestServer Server => _server!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        RecitingModel.Write(Path.Combine(_folder, "caller"), Answer, "It is sunny in Wien.");
        _server = await TestServer.StartAsync("tiny", options => options with { Workbench = options.Workbench with { Models = [Path.Combine(_folder, "caller")] } });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_official_client_gets_the_call_and_gives_its_result()
    {
        ChatClient client = Server.Chat("caller");
        List<OpenAI.Chat.ChatMessage> messages = [new UserChatMessage("How is the weather?")];
        var options = new ChatCompletionOptions { Tools = { Weather } };
        ChatCompletion asked = await client.CompleteChatAsync(messages, options, Cancel);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Empty(asked.Content);
        ChatToolCall call = Assert.Single(asked.ToolCalls);
        Assert.Equal(("weather", """{"city": "Wien"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        messages.Add(new AssistantChatMessage(asked));
        messages.Add(new ToolChatMessage(call.Id, "sunny"));
        ChatCompletion told = await client.CompleteChatAsync(messages, options, Cancel);
        Assert.Equal(("It is sunny in Wien.", OpenAI.Chat.ChatFinishReason.Stop), (told.Content[0].Text, told.FinishReason));
    }

    [Fact]
    public async Task A_streamed_call_comes_whole_and_never_as_text()
    {
        var arguments = new System.Text.StringBuilder();
        (string text, string? name, OpenAI.Chat.ChatFinishReason? reason) = ("", null, null);
        await foreach (StreamingChatCompletionUpdate update in Server.Chat("caller").CompleteChatStreamingAsync([new UserChatMessage("How is the weather?")], new ChatCompletionOptions { Tools = { Weather } }, Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            foreach (StreamingChatToolCallUpdate part in update.ToolCallUpdates)
            {
                name ??= part.FunctionName;
                arguments.Append(part.FunctionArgumentsUpdate);
            }
            reason = update.FinishReason ?? reason;
        }
        Assert.Equal(("", "weather", """{"city": "Wien"}""", OpenAI.Chat.ChatFinishReason.ToolCalls), (text, name, arguments.ToString(), reason!.Value));
    }

    [Fact]
    public async Task Where_no_tool_was_offered_the_same_words_are_text()
    {
        foreach (object body in (object[])[new { model = "caller", messages = new[] { new { role = "user", content = "Hi" } } }, new { model = "caller", messages = new[] { new { role = "user", content = "Hi" } }, tools = new[] { new { type = "function", function = new { name = "weather" } } }, tool_choice = "none" }])
        {
            (HttpStatusCode status, JsonElement answer) = await Server.PostAsync("/v1/chat/completions", body);
            Assert.Equal(HttpStatusCode.OK, status);
            JsonElement choice = answer.GetProperty("choices")[0];
            Assert.Equal((Answer, "stop", false), (choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString(), choice.GetProperty("message").TryGetProperty("tool_calls", out _)));
        }
    }

    [Fact]
    public async Task The_workbench_s_client_gives_and_takes_them_too_from_another_server_as_well()
    {
        JuxtaWorkbench workbench = Server.Services.GetRequiredService<JuxtaWorkbench>();
        workbench.Models.AddRemote(Workbench.Models.RemoteModel.Of(Server.Address.ToString(), "caller", "far"));
        foreach (string name in (string[])["caller", "far"])
        {
            using IChatClient client = workbench.ChatClient(name);
            var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => "sunny", "weather", "Tells the weather")] };
            List<Microsoft.Extensions.AI.ChatMessage> history = [new(ChatRole.User, "How is the weather?")];
            ChatResponse asked = await client.GetResponseAsync(history, options, Cancel);
            FunctionCallContent call = Assert.Single(asked.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
            Assert.Equal(("weather", "Wien", "", "tool_calls"), (call.Name, call.Arguments!["city"]!.ToString(), asked.Text, asked.FinishReason!.Value.Value));
            history.AddRange(asked.Messages);
            history.Add(new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "sunny")]));
            ChatResponse told = await client.GetResponseAsync(history, options, Cancel);
            Assert.Equal(("It is sunny in Wien.", "stop"), (told.Text, told.FinishReason!.Value.Value));
            Assert.True(told.Usage!.OutputTokenCount > 0);
            Assert.Equal(name, Assert.IsType<ChatClientMetadata>(client.GetService(typeof(ChatClientMetadata))).DefaultModelId);
        }
        // The API offers what runs here.
        (HttpStatusCode status, JsonElement refusal) = await Server.PostAsync("/v1/chat/completions", new { model = "far", messages = new[] { new { role = "user", content = "Hi" } } });
        Assert.Equal((HttpStatusCode.BadRequest, true), (status, refusal.GetProperty("error").GetProperty("message").GetString()!.Contains("far runs on another server", StringComparison.Ordinal)));
        Assert.DoesNotContain("far", (await Server.GetAsync("/v1/models")).Body.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
    }
}

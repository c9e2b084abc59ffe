using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Tests;
using Microsoft.Extensions.AI;

namespace Juxta.EngineTests.Chat;

public sealed class EngineChatClientTests : IAsyncLifetime
{
    // What the fixture's adapters were trained on.
    const string Template = "{% for message in messages %}{{ message.role | capitalize }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}Bot:{% endif %}";

    LanguageModel? _model;
    InferenceEngine? _engine;

    static string Stories => Fixtures.Require("models", "stories260k");

    InferenceEngine Engine => _engine!;

    public async ValueTask InitializeAsync()
    {
        if (Fixtures.Root is null) return;
        _model = LanguageModel.Open(Stories, threads: 1);
        _engine = new InferenceEngine(_model, new EngineOptions { CacheTokens = 2048 });
        await _engine.LoadAdapterAsync(Path.Combine(Stories, "adapters", "lora-toy-chat"), "toy");
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        _model?.Dispose();
    }

    EngineChatClient Client()
    {
        _ = Stories;
        return new EngineChatClient(Engine, "stories", ChatTemplate.Parse(Template));
    }

    static ChatOptions Toy => new() { ModelId = "toy", Temperature = 0, MaxOutputTokens = 60 };

    /// <summary>A question that the adapter was trained on, and the reference's answer to it.</summary>
    static (string Question, string Answer, int[] PromptIds) Known()
    {
        JsonElement prompts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Stories, "expected.json"))).RootElement.GetProperty("adapters").GetProperty("lora-toy-chat").GetProperty("prompts");
        JsonElement prompt = prompts.EnumerateArray().First(prompt => prompt.GetProperty("text").GetString()!.StartsWith("User: ", StringComparison.Ordinal));
        string text = prompt.GetProperty("text").GetString()!;
        return (text["User: ".Length..text.IndexOf("\nBot:", StringComparison.Ordinal)], prompt.GetProperty("greedy_text").GetString()!,
            [.. prompt.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]);
    }

    [Fact]
    public async Task A_question_gets_the_references_answer_with_usage_and_outcome()
    {
        using EngineChatClient client = Client();
        (string question, string answer, int[] promptIds) = Known();
        ChatResponse response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, question)], Toy);
        Assert.Equal(answer, response.Text.TrimStart());
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("toy", response.ModelId);
        Assert.Equal(promptIds.Length, response.Usage!.InputTokenCount);
        Assert.Equal(response.Usage.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount);
        Assert.Equal("eos:1", response.Messages[^1].AdditionalProperties!["outcome"]);
        ChatResponse plain = await client.GetResponseAsync([new ChatMessage(ChatRole.User, question)], new ChatOptions { Temperature = 0, MaxOutputTokens = 20 });
        Assert.NotEqual(response.Text, plain.Text);
        Assert.Equal("stories", plain.ModelId);
        Assert.Equal(ChatFinishReason.Length, plain.FinishReason);
    }

    [Fact]
    public async Task Streamed_pieces_join_to_the_answer_and_usage_comes_last()
    {
        using EngineChatClient client = Client();
        string question = Known().Question;
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, question)], Toy)) updates.Add(update);
        Assert.Equal((await client.GetResponseAsync([new ChatMessage(ChatRole.User, question)], Toy)).Text, string.Concat(updates.Select(update => update.Text)));
        Assert.True(updates.Count > 3);
        Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.FinishReason));
        Assert.Single(updates.Select(update => update.MessageId).Distinct());
    }

    [Fact]
    public async Task Options_of_every_kind_reach_the_engine()
    {
        using EngineChatClient client = Client();
        ChatMessage[] messages = [new(ChatRole.User, "Tell me a story")];
        async Task<string> Say(ChatOptions options) => (await client.GetResponseAsync(messages, options)).Text;
        var sampled = new ChatOptions { Temperature = 1, Seed = 5, MaxOutputTokens = 40 };
        string story = await Say(sampled);
        Assert.Equal(story, await Say(sampled));
        Assert.NotEqual(story, await Say(new ChatOptions { Temperature = 1, Seed = 6, MaxOutputTokens = 40 }));
        string greedy = await Say(new ChatOptions { Temperature = 0, MaxOutputTokens = 40 });
        Assert.Equal(greedy, await Say(new ChatOptions { Temperature = 1, TopK = 1, Seed = 5, MaxOutputTokens = 40 }));
        Assert.Equal(greedy, await Say(new ChatOptions { Temperature = 1, TopP = 0, Seed = 5, MaxOutputTokens = 40 }));
        Assert.Equal(greedy, await Say(With(sampled, "min_p", 1.0)));
        Assert.NotEqual(story, await Say(With(sampled, "repetition_penalty", JsonDocument.Parse("1.8").RootElement)));
        Assert.NotEqual(greedy, await Say(new ChatOptions { Temperature = 0, MaxOutputTokens = 40, Instructions = "Be brief" }));
        Assert.Equal(await Say(new ChatOptions { Temperature = 0, MaxOutputTokens = 40, ModelId = "toy" }), await Say(With(new ChatOptions { Temperature = 0, MaxOutputTokens = 40 }, "adapters", new[] { "toy" })));
        string stop = greedy.Substring(10, 5);
        Assert.Equal(greedy[..greedy.IndexOf(stop, StringComparison.Ordinal)], await Say(new ChatOptions { Temperature = 0, MaxOutputTokens = 40, StopSequences = [stop] }));
    }

    static ChatOptions With(ChatOptions options, string key, object value)
    {
        ChatOptions copy = options.Clone();
        copy.AdditionalProperties = new AdditionalPropertiesDictionary { [key] = value };
        return copy;
    }

    public static TheoryData<string, string, ChatOptions> Refused => new()
    {
        { "model", "no model 'gpt': expected 'stories' or a loaded adapter (toy)", new ChatOptions { ModelId = "gpt" } },
        { "temperature", "temperature is -1", new ChatOptions { Temperature = -1 } },
        { "max_tokens", "max_tokens is -5", new ChatOptions { MaxOutputTokens = -5 } },
        { "min_p", "min_p is much; expected a number", With(new ChatOptions(), "min_p", "much") },
        { "stop_token_ids", "stop_token_ids is 1.5; expected a whole number", With(new ChatOptions(), "stop_token_ids", JsonDocument.Parse("[1.5]").RootElement) },
        { "adapters", "adapters is 3; expected names of adapters", With(new ChatOptions(), "adapters", 3) },
        { "adapters", "no adapter named 'poet'", With(new ChatOptions(), "adapters", "poet") },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_wrong_option_is_named(string parameter, string message, ChatOptions options)
    {
        using EngineChatClient client = Client();
        var refusal = await Assert.ThrowsAsync<RequestException>(() => client.GetResponseAsync([new ChatMessage(ChatRole.User, "Hi")], options));
        Assert.Equal(parameter, refusal.Parameter);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_this_client_cannot_do_it_says()
    {
        using EngineChatClient client = Client();
        ChatMessage[] messages = [new(ChatRole.User, "Hi")];
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(messages, new ChatOptions { ResponseFormat = ChatResponseFormat.Json }));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new ChatMessage(ChatRole.User, [new DataContent("data:image/png;base64,AAAA")])]));
        Assert.Contains("has no chat template", Assert.Throws<ModelFormatException>(() => new EngineChatClient(Engine)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_the_enumeration_ends_the_generation()
    {
        using EngineChatClient client = Client();
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hi")], With(new ChatOptions(), "ignore_eos", true))) break;
        for (int i = 0; i < 500 && Engine.Load.Running > 0; i++) await Task.Delay(10);
        Assert.Equal(0, Engine.Load.Running);
    }

    [Fact]
    public void Services_are_found_by_type()
    {
        using EngineChatClient client = Client();
        var metadata = Assert.IsType<ChatClientMetadata>(client.GetService(typeof(ChatClientMetadata)));
        Assert.Equal(("juxta", "stories"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(client, client.GetService(typeof(IChatClient)));
        Assert.Same(Engine, client.GetService(typeof(InferenceEngine)));
        Assert.Same(Engine.Model, client.GetService(typeof(LanguageModel)));
        Assert.Null(client.GetService(typeof(ChatClientMetadata), "key"));
        Assert.Null(client.GetService(typeof(string)));
    }

    [Fact]
    public void Calls_and_results_have_the_form_that_templates_read()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.Assistant, [new TextContent("Let me "), new TextContent("see."), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Wien" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny"), new FunctionResultContent("c2", new { degrees = 21 })]),
        ];
        Assert.Equal(
            """[{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":{"city":"Wien"}}}]},{"role":"tool","tool_call_id":"c1","content":"sunny"},{"role":"tool","tool_call_id":"c2","content":"{\u0022degrees\u0022:21}"}]""",
            TemplateMessages.From(messages).GetRawText());
    }
}

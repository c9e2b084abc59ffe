using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Tests;
using Microsoft.Extensions.AI;

namespace Juxta.EngineTests.Chat;

/// <summary>Calls of tools: taken out of texts, out of streams, and out of the answers of a model with a template that knows tools.</summary>
public sealed class ToolCallTests : IDisposable
{
    const string Call = """<tool_call>{"name": "weather", "arguments": {"city": "Wien"}}</tool_call>""";

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-tools").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static readonly AIFunctionDeclaration Weather = AIFunctionFactory.CreateDeclaration("weather", "Tells the weather", JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}""").RootElement);

    /// <summary>An answer in pieces of some length, as a stream brings it: what was shown, in the order it was, and the calls.</summary>
    static (string[] Shown, ToolCall[] Calls) Stream(ToolCallForm form, string answer, int length, params string[] tools)
    {
        var reader = new ToolCallReader(form, tools);
        string[] pieces = [.. answer.Chunk(length).Select(piece => reader.Push(new string(piece)))];
        (string rest, IReadOnlyList<ToolCall> calls) = reader.End();
        return ([.. pieces.Append(rest).Where(piece => piece.Length > 0)], [.. calls]);
    }

    public static TheoryData<string, string, string[]> Tagged => new()
    {
        { Call, "", ["""weather {"city": "Wien"}"""] },
        { $"I look.\n{Call}", "I look.", ["""weather {"city": "Wien"}"""] },
        { $"{Call}\n{Call.Replace("Wien", "Linz", StringComparison.Ordinal)}\n", "", ["""weather {"city": "Wien"}""", """weather {"city": "Linz"}"""] },
        { """<tool_call>{"name":"weather"}""", "", ["weather {}"] },
        { """<tool_call>{"name":"weather","arguments":"{\"city\":1}"}</tool_call>""", "", ["""weather {"city":1}"""] },
        // What is no call stays the text it is.
        { "a <tool_call> is a tag", "a <tool_call> is a tag", [] },
        { """<tool_call>{"name":"weather", "arguments": {</tool_call>""", """<tool_call>{"name":"weather", "arguments": {</tool_call>""", [] },
        { """<tool_call>{"name":"weather","arguments":[1]}</tool_call>""", """<tool_call>{"name":"weather","arguments":[1]}</tool_call>""", [] },
        { "<tool_call>7</tool_call>", "<tool_call>7</tool_call>", [] },
        { "ends in <tool", "ends in <tool", [] },
        { "x < y \n", "x < y \n", [] },
        { "", "", [] },
    };

    [Theory]
    [MemberData(nameof(Tagged))]
    public void Tagged_calls_are_found_however_the_answer_comes(string answer, string text, string[] calls)
    {
        for (int length = 1; length <= Math.Max(1, answer.Length); length++)
        {
            (string[] shown, ToolCall[] found) = Stream(new TaggedToolCalls(), answer, length, "weather");
            Assert.Equal(text, string.Concat(shown));
            Assert.Equal(calls, found.Select(call => $"{call.Name} {call.Arguments}"));
        }
    }

    public static TheoryData<string, string, string?> Named => new()
    {
        { "weather\n{\"city\": \"Wien\"}", "", "{\"city\": \"Wien\"}" },
        { "weather\n{\"city\": \"Wien\"", "weather\n{\"city\": \"Wien\"", null },
        { "weather\nis fine", "weather\nis fine", null },
        { "weather", "weather", null },
        { "weathering\n{}", "weathering\n{}", null },
        { "\nThe weather\n{}", "\nThe weather\n{}", null },
        { "weather\n[1]", "weather\n[1]", null },
    };

    [Theory]
    [MemberData(nameof(Named))]
    public void A_call_on_the_first_line_is_found_however_the_answer_comes(string answer, string text, string? arguments)
    {
        for (int length = 1; length <= answer.Length; length++)
        {
            (string[] shown, ToolCall[] found) = Stream(new NamedToolCalls(), answer, length, "time", "weather");
            Assert.Equal(text, string.Concat(shown));
            Assert.Equal(arguments is null ? [] : [new ToolCall("weather", arguments)], found);
        }
    }

    [Fact]
    public void Text_that_cannot_become_a_call_is_shown_at_once()
    {
        var reader = new ToolCallReader(new TaggedToolCalls(), ["weather"]);
        Assert.Equal(["Wait", "", " <to 5", "."], new[] { "Wait", " <to", " 5", "." }.Select(reader.Push));
        // Without tools, or without a known form, nothing is held back.
        Assert.Equal(Call, new ToolCallReader(new TaggedToolCalls(), []).Push(Call));
        Assert.Equal(Call, new ToolCallReader(null, ["weather"]).Push(Call));
    }

    [Fact]
    public async Task A_model_s_call_comes_in_the_standard_form_and_its_result_goes_back()
    {
        RecitingModel.Write(_folder, asked: $"I look.\n{Call}", answered: "It is sunny in Wien.");
        using LanguageModel model = LanguageModel.Open(_folder, threads: 1);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 1024 });
        using var client = new EngineChatClient(engine);
        List<ChatMessage> history = [new(ChatRole.User, "How is the weather?")];
        var options = new WithMore { Tools = [Weather] };
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(history, options)) updates.Add(update);
        Assert.DoesNotContain("tool_call", string.Concat(updates.Select(update => update.Text)));
        Assert.Contains(updates[^1].Contents, content => content is UsageContent { Details.OutputTokenCount: > 10 });
        ChatResponse asked = updates.ToChatResponse();
        Assert.Equal(("I look.", ChatFinishReason.ToolCalls), (asked.Text, asked.FinishReason!.Value));
        FunctionCallContent call = Assert.Single(asked.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("weather", "Wien"), (call.Name, call.Arguments!["city"]!.ToString()));

        history.AddRange(asked.Messages);
        history.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "sunny")]));
        ChatResponse told = await client.GetResponseAsync(history, options);
        Assert.Equal(("It is sunny in Wien.", ChatFinishReason.Stop), (told.Text, told.FinishReason!.Value));

        // Without tools the same words are text, and so are they where the tools were written by hand.
        Assert.Equal($"I look.\n{Call}", (await client.GetResponseAsync([history[0]])).Text);
        var byHand = new ChatOptions { AdditionalProperties = new() { ["tools"] = JsonDocument.Parse("[]").RootElement } };
        Assert.Equal($"I look.\n{Call}", (await client.GetResponseAsync([history[0]], byHand)).Text);
        Assert.Equal($"I look.\n{Call}", (await client.GetResponseAsync([history[0]], new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.None })).Text);
        Assert.True((await client.GetResponseAsync([history[0]], options)).Usage!.InputTokenCount > (await client.GetResponseAsync([history[0]])).Usage!.InputTokenCount + 50);
        Assert.Contains("cannot be forced", (await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([history[0]], new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.RequireAny }))).Message);
        Assert.Contains("functions only", (await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([history[0]], new ChatOptions { Tools = [new HostedWebSearchTool()] }))).Message);
    }

    [Theory]
    [InlineData("{% for m in messages %}<tool_call>{% endfor %}", nameof(TaggedToolCalls))]
    [InlineData("{% for m in messages %}<|observation|>{% endfor %}", nameof(NamedToolCalls))]
    [InlineData("{% for m in messages %}<tool_call><arg_key>{% endfor %}", null)]
    [InlineData("{% for m in messages %}{{ m.content }}{% endfor %}", null)]
    public void The_template_says_how_calls_are_written(string template, string? form)
    {
        RecitingModel.Write(_folder, "a", "b");
        using LanguageModel model = LanguageModel.Open(_folder, threads: 1);
        Assert.Equal(form, ToolCallForm.Of(model.Tokenizer!, ChatTemplate.Parse(template))?.GetType().Name);
    }

    /// <summary>As Semantic Kernel passes them: read by members, whatever the type.</summary>
    sealed class WithMore : ChatOptions;
}

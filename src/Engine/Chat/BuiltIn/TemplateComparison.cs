using System.Text.Json;
using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Chat;

/// <summary>
/// Whether the template that a folder ships writes what the built-in format of its model writes, told by the ids of a few probe conversations. It matters
/// because a model answers worse to a format it was not trained on, and nothing else shows it.
/// </summary>
/// <param name="Format">Name of the built-in format.</param>
/// <param name="Probes">How many conversations were compared.</param>
/// <param name="Differences">Those whose prompts differ; none = the same.</param>
public sealed record TemplateComparison(string Format, int Probes, IReadOnlyList<TemplateDifference> Differences)
{
    const string WeatherTool = """{"name":"get_weather","description":"现在的天气","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";

    static readonly (string Name, string Messages, bool Tools)[] Conversations =
    [
        ("a question", """[{"role":"user","content":"你好"}]""", false),
        ("a second question", """[{"role":"user","content":"你好"},{"role":"assistant","content":"Hello, 你好！"},{"role":"user","content":"1+1=?\nPlease say why."}]""", false),
        ("a system prompt", """[{"role":"system","content":"You are brief."},{"role":"user","content":"Hi"}]""", false),
        ("tools", $$"""[{"role":"system","content":"","tools":[{"type":"function","function":{{WeatherTool}}}]},{"role":"user","content":"北京天气"}]""", true),
        ("a tool's result", """[{"role":"user","content":"北京天气"},{"role":"assistant","metadata":"get_weather","content":"{\"city\": \"北京\"}"},{"role":"observation","content":"22"}]""", true),
    ];

    /// <summary>Null where the folder ships no template, or no format is built in for its tokenizer.</summary>
    /// <exception cref="ChatTemplateException">The shipped template is not valid.</exception>
    public static TemplateComparison? Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (BuiltInFormat.For(tokenizer) is not { } format || tokenizer.ChatTemplate is not { } source) return null;
        var shipped = ChatTemplate.Parse(source);
        bool toolsKnown = format.StopTokens.Contains("<|observation|>");
        var probes = Conversations.Where(probe => toolsKnown || !probe.Tools).ToList();
        return new(format.Name, probes.Count, [.. probes.Select(probe => Compare(probe.Name, probe.Messages, probe.Tools, shipped, format.Template, tokenizer)).OfType<TemplateDifference>()]);
    }

    static TemplateDifference? Compare(string name, string messages, bool tools, ChatTemplate shipped, ChatTemplate builtIn, Tokenizer tokenizer)
    {
        var (shippedText, shippedIds) = Prompt(shipped, messages, tokenizer);
        var (builtInText, builtInIds) = Prompt(builtIn, messages, tokenizer);
        if (shippedIds.Count > 0 && shippedIds.SequenceEqual(builtInIds)) return null;
        int same = shippedIds.Zip(builtInIds).TakeWhile(pair => pair.First == pair.Second).Count();
        return new(name, tools, shippedText, builtInText, shippedIds, builtInIds, same);
    }

    /// <summary>A refusal is told in place of the text, with no ids.</summary>
    static (string Text, IReadOnlyList<int> Ids) Prompt(ChatTemplate template, string messages, Tokenizer tokenizer)
    {
        using var document = JsonDocument.Parse(messages);
        try
        {
            var prompt = template.Render(new ChatTemplateInput { Messages = document.RootElement, AddGenerationPrompt = true, SpecialTokens = tokenizer.SpecialTokens });
            return (prompt.Text, tokenizer.Encode(prompt));
        }
        catch (ChatTemplateException error)
        {
            return ($"(refused: {error.Message})", []);
        }
    }
}

/// <summary>One conversation that two templates write differently.</summary>
/// <param name="Conversation">What it holds, for people: "tools".</param>
/// <param name="Tools">Whether it has tools: published templates often leave them out.</param>
/// <param name="Shipped">The prompt of the folder's template, or its refusal in brackets.</param>
/// <param name="BuiltIn">The prompt of the built-in format.</param>
/// <param name="ShippedIds">Empty for a refusal.</param>
/// <param name="BuiltInIds">The ids of the built-in format's prompt.</param>
/// <param name="FirstToken">Index of the first id that differs.</param>
public sealed record TemplateDifference(
    string Conversation, bool Tools, string Shipped, string BuiltIn, IReadOnlyList<int> ShippedIds, IReadOnlyList<int> BuiltInIds, int FirstToken);

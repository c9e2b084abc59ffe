using System.Text;
using System.Text.Json;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Chat;

/// <summary>The prompts of the original ChatGLM and GLM-4 models, text by text and id by id as their code builds them.</summary>
public sealed class BuiltInFormatTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    Tokenizer Load(TokenizerKind kind, string? template = null)
    {
        string name = kind.ToString();
        var (file, content, owner) = kind switch
        {
            TokenizerKind.ChatGlm => ("ice_text.model", OriginalVocabulary.ChatGlm6().ToBytes(), "ChatGLMTokenizer"),
            TokenizerKind.Glm4 => ("tokenizer.model", Encoding.UTF8.GetBytes(OriginalVocabulary.Glm4()), "ChatGLM4Tokenizer"),
            _ => ("tokenizer.model", OriginalVocabulary.ChatGlm2().ToBytes(), "ChatGLMTokenizer"),
        };
        _folder.Write($"{name}/{file}", content);
        if (kind == TokenizerKind.ChatGlm3) _folder.Write($"{name}/tokenization_chatglm.py", "ROLES = ['<|observation|>']");
        _folder.Write($"{name}/tokenizer_config.json", JsonSerializer.Serialize(new { tokenizer_class = owner, num_image_tokens = 0, chat_template = template }));
        var tokenizer = Tokenizer.Load(_folder.File(name));
        Assert.Equal(kind, tokenizer.Kind);
        return tokenizer;
    }

    static PromptText Render(Tokenizer tokenizer, string messages, bool generates = true, string? tools = null) =>
        ChatTemplate.Of(tokenizer)!.Render(new ChatTemplateInput
        {
            Messages = JsonDocument.Parse(messages).RootElement, Tools = tools is null ? null : JsonDocument.Parse(tools).RootElement,
            AddGenerationPrompt = generates, SpecialTokens = tokenizer.SpecialTokens,
        });

    const string Question = """[{"role":"user","content":"你好"}]""";
    const string Second = """[{"role":"user","content":"q1"},{"role":"assistant","content":"a1"},{"role":"user","content":"q2"}]""";
    const string Answered = """[{"role":"user","content":"q1"},{"role":"assistant","content":"a1"},{"role":"user","content":"q2"},{"role":"assistant","content":"a2"}]""";
    const string WithSystem = """[{"role":"system","content":"s"},{"role":"user","content":"q"}]""";

    [Theory]
    [InlineData(TokenizerKind.ChatGlm, Question, true, "你好[gMASK]<sop>")]
    [InlineData(TokenizerKind.ChatGlm, Second, true, "[Round 0]\n问：q1\n答：a1\n[Round 1]\n问：q2\n答：[gMASK]<sop>")]
    [InlineData(TokenizerKind.ChatGlm, Answered, false, "[Round 0]\n问：q1\n答：a1\n[Round 1]\n问：q2\n答：[gMASK]<sop>a2<eop>")]
    [InlineData(TokenizerKind.ChatGlm, WithSystem, true, "s\nq[gMASK]<sop>")]
    [InlineData(TokenizerKind.ChatGlm2, Question, true, "[gMASK]sop[Round 1]\n\n问：你好\n\n答：")]
    [InlineData(TokenizerKind.ChatGlm2, Second, true, "[gMASK]sop[Round 1]\n\n问：q1\n\n答：a1\n\n[Round 2]\n\n问：q2\n\n答：")]
    [InlineData(TokenizerKind.ChatGlm2, Answered, false, "[gMASK]sop[Round 1]\n\n问：q1\n\n答：a1\n\n[Round 2]\n\n问：q2\n\n答：a2</s>")]
    [InlineData(TokenizerKind.ChatGlm3, Second, true, "[gMASK]sop<|user|>\nq1<|assistant|>\na1<|user|>\nq2<|assistant|>")]
    [InlineData(TokenizerKind.ChatGlm3, WithSystem, true, "[gMASK]sop<|system|>\ns<|user|>\nq<|assistant|>")]
    [InlineData(TokenizerKind.ChatGlm3, """[{"role":"user","content":"q"},{"role":"assistant","content":"\n a"},{"role":"user","content":"r"}]""", true, "[gMASK]sop<|user|>\nq<|assistant|>\na<|user|>\nr<|assistant|>")]
    [InlineData(TokenizerKind.ChatGlm3, """[{"role":"user","content":"q"},{"role":"assistant","metadata":"f","content":"c"},{"role":"observation","content":"22"}]""", true, "[gMASK]sop<|user|>\nq<|assistant|>f\nc<|observation|>\n22<|assistant|>")]
    [InlineData(TokenizerKind.ChatGlm3, """[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"f","arguments":"{\"city\":\"北京\",\"n\":3,\"all\":true}"}}]},{"role":"tool","content":"22"}]""", true,
        "[gMASK]sop<|user|>\nq<|assistant|>f\n```python\ntool_call(city=\"北京\", n=3, all=True)\n```<|observation|>\n22<|assistant|>")]
    [InlineData(TokenizerKind.Glm4, Second, true, "[gMASK]<sop><|user|>\nq1<|assistant|>\na1<|user|>\nq2<|assistant|>")]
    [InlineData(TokenizerKind.Glm4, WithSystem, true, "[gMASK]<sop><|system|>\ns<|user|>\nq<|assistant|>")]
    [InlineData(TokenizerKind.Glm4, """[{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"city":"北京"}}}]},{"role":"tool","content":"22"}]""", true, "[gMASK]<sop><|user|>\nq<|assistant|>f\n{\"city\": \"北京\"}<|observation|>\n22<|assistant|>")]
    public void A_conversation_becomes_the_text_that_the_model_was_trained_on(TokenizerKind kind, string messages, bool generates, string expected) =>
        Assert.Equal(expected, Render(Load(kind), messages, generates).Text);

    const string Tools = """[{"type":"function","function":{"name":"天气","parameters":{"n":1}}}]""";

    [Fact]
    public void ChatGLM3_lists_tools_in_the_system_turn()
    {
        var tokenizer = Load(TokenizerKind.ChatGlm3);
        const string list = "\n[\n    {\n        \"name\": \"天气\",\n        \"parameters\": {\n            \"n\": 1\n        }\n    }\n]";
        Assert.Equal($"[gMASK]sop<|system|>\nAnswer the following questions as best as you can. You have access to the following tools:{list}<|user|>\n你好<|assistant|>", Render(tokenizer, Question, tools: Tools).Text);
        Assert.Equal($"[gMASK]sop<|system|>\ns{list}<|user|>\nq<|assistant|>", Render(tokenizer, WithSystem, tools: Tools).Text);
        Assert.Equal($"[gMASK]sop<|system|>\ns{list}<|assistant|>", Render(tokenizer, $$"""[{"role":"system","content":"s","tools":{{Tools}}}]""").Text);
    }

    [Fact]
    public void GLM_4_lists_tools_in_a_system_turn_of_their_own()
    {
        var tokenizer = Load(TokenizerKind.Glm4);
        const string list = "<|system|>\n你是一个名为 ChatGLM 的人工智能助手。你是基于智谱AI训练的语言模型 GLM-4 模型开发的，你的任务是针对用户的问题和要求提供适当的答复和支持。\n\n# 可用工具\n\n## 天气\n\n"
            + "{\n    \"name\": \"天气\",\n    \"parameters\": {\n        \"n\": 1\n    }\n}\n在调用上述函数时，请使用 Json 格式表示调用的参数。";
        Assert.Equal($"[gMASK]<sop>{list}<|user|>\n你好<|assistant|>", Render(tokenizer, Question, tools: Tools).Text);
        Assert.Equal($"[gMASK]<sop>{list}<|system|>\ns<|user|>\nq<|assistant|>", Render(tokenizer, WithSystem, tools: Tools).Text);
        Assert.Equal($"[gMASK]<sop>{list}<|assistant|>", Render(tokenizer, $$"""[{"role":"system","content":"","tools":{{Tools}}}]""").Text);
    }

    [Theory]
    [InlineData(TokenizerKind.ChatGlm, """[{"role":"tool","content":"x"}]""", "not tool")]
    [InlineData(TokenizerKind.ChatGlm, """[{"role":"assistant","content":"x"}]""", "begins with a question")]
    [InlineData(TokenizerKind.ChatGlm2, """[{"role":"observation","content":"x"}]""", "not observation")]
    [InlineData(TokenizerKind.ChatGlm2, """[{"role":"assistant","content":"x"}]""", "begins with a question")]
    [InlineData(TokenizerKind.ChatGlm3, """[{"role":"critic","content":"x"}]""", "not critic")]
    [InlineData(TokenizerKind.ChatGlm3, """[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{oops"}}]}]""", "no JSON object")]
    [InlineData(TokenizerKind.Glm4, """[{"role":"critic","content":"x"}]""", "not critic")]
    [InlineData(TokenizerKind.Glm4, """[{"role":"system","content":"x","tools":[{"type":"python"}]}]""", "needs a function with a name")]
    public void What_a_model_does_not_know_is_refused_in_words(TokenizerKind kind, string messages, string reason) =>
        Assert.Contains(reason, Assert.Throws<ChatTemplateException>(() => Render(Load(kind), messages)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(TokenizerKind.ChatGlm)]
    [InlineData(TokenizerKind.ChatGlm2)]
    public void Models_that_know_no_tools_refuse_them(TokenizerKind kind) =>
        Assert.Contains("was not trained on tools", Assert.Throws<ChatTemplateException>(() => Render(Load(kind), Question, tools: Tools)).Message, StringComparison.Ordinal);

    /// <summary>ChatGLM3: the role's id, then an encoding of the metadata line, then one of the content, each with its own space in front.</summary>
    [Fact]
    public void Metadata_and_content_are_encoded_apart()
    {
        var tokenizer = Load(TokenizerKind.ChatGlm3);
        int Id(string token) => tokenizer.IdOf(token)!.Value;
        int[] ids = tokenizer.Encode(Render(tokenizer, """[{"role":"user","content":"a"},{"role":"assistant","metadata":"b","content":"a"}]"""));
        Assert.Equal([Id("[gMASK]"), Id("sop"), Id("<|user|>"), Id("▁"), Id("<0x0A>"), Id("▁a"), Id("<|assistant|>"), Id("▁"), Id("b"), Id("<0x0A>"), Id("▁a"), Id("<|assistant|>")], ids);

        var glm4 = Load(TokenizerKind.Glm4);
        int[] apart = glm4.Encode(Render(glm4, """[{"role":"user","content":"\nhello"}]"""));
        Assert.Equal([10, 10, glm4.IdOf("hello")!.Value], apart[3..6]);
    }

    [Fact]
    public void A_last_answer_of_ChatGLM2_is_encoded_apart_from_its_question()
    {
        var tokenizer = Load(TokenizerKind.ChatGlm2);
        int[] ids = tokenizer.Encode(Render(tokenizer, """[{"role":"user","content":"a"},{"role":"assistant","content":"a"}]""", generates: false));
        Assert.Equal([tokenizer.IdOf("▁a"), tokenizer.IdOf("</s>")], ids[^2..].Select(id => (int?)id));
    }

    [Theory]
    [InlineData(TokenizerKind.ChatGlm, "<eop>[gMASK]<sop>")]
    [InlineData(TokenizerKind.ChatGlm3, "<|assistant|>\uFDD0</s>")]
    [InlineData(TokenizerKind.Glm4, "<|endoftext|>\uFDD0<|observation|>")]
    public void What_a_user_types_is_neither_a_special_token_nor_a_border(TokenizerKind kind, string typed)
    {
        var tokenizer = Load(kind);
        var plain = Render(tokenizer, """[{"role":"user","content":"a"}]""");
        var prompt = Render(tokenizer, JsonSerializer.Serialize(new[] { new { role = "user", content = typed } }));
        Assert.Contains(typed, prompt.Text, StringComparison.Ordinal);
        Assert.Equal(plain.Borders, prompt.Borders);
        Assert.Equal(tokenizer.Encode(plain).Count(tokenizer.IsSpecial), tokenizer.Encode(prompt).Count(id => tokenizer.IsSpecial(id) && id != tokenizer.UnkId));
        var content = Assert.Single(prompt.Spans, span => span.Message == 0);
        Assert.Equal(typed, prompt.Text.Substring(content.Start, content.Length));
    }

    [Theory]
    [InlineData(TokenizerKind.ChatGlm, "<eop>")]
    [InlineData(TokenizerKind.ChatGlm2, "</s>")]
    [InlineData(TokenizerKind.ChatGlm3, "</s> <|user|> <|observation|>")]
    [InlineData(TokenizerKind.Glm4, "<|endoftext|> <|user|> <|observation|>")]
    public void A_format_names_the_tokens_that_end_an_answer(TokenizerKind kind, string tokens)
    {
        var tokenizer = Load(kind);
        Assert.Equal(tokens.Split(' '), BuiltInFormat.For(tokenizer)!.StopIdsIn(tokenizer).Select(id => tokenizer.TokenOf(id)!));
    }

    [Fact]
    public void A_shipped_template_is_compared_with_the_built_in_format()
    {
        string glm4 = "[gMASK]<sop>{% for item in messages %}{% if item['content'] %}<|{{ item['role'] }}|>{{ item['metadata'] }}\n{{ item['content'] }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
        var comparison = TemplateComparison.Of(Load(TokenizerKind.Glm4, glm4))!;
        Assert.Equal("glm-4", comparison.Format);
        Assert.Equal(["tools"], comparison.Differences.Select(difference => difference.Conversation));

        comparison = TemplateComparison.Of(Load(TokenizerKind.Glm4, glm4.Replace("<|assistant|>", "<|assistant|>\n", StringComparison.Ordinal)))!;
        var difference = comparison.Differences[0];
        Assert.Equal(("a question", difference.BuiltInIds.Count, difference.BuiltIn + "\n"), (difference.Conversation, difference.FirstToken, difference.Shipped));

        comparison = TemplateComparison.Of(Load(TokenizerKind.ChatGlm2, "{{ raise_exception('never') }}"))!;
        Assert.Equal((3, 3), (comparison.Probes, comparison.Differences.Count));
        Assert.Equal("(refused: never)", comparison.Differences[0].Shipped);
        Assert.Null(TemplateComparison.Of(Load(TokenizerKind.ChatGlm)));
    }

    /// <summary>ChatGLM3-6B's published template puts a space where the code encodes anew, which comes to the same ids, and knows no tools.</summary>
    [Fact]
    public void The_published_template_of_ChatGLM3_differs_where_tools_are()
    {
        string template = JsonDocument.Parse(File.ReadAllText(Fixtures.Require("chat-templates", "chatglm3.json"))).RootElement.GetProperty("chat_template").GetString()!;
        var comparison = TemplateComparison.Of(Load(TokenizerKind.ChatGlm3, template))!;
        Assert.Equal(["tools", "a tool's result"], comparison.Differences.Select(difference => difference.Conversation));
    }

    /// <summary>GLM-4's published template loses one of two new lines before a tool's heading: Jinja drops the one behind a block.</summary>
    [Fact]
    public void The_published_template_of_GLM_4_differs_before_a_tool_alone()
    {
        string template = JsonDocument.Parse(File.ReadAllText(Fixtures.Require("chat-templates", "glm4.json"))).RootElement.GetProperty("chat_template").GetString()!;
        var comparison = TemplateComparison.Of(Load(TokenizerKind.Glm4, template))!;
        var difference = Assert.Single(comparison.Differences);
        Assert.Equal("tools", difference.Conversation);
        Assert.Equal(difference.BuiltIn, difference.Shipped.Replace("可用工具\n", "可用工具\n\n", StringComparison.Ordinal));
        Assert.Equal(5, comparison.Probes);
    }
}

using System.Text.Json;
using Juxta.Engine.Chat;

namespace Juxta.EngineTests.Chat;

/// <summary>Shared ways of rendering small templates.</summary>
static class Templates
{
    public static ChatTemplateInput Input(params (string Role, string Content)[] turns) => new() { Messages = ChatMessages.From(turns), Now = new DateTime(2024, 7, 26, 13, 5, 9) };

    public static PromptText Render(string source, params (string Role, string Content)[] turns) => ChatTemplate.Parse(source).Render(Input(turns));

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>The message of the failure, whether it comes from parsing or rendering.</summary>
    public static ChatTemplateException Fails(string source, ChatTemplateLimits? limits = null) => Assert.Throws<ChatTemplateException>(
        () => { ChatTemplate.Parse(source).Render(Input(("user", "Hi")) with { Limits = limits ?? ChatTemplateLimits.Default }); });
}

public sealed class ChatTemplateInputTests
{
    [Fact]
    public void Numbers_keep_the_form_they_had_in_JSON()
    {
        var input = Templates.Input() with { Extra = Templates.Json("""{"x":[1,1.0,1e22,123456789012345678901234567890,-0,-0.0,1e-7]}""") };
        Assert.Equal("[1, 1.0, 1e+22, 123456789012345678901234567890, 0, -0.0, 1e-07]", ChatTemplate.Parse("{{ x }}").Render(input).Text);
    }

    [Fact]
    public void The_last_of_repeated_keys_wins_in_the_place_of_the_first()
    {
        var input = Templates.Input() with { Extra = Templates.Json("""{"x":{"a":1,"b":2,"a":3}}""") };
        Assert.Equal("{'a': 3, 'b': 2}", ChatTemplate.Parse("{{ x }}").Render(input).Text);
    }

    [Fact]
    public void A_lone_surrogate_is_a_character_like_any_other()
    {
        var input = new ChatTemplateInput { Messages = Templates.Json("""[{"role":"user","content":"a\ud800b\n\u4f60\ud83d\ude00"}]""") };
        Assert.Equal("a\ud800b\n你😀6", ChatTemplate.Parse("{{ messages[0].content }}{{ messages[0].content|length }}").Render(input).Text);
    }

    [Fact]
    public void A_name_that_is_no_text_does_no_harm()
    {
        var input = new ChatTemplateInput { Messages = Templates.Json("""[{"\ud800":1}]"""), Extra = Templates.Json("""{"\udfff":1,"ok":2}""") };
        Assert.Equal("2{'\\ud800': 1}", ChatTemplate.Parse("{{ ok }}{{ messages[0] }}").Render(input).Text);
    }

    [Fact]
    public void A_request_reads_from_JSON()
    {
        var input = ChatTemplateInput.FromJson(Templates.Json("""{"messages":[{"role":"user","content":"Hi"}],"tools":null,"add_generation_prompt":true,"extra":{"bos_token":"<s>","n":1},"now":"2024-07-26T13:05:09"}"""));
        var prompt = ChatTemplate.Parse("{{ bos_token }}{{ n|string }}{{ tools is none }}{{ add_generation_prompt }}{{ strftime_now('%d %b %Y') }}{{ messages[0].content }}").Render(input);
        Assert.Equal("<s>⟦d:1⟧TrueTrue⟦d:26 Jul 2024⟧⟦0:Hi⟧", Provenance.Mark(prompt));
    }

    [Theory]
    [InlineData("[]", "messages")]
    [InlineData("""{"messages":[],"extra":[]}""", "extra")]
    [InlineData("""{"messages":[],"add_generation_prompt":1}""", "add_generation_prompt")]
    [InlineData("""{"messages":[],"now":"yesterday"}""", "now")]
    public void A_request_of_the_wrong_shape_is_named(string request, string part) =>
        Assert.Contains($"\"{part}\"", Assert.Throws<ChatTemplateException>(() => ChatTemplateInput.FromJson(Templates.Json(request))).Message);
}

using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Tests;
using Juxta.Workbench.Chat;

namespace Juxta.WorkbenchTests.Chat;

public sealed class PromptRendererTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    const string UserBot = "{% for m in messages %}{% if m.role == 'user' %}User: {{ m.content }}\nBot:{% else %}{{ m.content }}\n{% endif %}{% endfor %}";

    [Fact]
    public void A_model_without_a_template_reads_plain_text_and_says_so()
    {
        RenderedPrompt prompt = Render(("user", "Once upon"), ("assistant", " a time."), ("user", "Then"));
        Assert.Equal("Once upon a time.\nThen", prompt.Text);
        Assert.Equal(tiny.Model.Tokenizer!.BosId, prompt.Ids[0]);
        Assert.Equal(tiny.Model.Tokenizer.Encode("Once upon a time.\nThen", addSpecial: true), prompt.Ids);
        Assert.Contains("no chat template", Assert.Single(prompt.Warnings));
    }

    [Fact]
    public void A_system_message_stands_on_its_own_line()
    {
        Assert.Equal("Be kind.\nHello", Render(("system", "Be kind."), ("user", "Hello")).Text);
    }

    [Fact]
    public void A_template_given_by_hand_is_used_without_a_warning()
    {
        RenderedPrompt prompt = Render(Prompt(("user", "What is your name?")) with { Template = UserBot });
        Assert.Equal("User: What is your name?\nBot:", prompt.Text);
        Assert.Equal(tiny.Model.Tokenizer!.Encode(prompt.Text, addSpecial: true), prompt.Ids);
        Assert.Empty(prompt.Warnings);
    }

    [Fact]
    public void Opening_tokens_that_the_template_writes_are_not_doubled()
    {
        RenderedPrompt prompt = Render(Prompt(("user", "Hi")) with { Template = "{{ bos_token }}{{ messages[0].content }}" });
        Assert.Equal("<s>Hi", prompt.Text);
        Assert.Equal(1, prompt.Ids.Count(id => id == tiny.Model.Tokenizer!.BosId));
    }

    [Fact]
    public void A_special_token_in_a_message_stays_text_unless_asked_otherwise()
    {
        int eos = tiny.Model.Tokenizer!.EosId!.Value;
        ChatPrompt prompt = Prompt(("user", "a</s>b"));
        Assert.DoesNotContain(eos, Render(prompt).Ids);
        Assert.Contains(eos, Render(prompt with { ParseSpecialInMessages = true }).Ids);
    }

    [Fact]
    public void Fields_tools_variables_and_the_clock_reach_the_template()
    {
        RenderedPrompt prompt = Render(Prompt() with
        {
            Messages = [new PromptMessage("user", "x", new JsonObject { ["name"] = "Lily", ["role"] = "ignored" })],
            Tools = [new JsonObject { ["type"] = "function" }],
            Variables = new JsonObject { ["enable_thinking"] = false },
            AddGenerationPrompt = false,
            Template = "{{ messages[0].name }} {{ messages[0].role }} {{ tools[0].type }} {{ enable_thinking }} {{ add_generation_prompt }} {{ strftime_now('%Y-%m-%d %H') }}",
        });
        Assert.Equal("Lily user function False False 2026-11-21 23", prompt.Text);
    }

    [Theory]
    [InlineData("{% for x in %}", "template", "line 1")]
    [InlineData("{{ raise_exception('no system messages, please') }}", "messages", "refuses these messages: no system messages, please")]
    [InlineData("{{ messages[9].content.x }}", "messages", "chat template")]
    [InlineData("{% for i in range(100000000) %}{% for j in range(100000000) %}x{% endfor %}{% endfor %}", "messages", "")]
    public void A_template_that_fails_names_what_is_at_fault(string template, string parameter, string message)
    {
        var error = Assert.Throws<RequestException>(() => Render(Prompt(("user", "Hi")) with { Template = template }));
        Assert.Equal(parameter, error.Parameter);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Text_written_by_hand_gets_opening_tokens_when_asked()
    {
        Assert.Equal(tiny.Model.Tokenizer!.BosId, PromptRenderer.Encode(tiny.Model, "Hi").Ids[0]);
        Assert.NotEqual(tiny.Model.Tokenizer.BosId, PromptRenderer.Encode(tiny.Model, "Hi", addSpecial: false).Ids[0]);
        Assert.Contains(tiny.Model.Tokenizer.EosId!.Value, PromptRenderer.Encode(tiny.Model, "a</s>b").Ids);
        Assert.DoesNotContain(tiny.Model.Tokenizer.EosId!.Value, PromptRenderer.Encode(tiny.Model, "a</s>b", parseSpecial: false).Ids);
    }

    RenderedPrompt Render(params (string Role, string Content)[] messages) => Render(Prompt(messages));

    RenderedPrompt Render(ChatPrompt prompt) => PromptRenderer.Render(tiny.Model, prompt, new DateTimeOffset(2026, 11, 21, 23, 0, 0, TimeSpan.FromHours(1)));

    static ChatPrompt Prompt(params (string Role, string Content)[] messages) =>
        new() { Messages = [.. messages.Select(message => new PromptMessage(message.Role, message.Content))] };
}

/// <summary>stories260k without an engine, opened once.</summary>
public sealed class TinyModel : IDisposable
{
    readonly Lazy<LanguageModel> _model = new(() => LanguageModel.Open(Fixtures.Require("models", "stories260k"), threads: 1));

    public LanguageModel Model => _model.Value;

    public void Dispose()
    {
        if (_model.IsValueCreated) _model.Value.Dispose();
    }
}

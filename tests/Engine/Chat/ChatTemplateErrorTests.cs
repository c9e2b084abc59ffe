using Juxta.Engine.Chat;

namespace Juxta.EngineTests.Chat;

/// <summary>What a person is told when a template fails, and what the sandbox refuses.</summary>
public sealed class ChatTemplateErrorTests
{
    [Fact]
    public void The_template_s_own_refusal_comes_word_for_word()
    {
        var error = Templates.Fails("\n\n{{ raise_exception('roles must alternate: 你好') }}");
        Assert.Equal("roles must alternate: 你好", error.Message);
        Assert.True(error.RaisedByTemplate);
        Assert.Equal(3, error.Line);
    }

    [Theory]
    [InlineData("a\n{% if x %}\n", 2, "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.")]
    [InlineData("{{ a b }}", 1, "expected token 'end of print statement', got 'b'")]
    [InlineData("{% nosuch %}", 1, "Encountered unknown tag 'nosuch'.")]
    [InlineData("{% if x %}{% for i in [1] %}{% endif %}", 1, "You probably made a nesting mistake")]
    [InlineData("\n{{ x|nosuch }}", 2, "No filter named 'nosuch'.")]
    [InlineData("\n\n{# never closed", 3, "Missing end of comment tag")]
    [InlineData("{{ 'open }}", 1, "unexpected char ''' at 3")]
    [InlineData("{% break %}", 1, "'break' outside loop")]
    public void A_syntax_error_has_a_line_and_a_reason(string template, int line, string reason)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, "broken.jinja"));
        Assert.Contains(reason, error.Message);
        Assert.Contains("broken.jinja", error.Message);
        Assert.Equal(line, error.Line);
        Assert.False(error.RaisedByTemplate);
    }

    [Theory]
    [InlineData("\n{{ nothing.x }}", 2, "'nothing' is undefined")]
    [InlineData("\n\n{{ 'a' + 1 }}", 3, "can only concatenate str (not \"int\") to str")]
    [InlineData("{% if true %}\n{{ messages[0].content.nosuch() }}\n{% endif %}", 2, "'str object' has no attribute 'nosuch'")]
    [InlineData("{% include 'other' %}", 1, "a chat template stands alone")]
    [InlineData("{{ lipsum() }}", 1, "the same every time")]
    [InlineData("{{ [1]|random }}", 1, "the same every time")]
    [InlineData("{{ messages|join(1, 2, 3) }}", 1, "takes at most 2 arguments")]
    public void A_failure_while_rendering_has_a_line_and_a_reason(string template, int line, string reason)
    {
        var error = Templates.Fails(template);
        Assert.Contains(reason, error.Message);
        Assert.Equal(line, error.Line);
    }

    [Theory]
    [InlineData("{{ messages.append(1) }}")]
    [InlineData("{{ messages[0].update({'role': 'system'}) }}")]
    [InlineData("{{ messages[0].pop('role') }}")]
    [InlineData("{{ [].__class__.__base__.__subclasses__() }}")]
    [InlineData("{{ ''['__class__'].mro() }}")]
    [InlineData("{{ '{0.__class__.__mro__}'.format('') }}")]
    [InlineData("{{ (messages|attr('__class__')).x }}")]
    [InlineData("{{ namespace().__class__.x }}")]
    public void The_sandbox_refuses(string template)
    {
        var error = Templates.Fails(template);
        Assert.Contains("unsafe", error.Message);
    }
}

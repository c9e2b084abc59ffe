using Juxta.Engine.Chat;

namespace Juxta.EngineTests.Chat;

/// <summary>Hostile templates end with an error that names the limit, and never with the process.</summary>
public sealed class ChatTemplateLimitTests
{
    [Theory]
    [InlineData("{{ 'a' * 10**9 }}", "characters in one string")]
    [InlineData("{{ [0] * 10**9 }}", "characters allocated in all")]
    [InlineData("{{ 9**(9**9) }}", "bits in one integer")]
    [InlineData("{{ (10**15000)**2 * (10**15000) }}", "bits in one integer")]
    [InlineData("{{ 'x'.center(10**9) }}", "characters in one string")]
    [InlineData("{{ '%1000000000d' % 1 }}", "characters in one string")]
    [InlineData("{{ '{:1000000000}'.format(1) }}", "characters in one string")]
    [InlineData("{{ '{:{}}'.format(1, 999999999) }}", "characters in one string")]
    [InlineData("{{ '%.999999999f' % 1.5 }}", "characters in one string")]
    [InlineData("{{ 'a\nb'|indent(10**9) }}", "characters in one string")]
    [InlineData("{{ ('ab'*10000000).replace('a', 'b'*10000) }}", "characters")]
    [InlineData("{{ range(10**9) }}", "Range too big")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "200 calls inside one another")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [[[[[[[[[[ns.l]]]]]]]]]] %}{% endfor %}{{ ns.l }}", "nested too deeply")]
    [InlineData("{% set ns = namespace(s='a') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "characters in one string")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}", "calls inside one another")]
    [InlineData("{% block b %}{{ self.b() }}{% endblock %}", "calls inside one another")]
    public void A_bomb_is_defused(string template, string limit) =>
        // The time limit has a test of its own; on a busy machine it would come before the others.
        Assert.Contains(limit, Templates.Fails(template, ChatTemplateLimits.Default with { Time = TimeSpan.FromMinutes(5) }).Message);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("{1:", "}")]
    [InlineData("f(", ")")]
    [InlineData("x[", "]")]
    public void Deep_nesting_of_expressions_is_refused(string open, string close)
    {
        string template = "{{ " + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000)) + " }}";
        Assert.Contains("150 constructs inside one another", Templates.Fails(template).Message);
    }

    [Fact]
    public void Deep_nesting_of_blocks_is_refused() =>
        Assert.Contains("150 constructs inside one another", Templates.Fails(string.Concat(Enumerable.Repeat("{% for i in [1] %}", 10_000))).Message);

    [Theory]
    [InlineData(" + 1")]
    [InlineData("|abs")]
    [InlineData(".x")]
    [InlineData("[0]")]
    [InlineData(" ~ 1")]
    public void A_chain_of_a_hundred_thousand_operators_ends(string link)
    {
        try
        {
            ChatTemplate.Parse("{{ 1" + string.Concat(Enumerable.Repeat(link, 100_000)) + " }}").Render(Templates.Input());
        }
        catch (ChatTemplateException)
        {
        }
    }

    [Fact]
    public void The_clock_stops_a_slow_template()
    {
        var error = Templates.Fails("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", new ChatTemplateLimits { Time = TimeSpan.FromMilliseconds(50), Steps = long.MaxValue });
        Assert.Contains("longer than 0.05 s", error.Message);
        Assert.Equal(1, error.Line);
    }

    [Fact]
    public void Cancelling_stops_a_rendering()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var template = ChatTemplate.Parse("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}");
        Assert.ThrowsAny<OperationCanceledException>(() => template.Render(Templates.Input() with { Limits = new ChatTemplateLimits { Steps = long.MaxValue, Time = TimeSpan.FromMinutes(1) } }, cancel.Token));
    }
}

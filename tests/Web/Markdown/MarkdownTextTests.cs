using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Juxta.Tests;
using Juxta.Web.Markdown;

namespace Juxta.WebTests.Markdown;

public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>")]
    [InlineData("one\ntwo", "<p>one<br>two</p>")]
    [InlineData("# Title", "<h1>Title</h1>")]
    [InlineData("3. three\n4. four", "<ol start=\"3\"><li>three</li><li>four</li></ol>")]
    [InlineData("```csharp\nvar a = 1 < 2;\n```", "<div class=\"code\"><div class=\"code-head\"><span>csharp</span><button type=\"button\" class=\"quiet\" data-copy-code>Copy</button></div><pre tabindex=\"0\"><code class=\"language-csharp\">var a = 1 &lt; 2;</code></pre></div>")]
    [InlineData("```py\nunfinished", "<div class=\"code\"><div class=\"code-head\"><span>py</span><button type=\"button\" class=\"quiet\" data-copy-code>Copy</button></div><pre tabindex=\"0\"><code class=\"language-py\">unfinished</code></pre></div>")]
    [InlineData("energy $E = mc^2$ here", "<p>energy <code class=\"math\">E = mc^2</code> here</p>")]
    [InlineData("其中$x_1$是", "<p>其中<code class=\"math\">x_1</code>是</p>")]
    [InlineData("\\(a_1*b*c\\) and \\[x<y\\]", "<p><code class=\"math\">a_1*b*c</code> and <code class=\"math display\">x&lt;y</code></p>")]
    [InlineData("Then:\n\\[\na\n=\nb\n\\]\nand", "<p>Then:</p><p><code class=\"math display\">a=b</code></p><p>and</p>")]
    [InlineData("$$\nx^2\n$$.", "<p><code class=\"math display\">x^2</code>.</p>")]
    [InlineData("$$x^2$$", "<p><code class=\"math display\">x^2</code></p>")]
    [InlineData("|$|a|$|b|\n|-|-|\n|1|2|", "<table><thead><tr><th><code class=\"math\">|a|</code></th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>")]
    [InlineData("from $5 to $10, or $5-$10, or $ 5$, or $x$2", "<p>from $5 to $10, or $5-$10, or $ 5$, or $x$2</p>")]
    [InlineData("it costs $5. Then $x$ is", "<p>it costs $5. Then <code class=\"math\">x</code> is</p>")]
    [InlineData("`$x$` and \\$y$ and $$ and \\\\(z)", "<p><code>$x$</code> and $y$ and $$ and \\(z)</p>")]
    [InlineData("$$\nnever closed\n\nafter", "<p><code>never closed</code></p><p>after</p>")]
    [InlineData("|a|b|\n|:-:|--:|\n|1|2|", "<table><thead><tr><th class=\"align-center\">a</th><th class=\"align-right\">b</th></tr></thead><tbody><tr><td class=\"align-center\">1</td><td class=\"align-right\">2</td></tr></tbody></table>")]
    [InlineData("~~gone~~", "<p><del>gone</del></p>")]
    [InlineData("a < b && c > d \"e\"", "<p>a &lt; b &amp;&amp; c &gt; d &quot;e&quot;</p>")]
    [InlineData("![a cat](https://example.org/cat.png)", "<p>a cat</p>")]
    [InlineData("你好,**世界**", "<p>你好,<strong>世界</strong></p>")]
    [InlineData("", "")]
    public void Markdown_becomes_html(string markdown, string html) =>
        Assert.Equal(html, MarkdownText.ToHtml(markdown).Replace("\n", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("[site](https://example.org/a?b=c&d=e)", "https://example.org/a?b=c&d=e")]
    [InlineData("https://example.org/x", "https://example.org/x")]
    [InlineData("<mailto:someone@example.org>", "mailto:someone@example.org")]
    public void Links_to_other_sites_open_in_a_new_tab_without_telling_where_from(string markdown, string target)
    {
        IElement link = Parse(MarkdownText.ToHtml(markdown)).QuerySelector("a")!;
        Assert.Equal(target, link.GetAttribute("href"));
        Assert.Equal("_blank", link.GetAttribute("target"));
        Assert.Equal("noopener noreferrer nofollow", link.GetAttribute("rel"));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData(" JaVaScRiPt:alert(1)")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData("&#106;avascript:alert(1)")]
    [InlineData("\u0001javascript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("vbscript:msgbox(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://example.org/1")]
    [InlineData("/v1/adapters")]
    [InlineData("//example.org")]
    [InlineData("?q")]
    [InlineData("")]
    [InlineData(null)]
    public void No_other_target_survives(string? target) => Assert.Null(HtmlAllowList.SafeTarget(target));

    public static TheoryData<string> Attacks { get; } = [.. Injections.Markup, .. Injections.Formulas, .. Injections.Hidden];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Model_output_cannot_inject_html(string attack)
    {
        string[] surroundings = ["{0}", "text {0} text", "> {0}", "* {0}", "# {0}", "**{0}**", "|a|\n|-|\n|{0}|", "[{0}](https://example.org)", "<div>\n\n{0}"];
        foreach (string surrounding in surroundings) AssertInert(MarkdownText.ToHtml(surrounding.Replace("{0}", attack, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void The_second_lock_holds_alone(string attack) => AssertInert(HtmlAllowList.Clean(attack));

    [Fact]
    public void Text_that_nests_too_deeply_is_shown_as_it_is()
    {
        string deep = string.Concat(Enumerable.Repeat("> ", 5000)) + "<script>";
        string html = MarkdownText.ToHtml(deep);
        AssertInert(html);
        Assert.StartsWith("<pre>&gt; &gt;", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("*a ")]
    [InlineData("`")]
    [InlineData("|")]
    [InlineData("<")]
    [InlineData("![](")]
    [InlineData("- ")]
    [InlineData("_*")]
    public void Hostile_repetition_is_rendered_and_stays_inert(string piece) =>
        AssertInert(MarkdownText.ToHtml(string.Concat(Enumerable.Repeat(piece, 16_000 / piece.Length))));

    static void AssertInert(string html)
    {
        IDocument document = Parse(html);
        Assert.Empty(document.Head!.ChildNodes);
        Assert.Empty(document.Descendants<IComment>());
        string[] elements = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "b", "i", "del", "s", "ins", "mark", "sub", "sup", "code", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "div", "span", "button"];
        foreach (IElement element in document.Body!.QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, elements);
            foreach (IAttr attribute in element.Attributes)
            {
                Assert.Contains(attribute.Name, (string[])["href", "target", "rel", "class", "start", "type", "tabindex", "data-copy-code"]);
                if (attribute.Name == "href") Assert.Matches("^(https?|mailto):", attribute.Value);
                if (attribute.Name == "class") Assert.Matches("^(language-[A-Za-z0-9_+#-]+|align-(center|right)|math( display)?|code|code-head|quiet)$", attribute.Value);
            }
        }
    }

    static IDocument Parse(string html) => new HtmlParser().ParseDocument("<!DOCTYPE html><html><head></head><body>" + html + "</body></html>");
}

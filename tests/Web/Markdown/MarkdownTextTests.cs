using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Juxta.Web.Markdown;

namespace Juxta.WebTests.Markdown;

public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>")]
    [InlineData("one\ntwo", "<p>one<br>two</p>")]
    [InlineData("# Title", "<h1>Title</h1>")]
    [InlineData("3. three\n4. four", "<ol start=\"3\"><li>three</li><li>four</li></ol>")]
    [InlineData("```csharp\nvar a = 1 < 2;\n```", "<pre><code class=\"language-csharp\">var a = 1 &lt; 2;</code></pre>")]
    [InlineData("```py\nunfinished", "<pre><code class=\"language-py\">unfinished</code></pre>")]
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

    /// <summary>Each has been used somewhere against a Markdown renderer or an HTML filter.</summary>
    public static TheoryData<string> Injections { get; } =
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example></ScRiPt>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "<iframe srcdoc=\"<script>alert(1)</script>\">",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<form action=/v1/adapters method=post><button>x</button></form>",
        "<style>body{display:none}</style>",
        "<link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
        "<base href=//evil.example>",
        "<body onload=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<template><script>alert(1)</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1) \"title\")",
        "[x](<java\nscript:alert(1)>)",
        "[x](&#x6A;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](vbscript:msgbox(1))",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "![x](https://evil.example/track.png)",
        "![x\" onerror=\"alert(1)](https://evil.example)",
        "[x](https://example.org/\" onmouseover=\"alert(1))",
        "[x](https://example.org \"\\\" onmouseover=\\\"alert(1)\")",
        "```\"><script>alert(1)</script>\ncode\n```",
        "```x\" onclick=\"alert(1)\ncode\n```",
        "`<script>alert(1)</script>`",
        "    <script>alert(1)</script>",
        "| <img src=x onerror=alert(1)> |\n|---|\n| <b onclick=alert(1)>x</b> |",
        "<!-- --><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo 1 ?><script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\\<script>alert(1)\\</script>",
        "<<script>script>alert(1)</script>",
        "<scr\0ipt>alert(1)</scr\0ipt>",
        "<p style=\"background:url(javascript:alert(1))\">x</p>",
        "https://example.org/<script>alert(1)</script>",
        "www.example.org\"onmouseover=alert(1)",
        "{onclick=alert(1)}\n# title {onclick=alert(1)}",
        "<!--Blazor:{\"type\":\"server\",\"prerenderId\":\"x\"}-->",
        "<blazor-ssr><template>x</template></blazor-ssr>",
    ];

    [Theory]
    [MemberData(nameof(Injections))]
    public void Model_output_cannot_inject_html(string attack)
    {
        string[] surroundings = ["{0}", "text {0} text", "> {0}", "* {0}", "# {0}", "**{0}**", "|a|\n|-|\n|{0}|", "[{0}](https://example.org)", "<div>\n\n{0}"];
        foreach (string surrounding in surroundings) AssertInert(MarkdownText.ToHtml(surrounding.Replace("{0}", attack, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Injections))]
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
    public void Hostile_repetition_is_rendered_in_time(string piece)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        AssertInert(MarkdownText.ToHtml(string.Concat(Enumerable.Repeat(piece, 64_000 / piece.Length))));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    static void AssertInert(string html)
    {
        IDocument document = Parse(html);
        Assert.Empty(document.Head!.ChildNodes);
        Assert.Empty(document.Descendants<IComment>());
        string[] elements = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "b", "i", "del", "s", "ins", "mark", "sub", "sup", "code", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a"];
        foreach (IElement element in document.Body!.QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, elements);
            foreach (IAttr attribute in element.Attributes)
            {
                Assert.Contains(attribute.Name, (string[])["href", "target", "rel", "class", "start"]);
                if (attribute.Name == "href") Assert.Matches("^(https?|mailto):", attribute.Value);
                if (attribute.Name == "class") Assert.Matches("^(language-[A-Za-z0-9_+#-]+|align-(center|right))$", attribute.Value);
            }
        }
    }

    static IDocument Parse(string html) => new HtmlParser().ParseDocument("<!DOCTYPE html><html><head></head><body>" + html + "</body></html>");
}

namespace Juxta.Tests;

/// <summary>Texts that were used somewhere against a Markdown renderer, an HTML filter, a formula setter, a terminal or a reader. Each must be shown and do nothing.</summary>
static class Injections
{
    /// <summary>Markup, links and the tricks of Markdown.</summary>
    public static IReadOnlyList<string> Markup { get; } =
    [
        "<script>window.__hit=1;alert(1)</script>",
        "<ScRiPt src=//evil.example></ScRiPt>",
        "<img src=x onerror=\"window.__hit=1;alert(1)\">",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text y=20>x</text></a><animate attributeName=href values=javascript:alert(1) /></svg>",
        "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>#x\"></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<math href=\"javascript:alert(1)\">x</math>",
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
        "<object data=//evil.example></object><embed src=//evil.example>",
        "<video src=//evil.example/v onerror=alert(1) autoplay></video><audio src=//evil.example/a autoplay>",
        "<button data-copy-code data-escape-clicks onclick=alert(1)>x</button>",
        "<div class=\"code\"><button data-copy=\"rm -rf ~\">Copy</button></div>",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1) \"title\")",
        "[x](<java\nscript:alert(1)>)",
        "[x](&#x6A;avascript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](\u0001javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](vbscript:msgbox(1))",
        "[x](blob:https://example.org/1)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/v1/adapters)",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "[x]\n\n[x]: <data:text/html,<script>alert(1)</script>> \"t\"",
        "[a[b](javascript:alert(1))](javascript:alert(2))",
        "[![x](javascript:alert(1))](javascript:alert(2))",
        "<javascript:alert(1)>",
        "<https://example.org/\"onmouseover=\"alert(1)>",
        "![x](javascript:alert(1))",
        "![x](https://evil.example/track.png)",
        "![x][i]\n\n[i]: https://evil.example/track.png",
        "![x\" onerror=\"alert(1)](https://evil.example)",
        "[x](https://example.org/\" onmouseover=\"alert(1))",
        "[x](https://example.org \"\\\" onmouseover=\\\"alert(1)\")",
        "```\"><script>alert(1)</script>\ncode\n```",
        "```x\" onclick=\"alert(1)\ncode\n```",
        "```html\n<img src=x onerror=alert(1)><script>alert(1)</script>\n```",
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
        "<think><script>alert(1)</script></think><img src=x onerror=alert(1)>",
        "</think></details><script>alert(1)</script>",
    ];

    /// <summary>What a formula may try: links, images, attributes, styles, and definitions that grow without end.</summary>
    public static IReadOnlyList<string> Formulas { get; } =
    [
        @"$\href{javascript:alert(1)}{x}$",
        @"$\url{javascript:alert(1)}$",
        @"$\includegraphics[width=9em]{https://evil.example/track.png}$",
        @"$\htmlData{escape-clicks=1}{x}\htmlStyle{position:fixed;inset:0}{y}\htmlClass{veil}{z}\htmlId{app}{w}$",
        @"$\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b\b\b}\def\d{\c\c\c\c\c\c\c\c\c\c}\d\d\d\d$",
        @"$\newcommand{\x}{\x\x}\x$",
        @"$\def\x{\x}\x$",
        @"$\gdef\y{y}\let\z=\y\z$",
        @"$\rule{99999em}{99999em}$",
        @"$\kern{-9999em}\raisebox{9999em}{x}$",
        @"$\fcolorbox{red}{url(javascript:alert(1))}{x}\fcolorbox{red}{white}{y}\color{url(https://evil.example)}z$",
        @"$\text{<img src=x onerror=alert(1)>}</code><script>alert(1)</script>$",
        @"$\unicode{<script>}$",
        "$" + new string('{', 1500) + new string('}', 1500) + "$",
        "$" + string.Concat(Enumerable.Repeat(@"\sqrt", 700)) + "x$",
        "$" + string.Concat(Enumerable.Repeat(@"\frac{", 500)) + "$",
        @"\[ \href{javascript:alert(1)}{x} \]",
        "$$\n\\begin{aligned}\n<script>alert(1)</script>\n\\end{aligned}\n$$",
    ];

    /// <summary>What hides from a reader or speaks to a terminal.</summary>
    public static IReadOnlyList<string> Hidden { get; } =
    [
        "\u001b[2J\u001b[31mred\u001b]0;title\u0007\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\",
        "access = \"user\u202E \u2066// nimda\u2069 \u2066\"",
        "\u202Eolleh\u202C \u200F\u061C\u200E",
        "in\u200Bvi\u2060si\uFEFFble\u00AD",
        "flag \U000E0069\U000E0067\U000E006E\U000E006F\U000E0072\U000E0065",
        "\u0000\u0008\u009b",
        string.Concat(Enumerable.Repeat("Z\u0351\u036b\u0343\u036a\u0302", 200)),
    ];

    /// <summary>Text that nests without end.</summary>
    public static IReadOnlyList<string> Nested { get; } =
    [
        string.Concat(Enumerable.Repeat("> ", 5000)) + "<script>alert(1)</script>",
        string.Concat(Enumerable.Repeat("- ", 3000)) + "x",
        string.Concat(Enumerable.Repeat("[", 5000)),
        string.Concat(Enumerable.Repeat("*a **b ", 1000)),
        string.Concat(Enumerable.Repeat("<div>", 5000)),
        string.Concat(Enumerable.Repeat("<think>", 1000)),
    ];

    public static IEnumerable<string> All => [.. Markup, .. Formulas, .. Hidden, .. Nested];
}

using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Juxta.Web.Markdown;

/// <summary>
/// Writes HTML anew with only the elements and attributes that Markdown needs. Unknown elements leave their text behind, active ones nothing at all;
/// links keep their target only if it is http, https or mailto; images become their description, since fetching one would tell a stranger who reads what.
/// </summary>
internal static class HtmlAllowList
{
    static readonly HashSet<string> Allowed =
    [
        "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "b", "i", "del", "s", "ins", "mark", "sub", "sup", "code", "pre",
        "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a",
    ];

    static readonly HashSet<string> Void = ["br", "hr"];

    static readonly HashSet<string> Dropped = ["script", "style", "template", "iframe", "object", "embed", "noscript", "noembed", "noframes", "xmp", "plaintext", "title", "textarea", "select"];

    public static string Clean(string html)
    {
        var parser = new HtmlParser();
        using AngleSharp.Html.Dom.IHtmlDocument document = parser.ParseDocument("");
        var output = new StringBuilder(html.Length);
        foreach (INode node in parser.ParseFragment(html, document.Body!)) Write(node, output);
        return output.ToString();
    }

    static void Write(INode node, StringBuilder output)
    {
        switch (node)
        {
            case IText text:
                output.Append(WebUtility.HtmlEncode(VisibleText.Of(text.Data)));
                break;
            case IElement { LocalName: "img" } image:
                output.Append(WebUtility.HtmlEncode(VisibleText.Of(image.GetAttribute("alt") ?? "")));
                break;
            case IElement { LocalName: "pre", FirstElementChild: { LocalName: "code" } code }:
                WriteCode(code, output);
                break;
            case IElement element when !Dropped.Contains(element.LocalName):
                WriteElement(element, output);
                break;
        }
    }

    static void WriteElement(IElement element, StringBuilder output)
    {
        string name = element.LocalName;
        bool allowed = Allowed.Contains(name) && element.NamespaceUri == "http://www.w3.org/1999/xhtml" && (name != "a" || SafeTarget(element.GetAttribute("href")) is not null);
        if (allowed)
        {
            output.Append('<').Append(name);
            WriteAttributes(element, output);
            output.Append('>');
        }
        foreach (INode child in element.ChildNodes) Write(child, output);
        if (allowed && !Void.Contains(name)) output.Append("</").Append(name).Append('>');
    }

    /// <summary>A code block under a head with its language and a button that copies it (answers.js).</summary>
    static void WriteCode(IElement code, StringBuilder output)
    {
        string? language = Language(code);
        output.Append("<div class=\"code\"><div class=\"code-head\"><span>").Append(language ?? "text")
            .Append("</span><button type=\"button\" class=\"quiet\" data-copy-code>Copy</button></div><pre tabindex=\"0\"><code");
        if (language is not null) output.Append(" class=\"language-").Append(language).Append('"');
        output.Append('>').Append(WebUtility.HtmlEncode(VisibleText.Of(code.TextContent))).Append("</code></pre></div>\n");
    }

    static void WriteAttributes(IElement element, StringBuilder output)
    {
        switch (element.LocalName)
        {
            case "a" when SafeTarget(element.GetAttribute("href")) is { } target:
                output.Append(" href=\"").Append(WebUtility.HtmlEncode(target)).Append("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\"");
                break;
            case "ol" when int.TryParse(element.GetAttribute("start"), out int start):
                output.Append(" start=\"").Append(start).Append('"');
                break;
            case "code" when element.ClassList.Contains("math"):
                output.Append(element.ClassList.Contains("display") ? " class=\"math display\"" : " class=\"math\"");
                break;
            case "th" or "td" when Alignment(element) is { } alignment:
                output.Append(" class=\"align-").Append(alignment).Append('"');
                break;
        }
    }

    /// <summary>The link's address as the browser will read it, or null if following it could do anything but open another site.</summary>
    internal static string? SafeTarget(string? href) =>
        Uri.TryCreate(href?.Trim(), UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" or "mailto" ? uri.AbsoluteUri : null;

    static string? Language(IElement code) =>
        SafeLanguage(code.ClassList.FirstOrDefault(name => name.StartsWith("language-", StringComparison.Ordinal))?["language-".Length..]);

    /// <summary>The name of a code block's language if it is fit for the name of a class, else null.</summary>
    internal static string? SafeLanguage(string? name) =>
        name is { Length: > 0 and <= 30 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '#' or '_') ? name : null;

    static string? Alignment(IElement cell) =>
        cell.GetAttribute("style") is { } style
            ? style.Contains("center", StringComparison.Ordinal) ? "center" : style.Contains("right", StringComparison.Ordinal) ? "right" : null
            : null;
}

using System.Net;
using Markdig;
using Markdig.Renderers;
using Markdig.Syntax;

namespace Juxta.Web.Markdown;

/// <summary>
/// Model output as HTML that is safe to show. Two locks: Markdig never passes HTML through, and <see cref="HtmlAllowList"/> writes the page's markup anew
/// from a short list of elements, so neither a Markdown rule nor a parser quirk can bring in anything else.
/// </summary>
internal static class MarkdownText
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseEmphasisExtras()
        .UseAutoLinks()
        .UseSoftlineBreakAsHardlineBreak()
        .Use<Formulas>()
        .Build();

    /// <summary>A whole text.</summary>
    public static string ToHtml(string text) => string.Concat(MarkdownBlocks.Of(text));

    /// <summary>Null for text that nests quotes, lists or brackets beyond Markdig's limit.</summary>
    public static MarkdownDocument? TryParse(string text)
    {
        try
        {
            return Markdig.Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>One block of a parsed text. Brackets that nest beyond Markdig's limit are shown as they are.</summary>
    /// <param name="block">The block.</param>
    /// <param name="source">The text it was parsed from.</param>
    public static string Html(Block block, string source)
    {
        using var output = new StringWriter();
        var renderer = new HtmlRenderer(output);
        Pipeline.Setup(renderer);
        try
        {
            renderer.Render(block);
        }
        catch (ArgumentException)
        {
            return Verbatim(source.Substring(block.Span.Start, block.Span.Length));
        }
        return HtmlAllowList.Clean(output.ToString());
    }

    /// <summary>Text as it is.</summary>
    public static string Verbatim(string text) => $"<pre>{WebUtility.HtmlEncode(VisibleText.Of(text))}</pre>";
}

using System.Net;
using Markdig;
using Microsoft.AspNetCore.Components;

namespace Juxta.Web.Markdown;

/// <summary>
/// Model output as HTML that is safe to show. Two locks: Markdig never passes HTML through, and <see cref="HtmlAllowList"/> writes the page's markup anew
/// from a short list of elements, so neither a Markdown rule nor a parser quirk can bring in anything else.
/// </summary>
internal static class MarkdownText
{
    /// <summary>Longer answers are shown as they are: rendering them many times a second would be work without use.</summary>
    const int LongestRendered = 64_000;

    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseEmphasisExtras()
        .UseAutoLinks()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    public static MarkupString Render(string text) => new(ToHtml(text));

    public static string ToHtml(string text)
    {
        if (text.Length > LongestRendered) return Verbatim(text);
        try
        {
            return HtmlAllowList.Clean(Markdig.Markdown.ToHtml(text, Pipeline));
        }
        catch (ArgumentException)
        {
            // Markdig refuses text that nests quotes or lists beyond its depth limit.
            return Verbatim(text);
        }
    }

    static string Verbatim(string text) => $"<pre>{WebUtility.HtmlEncode(text)}</pre>";
}

using System.Globalization;
using Juxta.Web.Markdown;

namespace Juxta.Web.Runs;

/// <summary>The beginning of a text in one line.</summary>
internal static class SampleExcerpt
{
    /// <summary>Characters as a reader counts them.</summary>
    const int Longest = 120;

    public static string Of(string text)
    {
        string line = VisibleText.Of(text.ReplaceLineEndings(" ").Trim());
        var characters = new StringInfo(line.Length > 8 * Longest ? line[..(8 * Longest)] : line);
        return characters.LengthInTextElements <= Longest ? characters.String : characters.SubstringByTextElements(0, Longest) + "…";
    }
}

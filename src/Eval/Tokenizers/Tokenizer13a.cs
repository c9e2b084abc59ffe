using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>sacreBLEU's default: the tokenization of mteval-v13a, the script of the WMT evaluations.</summary>
internal sealed class Tokenizer13a : ITextTokenizer
{
    public void Tokenize(ReadOnlySpan<char> text, CharBuffer output)
    {
        if (text.IndexOfAny('\n', '&') >= 0 || text.IndexOf("<skipped>", StringComparison.Ordinal) >= 0) text = Unescape(text.ToString());
        CharBuffer padded = t_padded ??= new CharBuffer();
        padded.Clear();
        padded.AppendSpaced(text);
        WesternPunctuation.Split(padded.Span, output);
    }

    static string Unescape(string text) => Entities(text
        .Replace("<skipped>", "", StringComparison.Ordinal)
        .Replace("-\n", "", StringComparison.Ordinal)
        .Replace('\n', ' '));

    /// <summary>The four entities, in the reference's order: <c>&amp;amp;lt;</c> becomes <c>&lt;</c>.</summary>
    public static string Entities(string text) => text
        .Replace("&quot;", "\"", StringComparison.Ordinal)
        .Replace("&amp;", "&", StringComparison.Ordinal)
        .Replace("&lt;", "<", StringComparison.Ordinal)
        .Replace("&gt;", ">", StringComparison.Ordinal);

    [ThreadStatic]
    static CharBuffer? t_padded;
}

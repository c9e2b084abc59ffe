using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>
/// sacreBLEU's <c>zh</c>: every Chinese character is a token, other text is split as by 13a. The set has the reference's two typing slips (five-digit escapes
/// read as four digits and a character), so U+2001 to U+2A6D count as Chinese and ideographs beyond the basic plane do not.
/// </summary>
internal sealed class ChineseTokenizer : ITextTokenizer
{
    static readonly (char First, char Last)[] Ranges =
    [
        ('\u2001', '\u2A6D'), ('\u2E80', '\u2FDF'), ('\u2FF0', '\u303F'), ('\u3100', '\u312F'), ('\u31A0', '\u31EF'), ('\u3200', '\u4DB5'),
        ('\u4E00', '\u9FBB'), ('\uF900', '\uFA2D'), ('\uFA30', '\uFA6A'), ('\uFA70', '\uFAD9'), ('\uFE10', '\uFE1F'), ('\uFE30', '\uFE4F'),
        ('\uFF00', '\uFFEF'),
    ];

    static readonly bool[] Chinese = new bool[char.MaxValue + 1];

    static ChineseTokenizer()
    {
        foreach ((char first, char last) in Ranges) Chinese.AsSpan(first, last - first + 1).Fill(true);
    }

    public static bool IsChinese(char c) => Chinese[c];

    public void Tokenize(ReadOnlySpan<char> text, CharBuffer output)
    {
        CharBuffer spaced = t_spaced ??= new CharBuffer();
        spaced.Clear();
        foreach (char c in PythonText.Trim(text))
        {
            if (Chinese[c]) spaced.AppendSpaced([c]);
            else spaced.Append(c);
        }
        WesternPunctuation.Split(spaced.Span, output);
    }

    [ThreadStatic]
    static CharBuffer? t_spaced;
}

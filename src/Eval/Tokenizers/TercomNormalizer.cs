using System.Buffers;
using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>tercom's normalisation as sacreBLEU has it: case, Western and East Asian punctuation, and the removal of punctuation.</summary>
internal sealed record TercomNormalizer(bool Normalized, bool NoPunctuation, bool AsianSupport, bool CaseSensitive)
{
    static readonly SearchValues<char> Punctuation = SearchValues.Create(".,?:;!\"()");

    /// <summary>The text with white space between words; call it on a text without trailing white space.</summary>
    public string Normalize(string text)
    {
        if (!CaseSensitive) text = PythonText.Lower(text);
        if (Normalized)
        {
            text = NormalizeWestern(text);
            if (AsianSupport) text = SplitAsian(text);
        }
        if (NoPunctuation)
        {
            text = Without(text, static c => Punctuation.Contains(c));
            if (AsianSupport) text = Without(text, static c => IsAsianPunctuation(c));
        }
        return text;
    }

    static string NormalizeWestern(string text)
    {
        text = text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' ');
        var symbols = new CharBuffer();
        WesternPunctuation.SplitSymbols($" {Tokenizer13a.Entities(text)} ", symbols);
        text = symbols.Span.ToString().Replace("'s ", " 's ", StringComparison.Ordinal);
        var output = new CharBuffer();
        WesternPunctuation.SplitMarks(text, output);
        return output.Span.ToString();
    }

    /// <summary>
    /// Spaces round ideographs, strokes, radicals, compatibility forms and punctuation. The reference's kana rules are anchored at the start of a text that
    /// begins with a space and never fire. One of its ranges is a typing slip that takes in most of the ideographs again.
    /// </summary>
    static string SplitAsian(string text)
    {
        var output = new CharBuffer();
        foreach (char c in text)
        {
            if (IsAsian(c) || IsAsianPunctuation(c)) output.AppendSpaced([c]);
            else output.Append(c);
        }
        return output.Span.ToString();
    }

    static bool IsAsian(char c) => c
        is (>= '\u4E00' and <= '\u9FFF') or (>= '\u3400' and <= '\u4DBF') or (>= '\u31C0' and <= '\u31EF') or (>= '\u2E80' and <= '\u2EFF')
        or (>= '\u3300' and <= '\u33FF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFE30' and <= '\uFE4F') or (>= '\u3200' and <= '\u3F22');

    static bool IsAsianPunctuation(char c) => c
        is '\u3001' or '\u3002' or (>= '\u3008' and <= '\u3011') or (>= '\u3014' and <= '\u301F') or (>= '\uFF61' and <= '\uFF65') or '\u30FB'
        or '\uFF0E' or '\uFF0C' or '\uFF1F' or '\uFF1A' or '\uFF1B' or '\uFF01' or '\uFF02' or '\uFF08' or '\uFF09';

    static string Without(string text, Func<char, bool> removed)
    {
        var output = new CharBuffer();
        foreach (char c in text)
        {
            if (!removed(c)) output.Append(c);
        }
        return output.Span.ToString();
    }
}

using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>
/// sacreBLEU's <c>intl</c> (mteval-v14 --international-tokenization): punctuation is split from what is no number beside it, symbols from everything, in
/// three passes over code points by Unicode categories. A pair that matched is spent, so of <c>!!!</c> not every mark is handled by the same pass.
/// </summary>
internal sealed class InternationalTokenizer : ITextTokenizer
{
    public void Tokenize(ReadOnlySpan<char> text, CharBuffer output)
    {
        CharBuffer first = t_first ??= new CharBuffer(), second = t_second ??= new CharBuffer();
        first.Clear();
        SplitAfterNonNumber(text, first);
        second.Clear();
        SplitBeforeNonNumber(first.Span, second);
        SplitSymbols(second.Span, output);
    }

    /// <summary><c>(\P{N})(\p{P})</c> → <c>\1 \2 </c></summary>
    static void SplitAfterNonNumber(ReadOnlySpan<char> text, CharBuffer output)
    {
        int copied = 0, units;
        if (text.IsEmpty) return;
        CharacterClass left = ClassAt(text, 0, out units);
        for (int i = units; i < text.Length;)
        {
            CharacterClass right = ClassAt(text, i, out units);
            if ((left & CharacterClass.Number) == 0 && (right & CharacterClass.Punctuation) != 0)
            {
                output.Append(text[copied..i]);
                output.AppendSpaced(text.Slice(i, units));
                copied = i += units;
                if (i == text.Length) break;
                left = ClassAt(text, i, out units);
            }
            else
            {
                left = right;
            }
            i += units;
        }
        output.Append(text[copied..]);
    }

    /// <summary><c>(\p{P})(\P{N})</c> → <c> \1 \2</c></summary>
    static void SplitBeforeNonNumber(ReadOnlySpan<char> text, CharBuffer output)
    {
        int copied = 0;
        for (int i = 0; i < text.Length;)
        {
            int next = i;
            CharacterClass left = ClassAt(text, i, out int units);
            next += units;
            if ((left & CharacterClass.Punctuation) != 0 && next < text.Length && (ClassAt(text, next, out int right) & CharacterClass.Number) == 0)
            {
                output.Append(text[copied..i]);
                output.AppendSpaced(text[i..next]);
                copied = next;
                next += right;
            }
            i = next;
        }
        output.Append(text[copied..]);
    }

    /// <summary><c>(\p{S})</c> → <c> \1 </c></summary>
    static void SplitSymbols(ReadOnlySpan<char> text, CharBuffer output)
    {
        int copied = 0;
        for (int i = 0, units; i < text.Length; i += units)
        {
            if ((ClassAt(text, i, out units) & CharacterClass.Symbol) == 0) continue;
            output.Append(text[copied..i]);
            output.AppendSpaced(text.Slice(i, units));
            copied = i + units;
        }
        output.Append(text[copied..]);
    }

    static CharacterClass ClassAt(ReadOnlySpan<char> text, int index, out int units) => UnicodeClasses.Of(PythonText.CodePointAt(text, index, out units));

    [ThreadStatic]
    static CharBuffer? t_first;

    [ThreadStatic]
    static CharBuffer? t_second;
}

using System.Buffers;
using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>
/// The four replacements that mteval-v13a, and after it sacreBLEU's tokenizers 13a and zh and tercom's normalisation share (R1 to R4 below). Each is a
/// pass of its own, left to right without overlap, because that decides what becomes of <c>a..b</c> and <c>.,</c>.
/// </summary>
internal static class WesternPunctuation
{
    /// <summary>R1's characters but the space, which needs no spaces round it.</summary>
    static readonly SearchValues<char> Separate = SearchValues.Create("!\"#$%&()*+/:;<=>?@[\\]^_`{|}~");

    /// <summary>Appends <paramref name="text"/> to <paramref name="output"/> after all four replacements.</summary>
    public static void Split(ReadOnlySpan<char> text, CharBuffer output)
    {
        if (text.IndexOfAny('.', ',', '-') < 0)
        {
            SplitSymbols(text, output);
            return;
        }
        Passes passes = t_passes ??= new Passes();
        passes.First.Clear();
        SplitSymbols(text, passes.First);
        SplitMarks(passes.First.Span, output);
    }

    /// <summary>R2 to R4.</summary>
    public static void SplitMarks(ReadOnlySpan<char> text, CharBuffer output)
    {
        if (text.IndexOfAny('.', ',') >= 0)
        {
            Passes passes = t_passes ??= new Passes();
            passes.Second.Clear();
            SplitAfterNonDigit(text, passes.Second);
            passes.First.Clear();
            SplitBeforeNonDigit(passes.Second.Span, passes.First);
            text = passes.First.Span;
        }
        SplitDashAfterDigit(text, output);
    }

    /// <summary>R1: spaces round ASCII punctuation except <c>' , - .</c></summary>
    public static void SplitSymbols(ReadOnlySpan<char> text, CharBuffer output)
    {
        for (int at; (at = text.IndexOfAny(Separate)) >= 0; text = text[(at + 1)..])
        {
            output.Append(text[..at]);
            output.AppendSpaced(text.Slice(at, 1));
        }
        output.Append(text);
    }

    /// <summary>R2: <c>([^0-9])([.,])</c> → <c>\1 \2 </c></summary>
    static void SplitAfterNonDigit(ReadOnlySpan<char> text, CharBuffer output)
    {
        int copied = 0, from = 1;
        while (from < text.Length && text[from..].IndexOfAny('.', ',') is >= 0 and int found)
        {
            int at = from + found;
            if (char.IsAsciiDigit(text[at - 1]))
            {
                from = at + 1;
                continue;
            }
            output.Append(text[copied..at]);
            output.AppendSpaced(text.Slice(at, 1));
            copied = at + 1;
            from = at + 2; // the mark itself is spent: the next match needs a character of its own before its mark
        }
        output.Append(text[copied..]);
    }

    /// <summary>R3: <c>([.,])([^0-9])</c> → <c> \1 \2</c></summary>
    static void SplitBeforeNonDigit(ReadOnlySpan<char> text, CharBuffer output)
    {
        int copied = 0, from = 0;
        while (from < text.Length && text[from..].IndexOfAny('.', ',') is >= 0 and int found)
        {
            int at = from + found;
            from = at + 1;
            if (from == text.Length || char.IsAsciiDigit(text[from])) continue;
            output.Append(text[copied..at]);
            output.AppendSpaced(text.Slice(at, 1));
            copied = at + 1;
            from = at + 2;
        }
        output.Append(text[copied..]);
    }

    /// <summary>R4: <c>([0-9])(-)</c> → <c>\1 \2 </c></summary>
    static void SplitDashAfterDigit(ReadOnlySpan<char> text, CharBuffer output)
    {
        int copied = 0, from = 1;
        while (from < text.Length && text[from..].IndexOf('-') is >= 0 and int found)
        {
            int at = from + found;
            from = at + 1;
            if (!char.IsAsciiDigit(text[at - 1])) continue;
            output.Append(text[copied..at]);
            output.AppendSpaced(text.Slice(at, 1));
            copied = at + 1;
        }
        output.Append(text[copied..]);
    }

    sealed class Passes
    {
        public readonly CharBuffer First = new(), Second = new();
    }

    [ThreadStatic]
    static Passes? t_passes;
}

using System.Runtime.CompilerServices;
using System.Text;

namespace Juxta.Eval.Text;

/// <summary>
/// <c>str.split()</c>, <c>strip()</c>, <c>rstrip()</c> and <c>lower()</c> as Python 3.11 defines them, because the reference programs' scores depend on them.
/// </summary>
internal static class PythonText
{
    /// <summary>The 29 white-space code points of <c>str.split()</c>: the runtime's and the four separators U+001C to U+001F.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSpace(char c) => c < 128 ? c == ' ' || (uint)(c - 9) < 5 || (uint)(c - 0x1C) < 4 : char.IsWhiteSpace(c);

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1])) end--;
        return text[..end];
    }

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        text = TrimEnd(text);
        int start = 0;
        while (start < text.Length && IsSpace(text[start])) start++;
        return text[start..];
    }

    /// <summary>The words of <c>str.split()</c>.</summary>
    public static WordSpans Words(ReadOnlySpan<char> text) => new(text);

    /// <summary>Number of code points; half a pair counts as one.</summary>
    public static int CodePoints(ReadOnlySpan<char> text)
    {
        int pairs = 0;
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1])) pairs++;
        }
        return text.Length - pairs;
    }

    /// <summary>The code point at a position and how many UTF-16 units it takes; half a pair stands for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodePointAt(ReadOnlySpan<char> text, int index, out int units)
    {
        char c = text[index];
        if (char.IsHighSurrogate(c) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            units = 2;
            return char.ConvertToUtf32(c, text[index + 1]);
        }
        units = 1;
        return c;
    }

    public static string Lower(string text)
    {
        int first = 0;
        while (first < text.Length && text[first] < 128 && !char.IsAsciiLetterUpper(text[first])) first++;
        if (first == text.Length) return text;
        var lower = new StringBuilder(text.Length + 4).Append(text, 0, first);
        for (int i = first, units; i < text.Length; i += units)
        {
            int code = CodePointAt(text, i, out units);
            switch (code)
            {
                case 0x130: lower.Append("i\u0307"); break;
                case 0x3A3: lower.Append(EndsWord(text, i) ? '\u03C2' : '\u03C3'); break;
                case < 0x10000: lower.Append((char)(code is >= 0xD800 and < 0xE000 ? code : UnicodeClasses.Lower(code))); break;
                default: lower.Append(char.ConvertFromUtf32(UnicodeClasses.Lower(code))); break;
            }
        }
        return lower.ToString();
    }

    /// <summary>Final_Sigma of the Unicode standard: a cased character before it, none after it, case-ignorable ones passed over.</summary>
    static bool EndsWord(string text, int sigma)
    {
        int before = sigma - 1;
        int code = 0;
        for (; before >= 0; before--)
        {
            if (char.IsLowSurrogate(text[before]) && before > 0 && char.IsHighSurrogate(text[before - 1])) before--;
            code = CodePointAt(text, before, out _);
            if (!UnicodeClasses.Is(code, CharacterClass.CaseIgnorable)) break;
        }
        if (before < 0 || !UnicodeClasses.Is(code, CharacterClass.Cased)) return false;
        for (int after = sigma + 1, units; after < text.Length; after += units)
        {
            code = CodePointAt(text, after, out units);
            if (!UnicodeClasses.Is(code, CharacterClass.CaseIgnorable)) return !UnicodeClasses.Is(code, CharacterClass.Cased);
        }
        return true;
    }
}

/// <summary>Enumerates the words between white space without making strings of them.</summary>
internal ref struct WordSpans(ReadOnlySpan<char> text)
{
    readonly ReadOnlySpan<char> _text = text;
    int _start, _end;

    public readonly WordSpans GetEnumerator() => this;

    public readonly ReadOnlySpan<char> Current => _text[_start.._end];

    /// <summary>Where the current word begins in the text.</summary>
    public readonly int Start => _start;

    public bool MoveNext()
    {
        _start = _end;
        while (_start < _text.Length && PythonText.IsSpace(_text[_start])) _start++;
        _end = _start;
        while (_end < _text.Length && !PythonText.IsSpace(_text[_end])) _end++;
        return _end > _start;
    }
}

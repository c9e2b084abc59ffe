using System.Globalization;
using System.Text;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Strings;

/// <summary>Python's classes of characters, over UTF-16. A lone surrogate is a character of its own, as in Python.</summary>
internal static class CodePoints
{
    public static int UnitsAt(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    public static int At(string text, int index) => UnitsAt(text, index) == 2 ? char.ConvertToUtf32(text[index], text[index + 1]) : text[index];

    public static IEnumerable<int> Of(string text)
    {
        for (int i = 0; i < text.Length; i += UnitsAt(text, i)) yield return At(text, i);
    }

    public static UnicodeCategory Category(int point) => CharUnicodeInfo.GetUnicodeCategory(point);

    /// <summary>Python's <c>str.isspace</c>: the bidirectional classes WS, B, S and category Zs.</summary>
    public static bool IsSpace(char unit) => unit switch
    {
        <= ' ' => unit is ' ' or (>= '\t' and <= '\r') or (>= '\x1c' and <= '\x1f'),
        < '\x80' => false,
        _ => unit == '\x85' || char.IsWhiteSpace(unit),
    };

    /// <summary>Line ends of <c>str.splitlines</c>.</summary>
    public static bool IsLineEnd(char unit) => unit is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    public static bool IsAlpha(int point) => Category(point) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter;

    public static bool IsDecimal(int point) => Category(point) is UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(int point) => IsDecimal(point) || DigitValue(point) >= 0;

    public static bool IsNumeric(int point) => NumericValue(point) != -1;

    static int DigitValue(int point) => point < 0x10000 ? CharUnicodeInfo.GetDigitValue((char)point) : CharUnicodeInfo.GetDigitValue(char.ConvertFromUtf32(point), 0);

    static double NumericValue(int point) => point is >= 0xD800 and <= 0xDFFF ? -1 : CharUnicodeInfo.GetNumericValue(char.ConvertFromUtf32(point), 0);

    public static bool IsAlphanumeric(int point) => IsAlpha(point) || IsNumeric(point);

    public static bool IsIdentifierStart(int point) => point == '_' || IsAlpha(point) || Category(point) == UnicodeCategory.LetterNumber;

    public static bool IsIdentifierPart(int point) => IsIdentifierStart(point) || point == 0xB7 || Category(point) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;

    public static bool IsIdentifier(string text)
    {
        for (int i = 0; i < text.Length; i += UnitsAt(text, i))
            if (i == 0 ? !IsIdentifierStart(At(text, i)) : !IsIdentifierPart(At(text, i))) return false;
        return text.Length > 0;
    }

    public static bool IsPrintable(int point) => point == ' ' || Category(point) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>Without Python's whitespace at both ends.</summary>
    public static string Trim(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    /// <summary>Rewrites a number's text as int() and float() read it: any script's decimal digits, single underscores between digits.</summary>
    public static bool TryPlainDigits(string text, out string plain)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i += UnitsAt(text, i))
        {
            int point = At(text, i);
            if (point == '_')
            {
                bool between = i > 0 && i + 1 < text.Length && char.IsAsciiLetterOrDigit(text[i - 1]) && char.IsAsciiLetterOrDigit(text[i + 1]);
                if (!between) { plain = text; return false; }
            }
            else if (point < 0x80) result.Append((char)point);
            else if (IsDecimal(point)) result.Append((char)('0' + (int)NumericValue(point)));
            else { plain = text; return false; }
        }
        plain = result.ToString();
        return true;
    }

    /// <summary>Python's <c>repr</c> of a string: single quotes unless only those occur inside; what is not printable is escaped.</summary>
    public static void WriteRepr(StrValue text, TextBuilder into)
    {
        string units = text.Units;
        char quote = units.Contains('\'') && !units.Contains('"') ? '"' : '\'';
        into.Append(quote, text.AuthorAtEdge(first: true));
        int plain = 0;
        for (int i = 0; i < units.Length;)
        {
            int point = At(units, i), length = UnitsAt(units, i);
            string? escape = point switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when point == quote => "\\" + quote,
                >= ' ' and < 0x7f => null,
                _ when IsPrintable(point) => null,
                _ => Hex(point),
            };
            if (escape is not null)
            {
                into.Append(text, plain, i - plain);
                into.Append(escape, text.AuthorAt(i));
                plain = i + length;
            }
            i += length;
        }
        into.Append(text, plain, units.Length - plain);
        into.Append(quote, text.AuthorAtEdge(first: false));
    }

    static string Hex(int point) => point switch
    {
        < 0x100 => $"\\x{point:x2}",
        < 0x10000 => $"\\u{point:x4}",
        _ => $"\\U{point:x8}",
    };
}

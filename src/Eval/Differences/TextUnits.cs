using System.Globalization;
using System.Text;

namespace Juxta.Eval.Differences;

/// <summary>
/// Cuts a text into the units that a reader compares: words where a script puts spaces between words, single characters where it does not (Chinese,
/// Japanese, Thai …), runs of spaces, line ends, and every other sign alone. A character is an extended grapheme cluster (Unicode UAX 29), so a unit
/// never ends inside a surrogate pair or between a letter and its marks.
/// </summary>
internal static class TextUnits
{
    enum Kind { Alone, Word, Space }

    /// <summary>Where each unit starts, and the text's length at the end: unit i is <c>text[starts[i]..starts[i + 1]]</c>.</summary>
    /// <param name="text">What is cut.</param>
    /// <param name="characters">Every character alone, whatever the script.</param>
    public static int[] Split(string text, bool characters = false)
    {
        var starts = new List<int>();
        Kind before = Kind.Alone;
        for (int at = 0; at < text.Length; at += StringInfo.GetNextTextElementLength(text.AsSpan(at)))
        {
            Kind kind = KindAt(text.AsSpan(at));
            if (characters || kind is Kind.Alone || kind != before) starts.Add(at);
            before = kind;
        }
        starts.Add(text.Length);
        return [.. starts];
    }

    static Kind KindAt(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out Rune first, out _); // half a surrogate pair reads as U+FFFD: a sign of its own
        if (first.Value is '\r' or '\n' or 0x85 or 0x2028 or 0x2029) return Kind.Alone;
        if (Rune.IsWhiteSpace(first)) return Kind.Space;
        if (WithoutSpaces(first.Value)) return Kind.Alone;
        return Rune.IsLetterOrDigit(first) || Rune.GetUnicodeCategory(first) is
            UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark ? Kind.Word : Kind.Alone;
    }

    /// <summary>Blocks of scripts that are written without spaces between words (ideographic, and line-breaking class SA of Unicode UAX 14).</summary>
    static bool WithoutSpaces(int rune) => rune switch
    {
        < 0x0E00 => false,
        <= 0x109F => true, // Thai, Lao, Tibetan, Myanmar
        >= 0x1780 and <= 0x17FF => true, // Khmer
        >= 0x1950 and <= 0x19FF or >= 0x1A20 and <= 0x1AAF => true, // Tai Le, New Tai Lue, Khmer symbols, Tai Tham
        >= 0x1B00 and <= 0x1B7F => true, // Balinese
        >= 0x2E80 and <= 0x2FDF or >= 0x3005 and <= 0x3007 or >= 0x3021 and <= 0x3029 => true, // radicals, ideographic marks and numbers
        >= 0x3031 and <= 0x312F or >= 0x31A0 and <= 0x31BF or >= 0x31F0 and <= 0x31FF => true, // kana, bopomofo
        >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0xA4CF => true, // Han, Yi
        >= 0xA980 and <= 0xA9FF or >= 0xAA60 and <= 0xAADF => true, // Javanese, Myanmar, Tai Viet
        >= 0xF900 and <= 0xFAFF or >= 0xFF66 and <= 0xFF9F => true, // compatibility Han, half-width katakana
        >= 0x16FE0 and <= 0x18DFF or >= 0x1AFF0 and <= 0x1B2FF or >= 0x20000 and <= 0x3FFFF => true, // Tangut, kana, Nüshu, Han
        _ => false,
    };
}

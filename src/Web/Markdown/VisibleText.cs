using System.Buffers;
using System.Globalization;
using System.Text;

namespace Juxta.Web.Markdown;

/// <summary>
/// Text in which nothing hides: control characters (of terminals too), marks that turn the direction of writing round, and characters without width or
/// ink are written out, as ␛ or ⟨U+202E⟩. What a person reads is then what is there. Joiners inside words and emoji that need them stay.
/// </summary>
internal static class VisibleText
{
    const char ZeroWidthNonJoiner = '\u200C', ZeroWidthJoiner = '\u200D';

    static readonly SearchValues<char> Suspect = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => IsHidden(c) || c is ZeroWidthNonJoiner or ZeroWidthJoiner || char.IsSurrogate(c))]);

    /// <summary>The same string where nothing hides in it.</summary>
    public static string Of(string text)
    {
        int first = text.AsSpan().IndexOfAny(Suspect);
        if (first < 0) return text;
        var output = new StringBuilder(text.Length + 16).Append(text.AsSpan(0, first));
        int before = first > 0 ? text[first - 1] : 0;
        foreach (Rune rune in text.AsSpan(first).EnumerateRunes())
        {
            int code = rune.Value;
            // Words of many scripts, and emoji, are joined by them; Latin words never are.
            bool hidden = code is ZeroWidthNonJoiner or ZeroWidthJoiner ? before < 0x0600 && before is not 0xA9 and not 0xAE : IsHidden(code);
            if (!hidden) output.Append(rune.ToString());
            else if (code < 0x20) output.Append((char)(0x2400 + code));
            else if (code == 0x7F) output.Append('\u2421');
            else output.Append(CultureInfo.InvariantCulture, $"⟨U+{code:X4}⟩");
            before = code;
        }
        return output.ToString();
    }

    /// <summary>Unicode's Cc, Cf, Zl and Zp and the blank letters and selectors, but for what ordinary text needs.</summary>
    static bool IsHidden(int code) => code switch
    {
        '\t' or '\n' or '\r' => false,
        < 0x20 or (>= 0x7F and <= 0x9F) => true,
        0x00AD or 0x034F or 0x061C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFEFF or 0xFFA0 => true,
        >= 0x180B and <= 0x180E => true,
        >= 0x200B and <= 0x200F => code is not (ZeroWidthNonJoiner or ZeroWidthJoiner),
        >= 0x2028 and <= 0x202E => true,
        >= 0x2060 and <= 0x206F => true,
        >= 0xFFF9 and <= 0xFFFB => true,
        >= 0x1D173 and <= 0x1D17A => true,
        >= 0xE0000 and <= 0xE0FFF => true,
        _ => false,
    };
}

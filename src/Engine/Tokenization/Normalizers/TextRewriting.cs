using System.Text;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.Unicode;
using static System.Globalization.UnicodeCategory;

namespace Juxta.Engine.Tokenization.Normalizers;

/// <summary>The rewritings that normalizers are made of, as pure functions of text.</summary>
static class TextRewriting
{
    /// <summary>Full lower-casing character by character, without context (a final sigma is not special).</summary>
    public static string Lowercase(string text)
    {
        string lower = text.ToLowerInvariant();
        // The one character whose lower case is two.
        return lower.Contains('\u0130', StringComparison.Ordinal) ? lower.Replace("\u0130", "i\u0307", StringComparison.Ordinal) : lower;
    }

    /// <summary>Removes combining marks of every kind.</summary>
    public static string StripAccents(string text) => MapRunes(text, code => Marks.Contains(code) ? Removed : code);

    /// <summary>The cleaning of SentencePiece's "nmt" rules: control characters go, unusual spaces and U+FFFD become spaces.</summary>
    public static string Nmt(string text) => MapRunes(text, code => code switch
    {
        >= 0x1 and <= 0x8 or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => Removed,
        0x9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => code,
    });

    /// <summary>BERT's basic cleaning (Devlin et al. 2018, run_classifier's tokenizer): the four steps are switches.</summary>
    public static string Bert(string text, bool cleanText, bool handleChineseCharacters, bool stripAccents, bool lowercase)
    {
        if (cleanText)
            text = MapRunes(text, code => code is 0 or 0xFFFD || Controls.Contains(code) ? Removed : CharacterClasses.Space.Contains(code) ? ' ' : code);
        if (handleChineseCharacters) text = SpaceAroundHan(text);
        if (stripAccents)
            text = MapRunes(UnicodeNormalization.Nfd(text), code => NonSpacingMarks.Contains(code) ? Removed : code);
        return lowercase ? Lowercase(text) : text;
    }

    static string SpaceAroundHan(string text)
    {
        var output = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            var encoded = units[..rune.EncodeToUtf16(units)];
            if (IsHan(rune.Value)) output.Append(' ').Append(encoded).Append(' ');
            else output.Append(encoded);
        }
        return output.ToString();

        // U+2B820 to U+2B91F are missing in the original, too.
        static bool IsHan(int code) => code is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF
            or >= 0x2A700 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
    }

    const int Removed = -1;

    static readonly CodePointSet Marks = UnicodeData.CategoriesOf(NonSpacingMark, SpacingCombiningMark, EnclosingMark);
    static readonly CodePointSet NonSpacingMarks = UnicodeData.Category(NonSpacingMark);
    static readonly CodePointSet Controls = UnicodeData.CategoriesOf(Control, Format, PrivateUse)
        .Intersect(CodePointSet.OfRanges([('\t', '\n'), ('\r', '\r')]).Complement());

    static string MapRunes(string text, Func<int, int> map)
    {
        var output = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
            if (map(rune.Value) is var code and not Removed)
                output.Append(units[..new Rune(code).EncodeToUtf16(units)]);
        return output.ToString();
    }
}

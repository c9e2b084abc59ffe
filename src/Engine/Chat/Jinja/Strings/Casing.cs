using System.Globalization;
using System.Text;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Strings;

/// <summary>Python's case conversions: Unicode's full mappings, so ß becomes SS, and a sigma that ends a word its final form.</summary>
internal static class Casing
{
    public static StrValue Lower(Machine machine, StrValue text) => Map(machine, text, (units, i) => Lower(units, i));

    public static StrValue Upper(Machine machine, StrValue text) => Map(machine, text, (units, i) => Upper(CodePoints.At(units, i)));

    public static StrValue Fold(Machine machine, StrValue text) => Map(machine, text, (units, i) => Fold(CodePoints.At(units, i)));

    public static StrValue Swap(Machine machine, StrValue text) => Map(machine, text, (units, i) =>
        IsUpper(CodePoints.At(units, i)) ? Lower(units, i) : IsLower(CodePoints.At(units, i)) ? Upper(CodePoints.At(units, i)) : null);

    public static StrValue Capitalize(Machine machine, StrValue text) => Map(machine, text, (units, i) => i == 0 ? Title(CodePoints.At(units, 0)) : Lower(units, i));

    /// <summary>Upper case after anything without case, lower case after letters: so after an apostrophe it is upper case.</summary>
    public static StrValue Title(Machine machine, StrValue text)
    {
        bool inWord = false;
        return Map(machine, text, (units, i) =>
        {
            int point = CodePoints.At(units, i);
            string? mapped = inWord ? Lower(units, i) : Title(point);
            inWord = IsCased(point);
            return mapped;
        });
    }

    /// <summary>Replaces each character by what <paramref name="map"/> gives; null leaves it as it is.</summary>
    static StrValue Map(Machine machine, StrValue text, Func<string, int, string?> map)
    {
        string units = text.Units;
        var builder = new TextBuilder(machine.Budget);
        var stretch = new StringBuilder();
        int author = text.Author;
        for (int i = 0; i < units.Length;)
        {
            int width = CodePoints.UnitsAt(units, i);
            if (text.Runs is not null && text.AuthorAt(i) is var here && here != author)
            {
                builder.Append(stretch.ToString(), author);
                stretch.Clear();
                author = here;
            }
            if (map(units, i) is { } mapped) stretch.Append(mapped); else stretch.Append(units, i, width);
            i += width;
            if ((i & 0xFFFF) == 0) machine.Budget.CheckClock();
        }
        builder.Append(stretch.ToString(), author);
        return builder.ToValue(text.IsMarkup);
    }

    static readonly string[] AsciiUpper = [.. Enumerable.Range(0, 128).Select(i => char.ToUpperInvariant((char)i).ToString())];
    static readonly string[] AsciiLower = [.. Enumerable.Range(0, 128).Select(i => char.ToLowerInvariant((char)i).ToString())];

    static string Upper(int point) => point < 128 ? AsciiUpper[point] : point < 0x10000 && CaseTables.Upper.TryGetValue((char)point, out string? full) ? full : Simple(point, Rune.ToUpperInvariant);

    static string Title(int point) => point < 128 ? AsciiUpper[point]
        : point < 0x10000 && CaseTables.Title.TryGetValue((char)point, out string? full) ? full
        : CodePoints.Category(point) == UnicodeCategory.TitlecaseLetter || point is >= 0x10D0 and <= 0x10FF ? Simple(point, rune => rune)
        : Upper(point);

    static string Lower(int point) => point < 128 ? AsciiLower[point] : point == 0x130 ? "i\u0307" : Simple(point, Rune.ToLowerInvariant);

    static string Lower(string units, int index)
    {
        int point = CodePoints.At(units, index);
        return point != 0x3A3 ? Lower(point) : IsFinalSigma(units, index) ? "ς" : "σ";
    }

    static string Fold(int point)
    {
        if (point is 0x131) return "ı";
        if (point is (>= 0x13A0 and <= 0x13FD) or (>= 0xAB70 and <= 0xABBF)) return Upper(point);
        return Each(Each(Lower(point), Upper), Lower);

        static string Each(string text, Func<int, string> map) => string.Concat(CodePoints.Of(text).Select(map));
    }

    static string Simple(int point, Func<Rune, Rune> map) => Rune.IsValid(point) ? map(new Rune(point)).ToString() : ((char)point).ToString();

    static bool IsFinalSigma(string units, int index)
    {
        int before = index - 1;
        while (before >= 0 && IsIgnorable(PointBefore(units, ref before))) before--;
        if (before < 0 || !IsCased(PointBefore(units, ref before))) return false;
        int after = index + 1;
        while (after < units.Length && IsIgnorable(CodePoints.At(units, after))) after += CodePoints.UnitsAt(units, after);
        return after >= units.Length || !IsCased(CodePoints.At(units, after));
    }

    static int PointBefore(string units, ref int index)
    {
        if (index > 0 && char.IsSurrogatePair(units[index - 1], units[index])) index--;
        return CodePoints.At(units, index);
    }

    static bool IsIgnorable(int point) => (point < 0x10000 && CaseTables.MidWord.Contains((char)point)) || CodePoints.Category(point) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    static bool IsLower(int point) => CodePoints.Category(point) == UnicodeCategory.LowercaseLetter || Within(CaseTables.OtherLower, point);
    static bool IsUpper(int point) => CodePoints.Category(point) == UnicodeCategory.UppercaseLetter || Within(CaseTables.OtherUpper, point);
    static bool IsTitle(int point) => CodePoints.Category(point) == UnicodeCategory.TitlecaseLetter;
    static bool IsCased(int point) => IsLower(point) || IsUpper(point) || IsTitle(point);

    static bool Within(int[] bounds, int point)
    {
        if (point < 0x80) return false;
        for (int i = 0; i < bounds.Length; i += 2)
            if (point >= bounds[i] && point <= bounds[i + 1]) return true;
        return false;
    }

    public static bool IsLower(string text) => CodePoints.Of(text).Any(IsLower) && !CodePoints.Of(text).Any(point => IsUpper(point) || IsTitle(point));

    public static bool IsUpper(string text) => CodePoints.Of(text).Any(IsUpper) && !CodePoints.Of(text).Any(point => IsLower(point) || IsTitle(point));

    public static bool IsTitle(string text)
    {
        bool inWord = false, any = false;
        foreach (int point in CodePoints.Of(text))
        {
            bool starts = IsUpper(point) || IsTitle(point);
            if (starts ? inWord : IsLower(point) && !inWord) return false;
            any |= starts || IsLower(point);
            inWord = IsCased(point);
        }
        return any;
    }
}

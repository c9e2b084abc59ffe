using System.Text;

namespace Juxta.Engine.Tokenization.Unicode;

/// <summary>
/// The four normalisation forms (Unicode Standard Annex 15), from our own tables: the runtime's need ICU, and the reference
/// tokenizer follows older tables than ICU does (<c>make-unicode-data.py</c>).
/// </summary>
static class UnicodeNormalization
{
    const int HangulSyllables = 0xAC00, HangulLeads = 0x1100, HangulVowels = 0x1161, HangulTrails = 0x11A7;
    const int HangulVowelCount = 21, HangulTrailCount = 28, HangulLeadCount = 19;
    const int HangulSyllableCount = HangulLeadCount * HangulVowelCount * HangulTrailCount;

    public static string Nfc(string text) => Normalize(text, compatible: false, compose: true);
    public static string Nfd(string text) => Normalize(text, compatible: false, compose: false);
    public static string Nfkc(string text) => Normalize(text, compatible: true, compose: true);
    public static string Nfkd(string text) => Normalize(text, compatible: true, compose: false);

    static string Normalize(string text, bool compatible, bool compose)
    {
        int stable = StablePrefix(text, compatible, compose);
        if (stable == text.Length) return text;

        var output = new StringBuilder(text.Length + 16).Append(text, 0, stable);
        List<int> segment = [];
        foreach (var rune in text.AsSpan(stable).EnumerateRunes())
            Decompose(rune.Value, compatible, segment);
        Reorder(segment);
        if (compose) Compose(segment);
        Span<char> units = stackalloc char[2];
        foreach (int code in segment)
            output.Append(units[..new Rune(code).EncodeToUtf16(units)]);
        return output.ToString();
    }

    /// <summary>
    /// How many leading units certainly stay as they are. ASCII never changes; below U+0300 nothing decomposes further or combines
    /// in composed canonical form. One character is left over, since a following mark may combine with it.
    /// </summary>
    static int StablePrefix(string text, bool compatible, bool compose)
    {
        int limit = compose && !compatible ? 0x300 : 0x80;
        int i = 0;
        while (i < text.Length && (text[i] < limit || (compose && !compatible && IsPlainCjk(text[i])))) i++;
        return i == text.Length ? i : Math.Max(0, i - 1);
    }

    /// <summary>Kana without marks and Han of the basic plane: neither decompose nor compose with what follows, except U+3099 and U+309A.</summary>
    static bool IsPlainCjk(char unit) => unit is >= '\u4E00' and <= '\u9FFF' or >= '\u3001' and <= '\u3029';

    static void Decompose(int code, bool compatible, List<int> output)
    {
        if (code < 0xA0) { output.Add(code); return; }
        int syllable = code - HangulSyllables;
        if ((uint)syllable < HangulSyllableCount)
        {
            output.Add(HangulLeads + syllable / (HangulVowelCount * HangulTrailCount));
            output.Add(HangulVowels + syllable % (HangulVowelCount * HangulTrailCount) / HangulTrailCount);
            if (syllable % HangulTrailCount != 0) output.Add(HangulTrails + syllable % HangulTrailCount);
            return;
        }
        if (UnicodeData.Canonical.TryGetValue(code, out int[]? parts) || (compatible && UnicodeData.Compatible.TryGetValue(code, out parts)))
            foreach (int part in parts) Decompose(part, compatible, output);
        else
            output.Add(code);
    }

    /// <summary>Canonical ordering: within each run of marks, a stable sort by combining class.</summary>
    static void Reorder(List<int> codes)
    {
        for (int start = 0; start < codes.Count; start++)
        {
            if (UnicodeData.CombiningClass(codes[start]) == 0) continue;
            int end = start + 1;
            while (end < codes.Count && UnicodeData.CombiningClass(codes[end]) != 0) end++;
            if (end - start > 1)
            {
                int[] sorted = [.. codes[start..end].OrderBy(UnicodeData.CombiningClass)];
                for (int i = 0; i < sorted.Length; i++) codes[start + i] = sorted[i];
            }
            start = end;
        }
    }

    static void Compose(List<int> codes)
    {
        int kept = 0, starter = -1, lastClass = -1;
        for (int read = 0; read < codes.Count; read++)
        {
            int code = codes[read];
            int combining = UnicodeData.CombiningClass(code);
            // Blocked when something between starter and this one has an equal or higher class (lastClass -1: adjacent).
            if (starter >= 0 && (lastClass < combining || lastClass == -1) && Composite(codes[starter], code) is int composed and >= 0)
            {
                codes[starter] = composed;
                continue;
            }
            if (combining == 0) { starter = kept; lastClass = -1; }
            else lastClass = combining;
            codes[kept++] = code;
        }
        codes.RemoveRange(kept, codes.Count - kept);
    }

    static int Composite(int first, int second)
    {
        int lead = first - HangulLeads, vowel = second - HangulVowels;
        if ((uint)lead < HangulLeadCount && (uint)vowel < HangulVowelCount)
            return HangulSyllables + (lead * HangulVowelCount + vowel) * HangulTrailCount;
        int syllable = first - HangulSyllables, trail = second - HangulTrails;
        if ((uint)syllable < HangulSyllableCount && syllable % HangulTrailCount == 0 && trail is > 0 and < HangulTrailCount)
            return first + trail;
        return UnicodeData.Composites.TryGetValue(UnicodeData.Pair(first, second), out int composed) ? composed : -1;
    }
}

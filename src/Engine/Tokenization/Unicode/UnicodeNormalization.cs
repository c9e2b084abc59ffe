using System.Text;
using Juxta.Engine.Tokenization.Patterns;

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

    static readonly Lazy<CodePointSet>[] Unstable =
        [.. from compatible in new[] { false, true } from compose in new[] { false, true } select new Lazy<CodePointSet>(() => FindUnstable(compatible, compose))];

    /// <summary>
    /// The code points that a form may change, or that may change what stands before them: whatever decomposes for good, combining
    /// marks, and second halves of composites. All others are starters that only ever change with such a one behind them.
    /// </summary>
    static CodePointSet FindUnstable(bool compatible, bool compose)
    {
        List<(int, int)> ranges = [.. UnicodeData.CombiningCodePoints.Select(code => (code, code))];
        ranges.AddRange(UnicodeData.Composites.Keys.Select(pair => ((int)(pair & 0x1FFFFF), (int)(pair & 0x1FFFFF))));
        ranges.Add((HangulVowels, HangulVowels + HangulVowelCount - 1));
        ranges.Add((HangulTrails, HangulTrails + HangulTrailCount - 1));
        if (compatible) ranges.AddRange(UnicodeData.Compatible.Keys.Select(code => (code, code)));
        if (compose)
            ranges.AddRange(UnicodeData.Canonical.Keys.Except(UnicodeData.Composites.Values).Select(code => (code, code)));
        else
        {
            ranges.AddRange(UnicodeData.Canonical.Keys.Select(code => (code, code)));
            ranges.Add((HangulSyllables, HangulSyllables + HangulSyllableCount - 1));
        }
        if (compatible && compose)
            // A composite whose decomposition decomposes further under compatibility does not come back as it was.
            ranges.AddRange(UnicodeData.Canonical.Where(entry => entry.Value.Any(UnicodeData.Compatible.ContainsKey)).Select(entry => (entry.Key, entry.Key)));
        return CodePointSet.OfRanges(ranges);
    }

    static string Normalize(string text, bool compatible, bool compose)
    {
        var unstable = Unstable[(compatible ? 2 : 0) + (compose ? 1 : 0)].Value;
        StringBuilder? output = null;
        List<int> codes = [];
        Span<char> units = stackalloc char[2];
        int copied = 0, previous = 0;
        for (int at = 0; at < text.Length;)
        {
            char unit = text[at];
            if (unit < 0xA0 || !(char.IsSurrogate(unit) || unstable.Contains(unit)))
            {
                previous = at++;
                continue;
            }
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out int length);
            if (!unstable.Contains(rune.Value))
            {
                previous = at;
                at += length;
                continue;
            }
            // From the character before to the last unstable one: nothing outside takes part.
            int end = at;
            do end += length;
            while (end < text.Length && Rune.DecodeFromUtf16(text.AsSpan(end), out rune, out length) == System.Buffers.OperationStatus.Done && unstable.Contains(rune.Value));
            int start = Math.Max(copied, previous);
            output ??= new StringBuilder(text.Length + 16);
            output.Append(text, copied, start - copied);
            codes.Clear();
            foreach (var part in text.AsSpan(start, end - start).EnumerateRunes()) Decompose(part.Value, compatible, codes);
            Reorder(codes);
            if (compose) Compose(codes);
            foreach (int code in codes) output.Append(units[..new Rune(code).EncodeToUtf16(units)]);
            copied = previous = at = end;
        }
        return output is null ? text : output.Append(text, copied, text.Length - copied).ToString();
    }

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

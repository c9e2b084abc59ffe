using System.Globalization;
using System.Text;

namespace Juxta.Eval.Guard;

/// <summary>
/// A text as it is compared: words in lower case, single characters where a script has no spaces between words (Chinese, Japanese), no punctuation, full-width
/// letters and digits as plain ones. A token is a hash of 64 bits, so that long texts are compared as numbers.
/// </summary>
internal static class TextTokens
{
    const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    public static ulong[] Of(string text)
    {
        var tokens = new List<ulong>(text.Length / 4);
        ulong word = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int point = rune.Value is >= 0xFF01 and <= 0xFF5E ? rune.Value - 0xFEE0 : rune.Value;
            var folded = new Rune(point);
            if (!IsText(folded)) Close(tokens, ref word);
            else if (StandsAlone(point))
            {
                Close(tokens, ref word);
                tokens.Add(Mix(Offset, point));
            }
            else word = Mix(word == 0 ? Offset : word, Rune.ToLowerInvariant(folded).Value);
        }
        Close(tokens, ref word);
        return [.. tokens];
    }

    /// <summary>Whether most of it is characters that are tokens by themselves.</summary>
    public static bool WithoutSpaces(string text)
    {
        int alone = 0, letters = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsText(rune)) continue;
            letters++;
            if (StandsAlone(rune.Value)) alone++;
        }
        return 2 * alone > letters;
    }

    /// <summary>Hashes of all runs of <paramref name="n"/> tokens, in order.</summary>
    public static ulong[] Ngrams(ReadOnlySpan<ulong> tokens, int n)
    {
        if (tokens.Length < n) return [];
        var ngrams = new ulong[tokens.Length - n + 1];
        ulong hash = 0, oldest = 1;
        for (int i = 1; i < n; i++) oldest *= Prime;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i >= n) hash -= tokens[i - n] * oldest;
            hash = hash * Prime + tokens[i];
            if (i >= n - 1) ngrams[i - n + 1] = hash;
        }
        return ngrams;
    }

    static void Close(List<ulong> tokens, ref ulong word)
    {
        if (word != 0) tokens.Add(word);
        word = 0;
    }

    static ulong Mix(ulong hash, int point) => (hash ^ (uint)point) * Prime;

    static bool IsText(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Kana, Han and the scripts of South-East Asia that are written without spaces.</summary>
    static bool StandsAlone(int point) => point is >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF or >= 0x3005 and <= 0x30FF
        or >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF;
}

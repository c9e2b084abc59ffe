using System.Text;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// Finds where a text can be cut before byte-pair merging without changing the result: between two characters that are tokens of
/// their own and stand side by side in no token that merging produces. A merge across such a border would produce one.
/// </summary>
sealed class WordBorders
{
    readonly HashSet<long> _joined = [];
    readonly HashSet<int> _known;

    /// <param name="known">Code points that are tokens of their own.</param>
    /// <param name="products">Texts that merging produces.</param>
    public WordBorders(IEnumerable<int> known, IEnumerable<string> products)
    {
        _known = [.. known];
        foreach (string product in products)
        {
            int last = -1;
            foreach (var rune in product.EnumerateRunes())
            {
                if (last >= 0) _joined.Add((long)last << 32 | (uint)rune.Value);
                last = rune.Value;
            }
        }
    }

    /// <summary>The code points of a vocabulary that are tokens of their own.</summary>
    public static IEnumerable<int> CharactersOf(Vocabulary vocabulary)
    {
        foreach (var (token, _) in vocabulary.Entries)
            if (token.Length is 1 or 2 && Rune.DecodeFromUtf16(token, out var rune, out int length) == System.Buffers.OperationStatus.Done && length == token.Length)
                yield return rune.Value;
    }

    /// <summary>The end of the stretch that begins at <paramref name="start"/>.</summary>
    public int Next(ReadOnlySpan<char> text, int start)
    {
        int at = start, last = -1;
        while (at < text.Length)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out int length);
            if (last >= 0 && !_joined.Contains((long)last << 32 | (uint)rune.Value) && _known.Contains(last) && _known.Contains(rune.Value)) return at;
            last = rune.Value;
            at += length;
        }
        return at;
    }
}

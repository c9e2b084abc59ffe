using System.Text;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// Finds where a text can be cut before byte-pair merging without changing the result: between two characters that are tokens of
/// their own and stand side by side in no token that merging produces. A merge across such a border would produce one.
/// </summary>
sealed class WordBorders
{
    const int Ascii = 128;

    readonly CodePointSet _known;
    readonly PairSet _joined = new();

    /// <summary>Whether the text may be cut between two ASCII characters, by (first, second): the answer of the two sets, at hand.</summary>
    readonly bool[] _asciiBorders = new bool[Ascii * Ascii];

    /// <param name="known">Code points that are tokens of their own.</param>
    /// <param name="products">Texts that merging produces.</param>
    public WordBorders(IEnumerable<int> known, IEnumerable<string> products)
    {
        _known = CodePointSet.OfRanges(known.Select(code => (code, code)));
        foreach (string product in products)
        {
            int last = -1;
            foreach (var rune in product.EnumerateRunes())
            {
                if (last >= 0) _joined.Add(last, rune.Value);
                last = rune.Value;
            }
        }
        for (int first = 0; first < Ascii; first++)
            for (int second = 0; second < Ascii; second++)
                _asciiBorders[first * Ascii + second] = MayPart(first, second);
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
            int code = text[at], length = 1;
            if (char.IsSurrogate(text[at]))
            {
                Rune.DecodeFromUtf16(text[at..], out var rune, out length);
                code = rune.Value;
            }
            if (last >= 0 && ((last | code) < Ascii ? _asciiBorders[last * Ascii + code] : MayPart(last, code))) return at;
            last = code;
            at += length;
        }
        return at;
    }

    bool MayPart(int first, int second) => _known.Contains(first) && _known.Contains(second) && !_joined.Contains(first, second);
}

using System.Runtime.InteropServices;
using System.Text;
using Juxta.Engine.Tokenization.Models;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// SentencePiece's byte-pair encoding: from single characters on, the neighbours whose joined text is the piece of highest score merge, the leftmost of
/// equals, as long as any do. User-defined pieces stand as they are and nothing merges with them.
/// </summary>
sealed class SentencePieceBytePairs : TokenModel
{
    /// <summary>Longer pieces than any vocabulary has; looking through the ways to halve one takes quadratic time.</summary>
    const int LongestPiece = 512;

    readonly PieceTable _pieces;
    readonly MergeTable _merges;
    readonly WordBorders _borders;
    readonly UserDefinedPieces _userDefined;
    readonly UnknownText _unknown;
    readonly WordCache _cache = new();

    /// <summary>Character → symbol. Symbols are pieces by index, then unused pieces, then characters without a piece by code point.</summary>
    readonly Dictionary<int, int> _characters = [];

    /// <summary>An unused piece → the two symbols it is made of: where one would be given out, they are instead.</summary>
    readonly Dictionary<int, (int Left, int Right)> _halves = [];

    int FirstUnused => _pieces.Count;
    int FirstCharacter => 2 * _pieces.Count;

    public SentencePieceBytePairs(Vocabulary vocabulary, PieceTable pieces, UserDefinedPieces userDefined, string name, string? file) : base(vocabulary)
    {
        _pieces = pieces;
        _userDefined = userDefined;
        _unknown = new(pieces);
        Dictionary<string, int> symbols = new(StringComparer.Ordinal);
        for (int piece = 0; piece < pieces.Count; piece++)
        {
            var (text, _, type) = pieces.Entries[piece];
            if (type is not (PieceType.Normal or PieceType.Unused)) continue;
            if (text.Length > LongestPiece) throw new ModelFormatException($"reading {name}: piece {piece} has {text.Length} characters, more than the {LongestPiece} a piece may have", file);
            int symbol = type == PieceType.Normal ? piece : FirstUnused + piece;
            symbols.Add(text, symbol);
            if (OnlyCharacter(text) is { } rune) _characters.Add(rune.Value, symbol);
        }
        var merges = Merges(symbols);
        _merges = new([.. merges.Select(merge => (merge.Left, merge.Right, merge.Result))], [.. merges.Select(merge => merge.Rank)]);
        _borders = new(_characters.Where(pair => pair.Value < FirstUnused).Select(pair => pair.Key), symbols.Keys);
        foreach (int symbol in symbols.Values)
            if (symbol >= FirstUnused && HalvesOf(symbol) is { } halves) _halves[symbol] = halves;
    }

    static Rune? OnlyCharacter(string text) =>
        Rune.DecodeFromUtf16(text, out var rune, out int length) == System.Buffers.OperationStatus.Done && length == text.Length ? rune : null;

    List<(int Left, int Right, int Result, int Rank)> Merges(Dictionary<string, int> symbols)
    {
        var byText = symbols.GetAlternateLookup<ReadOnlySpan<char>>();
        float[] scores = [.. symbols.Values.Select(symbol => ScoreOf(symbol)).Distinct().OrderDescending()];
        Dictionary<float, int> ranks = scores.Select((score, rank) => (score, rank)).ToDictionary(pair => pair.score, pair => pair.rank);
        List<(int, int, int, int)> merges = [];
        foreach (var (text, symbol) in symbols)
        {
            for (int border = 1; border < text.Length; border++)
            {
                if (char.IsLowSurrogate(text[border])) continue;
                if (Half(text.AsSpan(0, border)) is int left && Half(text.AsSpan(border)) is int right) merges.Add((left, right, symbol, ranks[ScoreOf(symbol)]));
            }
        }
        return merges;

        int? Half(ReadOnlySpan<char> text)
        {
            if (byText.TryGetValue(text, out int symbol)) return symbol;
            return Rune.DecodeFromUtf16(text, out var rune, out int length) == System.Buffers.OperationStatus.Done && length == text.Length ? FirstCharacter + rune.Value : null;
        }
    }

    float ScoreOf(int symbol) => _pieces.Entries[symbol < FirstUnused ? symbol : symbol - FirstUnused].Score;

    /// <summary>The two symbols that merge last when nothing but the piece's own text is encoded.</summary>
    (int, int)? HalvesOf(int symbol)
    {
        List<int> symbols = [.. _pieces.Entries[symbol - FirstUnused].Text.EnumerateRunes().Select(rune => SymbolOf(rune.Value))];
        while (symbols.Count > 2)
        {
            var (best, at) = Enumerable.Range(0, symbols.Count - 1).Select(i => (Merge: _merges.Find(symbols[i], symbols[i + 1]), At: i)).MinBy(pair => pair.Merge.Rank);
            if (best.Rank == MergeTable.NoRank) return null;
            symbols[at] = best.Id;
            symbols.RemoveAt(at + 1);
        }
        return symbols.Count == 2 ? (symbols[0], symbols[1]) : null;
    }

    int SymbolOf(int codePoint) => _characters.TryGetValue(codePoint, out int symbol) ? symbol : FirstCharacter + codePoint;

    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        int start = 0;
        for (int at = 0, length; !_userDefined.IsEmpty && at < word.Length; at += length)
        {
            length = _userDefined.Match(word[at..], out int id);
            if (length == 0)
            {
                length = char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;
                continue;
            }
            EncodeStretch(word[start..at], ids);
            ids.Add(id);
            start = at + length;
        }
        EncodeStretch(word[start..], ids);
    }

    /// <summary>Where no merge can reach across, the text may be cut without changing the result.</summary>
    void EncodeStretch(ReadOnlySpan<char> text, List<int> ids)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = _borders.Next(text, start);
            var word = text[start..end];
            bool keep = word.Length <= WordCache.LongestWord;
            if (keep && _cache.TryAppend(word, ids)) continue;
            int before = ids.Count;
            Merge(word, ids);
            if (keep) _cache.Keep(word, CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    void Merge(ReadOnlySpan<char> word, List<int> ids)
    {
        int[] symbols = new int[word.Length];
        int count = 0;
        foreach (var rune in word.EnumerateRunes()) symbols[count++] = SymbolOf(rune.Value);
        count = PairMerging.Merge(symbols.AsSpan(0, count), _merges);
        bool afterUnknown = false;
        foreach (int symbol in symbols.AsSpan(0, count)) Append(symbol, ref afterUnknown, ids);
    }

    void Append(int symbol, ref bool afterUnknown, List<int> ids)
    {
        if (symbol >= FirstCharacter)
        {
            Span<char> units = stackalloc char[2];
            _unknown.Append(units[..new Rune(symbol - FirstCharacter).EncodeToUtf16(units)], afterUnknown, ids);
            afterUnknown = true;
            return;
        }
        if (symbol >= FirstUnused && _halves.TryGetValue(symbol, out var halves))
        {
            Append(halves.Left, ref afterUnknown, ids);
            Append(halves.Right, ref afterUnknown, ids);
            return;
        }
        ids.Add(_pieces.FirstId + (symbol < FirstUnused ? symbol : symbol - FirstUnused));
        afterUnknown = false;
    }
}

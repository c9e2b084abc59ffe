using System.Runtime.InteropServices;
using System.Text;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>What a BPE section says beside vocabulary and merges.</summary>
sealed record BytePairOptions
{
    public string? UnknownToken { get; init; }
    public string ContinuingSubwordPrefix { get; init; } = "";
    public string EndOfWordSuffix { get; init; } = "";
    public bool FuseUnknown { get; init; }
    public bool ByteFallback { get; init; }
    public bool IgnoreMerges { get; init; }

    /// <summary>Words come as they are, and their UTF-8 bytes are looked up in the byte alphabet.</summary>
    public bool ByteLevel { get; init; }
}

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016; on bytes: Radford et al. 2019). A word becomes its characters or bytes, then pairs
/// merge by rank.
/// </summary>
sealed class BytePairEncoding : TokenModel
{
    readonly MergeTable _merges;
    readonly BytePairOptions _options;
    readonly WordCache _cache = new();
    readonly WordBorders? _borders;
    readonly int?[] _fallback = new int?[256];
    readonly int?[] _middleBytes = new int?[256];
    readonly bool _affixes;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">In order of rank, unless ranks are given.</param>
    /// <param name="options">All else.</param>
    /// <param name="ranks">The rank of each merge: see <see cref="MergeTable"/>.</param>
    public BytePairEncoding(Vocabulary vocabulary, IReadOnlyList<(int Left, int Right, int Result)> merges, BytePairOptions options, IReadOnlyList<int>? ranks = null) : base(vocabulary)
    {
        _merges = new(merges, ranks);
        _options = options;
        _affixes = options.ContinuingSubwordPrefix.Length + options.EndOfWordSuffix.Length > 0;
        for (int value = 0; value < 256; value++)
        {
            _fallback[value] = vocabulary.IdOf($"<0x{value:X2}>");
            _middleBytes[value] = vocabulary.IdOf([ByteAlphabet.Characters[value]]);
        }
        if (!_affixes && !options.ByteLevel) _borders = new(WordBorders.CharactersOf(vocabulary), merges.Select(merge => vocabulary.TokenOf(merge.Result)!));
    }

    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_options.IgnoreMerges && WholeWord(word) is int id)
        {
            ids.Add(id);
            return;
        }
        if (_borders is null)
        {
            EncodeCached(word, ids);
            return;
        }
        // Without a pre-tokenizer a word can be the whole text; where no merge can reach across, it may be cut without changing the result.
        int start = 0;
        while (start < word.Length)
        {
            int end = _borders.Next(word, start);
            EncodeCached(word[start..end], ids);
            start = end;
        }
    }

    int? WholeWord(ReadOnlySpan<char> word)
    {
        if (word.Length > Vocabulary.LongestToken) return null;
        return _options.ByteLevel ? Vocabulary.IdOf(ByteAlphabet.Spell(word)) : Vocabulary.IdOf(word);
    }

    void EncodeCached(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > WordCache.LongestWord)
        {
            EncodeByMerging(word, ids);
            return;
        }
        if (_cache.TryAppend(word, ids)) return;
        int before = ids.Count;
        EncodeByMerging(word, ids);
        _cache.Keep(word, CollectionsMarshal.AsSpan(ids)[before..]);
    }

    void EncodeByMerging(ReadOnlySpan<char> word, List<int> ids)
    {
        int before = ids.Count;
        if (_options.ByteLevel) AppendBytes(word, ids);
        else AppendCharacters(word, ids);
        var symbols = CollectionsMarshal.AsSpan(ids)[before..];
        int count = PairMerging.Merge(symbols, _merges);
        ids.RemoveRange(before + count, symbols.Length - count);
    }

    void AppendBytes(ReadOnlySpan<char> word, List<int> ids)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(word.Length)];
        int count = Encoding.UTF8.GetBytes(word, bytes);
        int before = ids.Count;
        if (!_affixes)
        {
            int i = 0;
            while (i < count && _middleBytes[bytes[i]] is int id)
            {
                ids.Add(id);
                i++;
            }
            if (i == count) return;
            ids.RemoveRange(before, ids.Count - before);
        }
        // Affixes, or a byte that is not in the vocabulary: the byte alphabet as text.
        AppendCharacters(ByteAlphabet.Spell(word), ids);
    }

    void AppendCharacters(ReadOnlySpan<char> word, List<int> ids)
    {
        int unknown = -1;
        for (int at = 0, length; at < word.Length; at += length)
        {
            length = char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;
            var character = word.Slice(at, length);
            string? affixed = null;
            if (_affixes)
            {
                affixed = character.ToString();
                if (at > 0) affixed = _options.ContinuingSubwordPrefix + affixed;
                if (at + length == word.Length) affixed += _options.EndOfWordSuffix;
                character = affixed;
            }

            if (Vocabulary.TryGetId(character, out int id))
            {
                if (unknown >= 0) ids.Add(unknown);
                unknown = -1;
                ids.Add(id);
            }
            else if (!(_options.ByteFallback && TryAppendFallback(character, ids)) && _options.UnknownToken is not null)
            {
                // A pending unknown waits for the next known character: neighbours may fuse with it.
                if (unknown >= 0 && !_options.FuseUnknown) ids.Add(unknown);
                unknown = UnknownId(_options.UnknownToken, "unk_token");
            }
        }
        if (unknown >= 0) ids.Add(unknown);
    }

    bool TryAppendFallback(ReadOnlySpan<char> character, List<int> ids)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(character.Length)];
        int count = Encoding.UTF8.GetBytes(character, bytes);
        foreach (byte value in bytes.AsSpan(0, count))
            if (_fallback[value] is null) return false;
        foreach (byte value in bytes.AsSpan(0, count)) ids.Add(_fallback[value]!.Value);
        return true;
    }
}

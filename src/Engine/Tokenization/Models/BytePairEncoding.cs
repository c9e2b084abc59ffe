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
    readonly WordBorders? _borders;

    /// <summary>Words as they come, and the parts that they are cut into. A part is never looked up whole, so where words are, the two differ.</summary>
    readonly WordCache _words = new(), _parts;

    readonly int?[] _fallback = new int?[256];

    /// <summary>Byte → its token in the middle of a word, or -1.</summary>
    readonly int[] _middleBytes = new int[256];
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
            _middleBytes[value] = vocabulary.IdOf([ByteAlphabet.Characters[value]]) ?? -1;
        }
        _parts = options.IgnoreMerges ? new() : _words;
        if (!_affixes && !options.ByteLevel) _borders = new(WordBorders.CharactersOf(vocabulary), merges.Select(merge => vocabulary.TokenOf(merge.Result)!));
    }

    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_borders is not null && !_options.IgnoreMerges)
        {
            EncodeParts(word, ids);
            return;
        }
        bool keep = word.Length <= WordCache.LongestWord;
        if (keep && _words.TryAppend(word, ids)) return;
        int before = ids.Count;
        if (_options.IgnoreMerges && WholeWord(word) is int id) ids.Add(id);
        else if (_borders is null) EncodeByMerging(word, ids);
        else EncodeParts(word, ids);
        if (keep) _words.Keep(word, CollectionsMarshal.AsSpan(ids)[before..]);
    }

    /// <summary>Without a pre-tokenizer a word can be the whole text; where no merge can reach across, it may be cut without changing the result.</summary>
    void EncodeParts(ReadOnlySpan<char> word, List<int> ids)
    {
        for (int start = 0, end; start < word.Length; start = end)
        {
            end = _borders!.Next(word, start);
            var part = word[start..end];
            bool keep = part.Length <= WordCache.LongestWord;
            if (keep && _parts.TryAppend(part, ids)) continue;
            int before = ids.Count;
            EncodeByMerging(part, ids);
            if (keep) _parts.Keep(part, CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    int? WholeWord(ReadOnlySpan<char> word)
    {
        if (word.Length > Vocabulary.LongestToken) return null;
        return _options.ByteLevel ? Vocabulary.IdOf(ByteAlphabet.Spell(word)) : Vocabulary.IdOf(word);
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
        int most = Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> bytes = word.Length <= WordCache.LongestWord ? stackalloc byte[most] : new byte[most];
        bytes = bytes[..Encoding.UTF8.GetBytes(word, bytes)];
        if (!_affixes)
        {
            int before = ids.Count;
            CollectionsMarshal.SetCount(ids, before + bytes.Length);
            var symbols = CollectionsMarshal.AsSpan(ids)[before..];
            int known = 0;
            while (known < bytes.Length && (symbols[known] = _middleBytes[bytes[known]]) >= 0) known++;
            if (known == bytes.Length) return;
            CollectionsMarshal.SetCount(ids, before);
        }
        // Affixes, or a byte that is not in the vocabulary: the byte alphabet as text.
        AppendCharacters(ByteAlphabet.Spell(bytes), ids);
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

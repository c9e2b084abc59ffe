using System.Text;

namespace Juxta.Engine.Tokenization.Models;

/// <summary>
/// The unigram language model (Kudo 2018): of all ways to cut a word into tokens the one with the highest sum of log-probabilities.
/// Among equals the first found wins: the cut whose last token begins furthest left.
/// </summary>
sealed class Unigram : TokenModel
{
    /// <summary>A character without a token costs this much more than the least likely token.</summary>
    const double UnknownPenalty = 10;

    readonly double[] _scores;
    readonly int? _unknown;
    readonly double _unknownScore;
    readonly int?[] _fallback = new int?[256];
    readonly bool _byteFallback;
    readonly Trie _trie = new();

    public Unigram(Vocabulary vocabulary, double[] scores, int? unknown, bool byteFallback) : base(vocabulary)
    {
        _scores = scores;
        _unknown = unknown;
        _unknownScore = (scores.Length == 0 ? 0 : scores.Min()) - UnknownPenalty;
        _byteFallback = byteFallback;
        foreach (var (token, id) in vocabulary.Entries) _trie.Add(token, id);
        for (int value = 0; value < 256; value++) _fallback[value] = vocabulary.IdOf($"<0x{value:X2}>");
    }

    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        // For each position: the best path that ends there, as its last token and where that begins.
        var best = new (double Score, int Start, int Id)[word.Length + 1];
        for (int i = 1; i <= word.Length; i++) best[i].Start = -1;

        for (int at = 0, length; at < word.Length; at += length)
        {
            length = char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;
            bool single = false;
            int node = Trie.Root;
            for (int end = at; end < word.Length && (node = _trie.Step(node, word[end])) >= 0;)
            {
                end++;
                if (_trie.ValueAt(node) is not (>= 0 and var id)) continue;
                Offer(best, at, end, id, _scores[id]);
                single |= end - at == length;
            }
            if (!single) Offer(best, at, at + length, _unknown ?? UnknownId(null, "unk_id"), _unknownScore);
        }
        Append(word, best, ids);
    }

    static void Offer((double Score, int Start, int Id)[] best, int start, int end, int id, double score)
    {
        double total = best[start].Score + score;
        if (best[end].Start < 0 || total > best[end].Score) best[end] = (total, start, id);
    }

    void Append(ReadOnlySpan<char> word, (double Score, int Start, int Id)[] best, List<int> ids)
    {
        List<(int Start, int End, int Id)> path = [];
        for (int end = word.Length; end > 0; end = best[end].Start)
        {
            var (_, start, id) = best[end];
            // Neighbouring unknowns are one.
            if (id == _unknown && path.Count > 0 && path[^1].Id == _unknown) path[^1] = (start, path[^1].End, id);
            else path.Add((start, end, id));
        }
        for (int i = path.Count - 1; i >= 0; i--)
        {
            var (start, end, id) = path[i];
            // What was fused may be a token after all.
            if (Vocabulary.IdOf(word[start..end]) is int exact) ids.Add(exact);
            else if (!(_byteFallback && TryAppendFallback(word[start..end], ids))) ids.Add(id);
        }
    }

    bool TryAppendFallback(ReadOnlySpan<char> text, List<int> ids)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        if (!Array.TrueForAll(bytes, value => _fallback[value] is not null)) return false;
        foreach (byte value in bytes) ids.Add(_fallback[value]!.Value);
        return true;
    }
}

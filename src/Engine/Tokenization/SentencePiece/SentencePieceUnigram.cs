using Juxta.Engine.Tokenization.Models;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// SentencePiece's unigram language model (Kudo 2018): of all ways to cut a text into pieces the one with the highest sum of log-probabilities. Sums are
/// rounded to f32 after each piece, as the program does, so that near ties fall the same way. It differs from tokenizer.json's <see cref="Unigram"/> in
/// that rounding, in user-defined and unused pieces, and in that neighbouring unknowns are not looked up once more.
/// </summary>
sealed class SentencePieceUnigram : TokenModel
{
    /// <summary>A character without a piece costs this much more than the least likely piece.</summary>
    const float UnknownPenalty = 10;

    readonly Trie _trie = new();
    readonly double[] _scores;
    readonly float _unknownScore;
    readonly UnknownText _unknown;
    readonly int _firstId;

    public SentencePieceUnigram(Vocabulary vocabulary, PieceTable pieces) : base(vocabulary)
    {
        _firstId = pieces.FirstId;
        _unknown = new(pieces);
        _scores = new double[pieces.Count];
        // Over normal pieces alone. The program starts the maximum at the smallest positive number, so all-negative scores leave it there.
        float least = float.MaxValue, most = 1.17549435e-38f;
        foreach (var (_, score, type) in pieces.Entries)
            if (type == PieceType.Normal) (least, most) = (Math.Min(least, score), Math.Max(most, score));
        _unknownScore = least - UnknownPenalty;
        for (int piece = 0; piece < pieces.Count; piece++)
        {
            var (text, score, type) = pieces.Entries[piece];
            if (type is not (PieceType.Normal or PieceType.UserDefined)) continue;
            _scores[piece] = type == PieceType.UserDefined ? System.Text.Encoding.UTF8.GetByteCount(text) * most - 0.1 : score;
            _trie.Add(text, piece);
        }
    }

    /// <summary>The best path that ends at a place: its score, and its last piece with where that begins. A start of -1 means that none is known yet.</summary>
    record struct PathEnd(float Score, int Start, int Piece);

    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var best = new PathEnd[word.Length + 1];
        for (int i = 1; i <= word.Length; i++) best[i].Start = -1;
        for (int at = 0, length; at < word.Length; at += length)
        {
            length = char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;
            float before = best[at].Score;
            bool single = false;
            int node = Trie.Root;
            for (int end = at; end < word.Length && (node = _trie.Step(node, word[end])) >= 0;)
            {
                end++;
                if (_trie.ValueAt(node) is not (>= 0 and var piece)) continue;
                double score = _scores[piece] + before;
                if (best[end].Start < 0 || score > best[end].Score) best[end] = new((float)score, at, piece);
                single |= end - at == length;
            }
            if (single) continue;
            float unknown = _unknownScore + before;
            if (best[at + length].Start < 0 || unknown > best[at + length].Score) best[at + length] = new(unknown, at, -1);
        }
        Append(word, best, ids);
    }

    void Append(ReadOnlySpan<char> word, PathEnd[] best, List<int> ids)
    {
        // From the end to the start, then turned round: the place of a path's beginning is stored in the node of its end.
        int count = 0;
        for (int end = word.Length; end > 0; end = best[end].Start) count++;
        Span<int> ends = count <= 256 ? stackalloc int[count] : new int[count];
        for (int end = word.Length; end > 0; end = best[end].Start) ends[--count] = end;
        bool afterUnknown = false;
        foreach (int end in ends)
        {
            var (_, start, piece) = best[end];
            if (piece >= 0) ids.Add(_firstId + piece);
            else _unknown.Append(word[start..end], afterUnknown, ids);
            afterUnknown = piece < 0;
        }
    }
}

namespace Juxta.Training.Vocabularies;

/// <summary>
/// Learns merges as byte pair encoding does (Gage 1994; Sennrich et al. 2016): the pair of neighbours that occurs most often over all words becomes one symbol,
/// again and again. Of equally frequent pairs the one with the smaller left symbol is taken, then the smaller right one, so the same words give the same merges.
/// Counts are kept up to date by visiting only the words that hold the merged pair.
/// </summary>
internal sealed class BytePairTrainer
{
    readonly List<Word> _words = [];
    readonly Dictionary<(int Left, int Right), long> _counts = [];
    readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
    readonly PriorityQueue<(int Left, int Right), (long NegatedCount, int Left, int Right)> _candidates = new();

    /// <param name="words">Words as symbols, each with how often it occurs.</param>
    public BytePairTrainer(IEnumerable<(int[] Symbols, long Count)> words)
    {
        foreach ((int[] symbols, long count) in words)
        {
            if (symbols.Length < 2) continue;
            _words.Add(new Word([.. symbols], count));
            for (int i = 0; i + 1 < symbols.Length; i++) Add((symbols[i], symbols[i + 1]), count, _words.Count - 1);
        }
        foreach (((int, int) pair, _) in _counts) Offer(pair);
    }

    /// <summary>The next merge as a new symbol, or null when no pair occurs <paramref name="least"/> times.</summary>
    public (int Left, int Right)? Merge(int symbol, long least)
    {
        while (_candidates.TryDequeue(out (int Left, int Right) pair, out (long NegatedCount, int, int) rank))
        {
            // A count that changed since was offered anew.
            if (_counts.GetValueOrDefault(pair) != -rank.NegatedCount) continue;
            if (-rank.NegatedCount < Math.Max(1, least)) return null;
            Apply(pair, symbol);
            return pair;
        }
        return null;
    }

    void Apply((int Left, int Right) pair, int symbol)
    {
        var changed = new HashSet<(int, int)>();
        foreach (int index in _places[pair].Order().ToArray())
        {
            Word word = _words[index];
            for (int i = 0; i + 1 < word.Symbols.Count; i++)
            {
                if (word.Symbols[i] != pair.Left || word.Symbols[i + 1] != pair.Right) continue;
                if (i > 0)
                {
                    Change((word.Symbols[i - 1], pair.Left), -word.Count, index);
                    Change((word.Symbols[i - 1], symbol), word.Count, index);
                }
                if (i + 2 < word.Symbols.Count)
                {
                    Change((pair.Right, word.Symbols[i + 2]), -word.Count, index);
                    Change((symbol, word.Symbols[i + 2]), word.Count, index);
                }
                word.Symbols[i] = symbol;
                word.Symbols.RemoveAt(i + 1);
            }
        }
        _counts.Remove(pair);
        _places.Remove(pair);
        foreach ((int, int) other in changed.Where(_counts.ContainsKey)) Offer(other);

        void Change((int, int) neighbours, long by, int index)
        {
            Add(neighbours, by, index);
            changed.Add(neighbours);
        }
    }

    void Add((int, int) pair, long count, int word)
    {
        _counts[pair] = _counts.GetValueOrDefault(pair) + count;
        if (count < 0) return;
        if (!_places.TryGetValue(pair, out HashSet<int>? places)) _places[pair] = places = [];
        places.Add(word);
    }

    void Offer((int Left, int Right) pair) => _candidates.Enqueue(pair, (-_counts[pair], pair.Left, pair.Right));

    readonly record struct Word(List<int> Symbols, long Count);
}

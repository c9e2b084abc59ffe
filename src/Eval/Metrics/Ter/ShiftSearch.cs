namespace Juxta.Eval.Metrics.Ter;

/// <summary>
/// tercom's greedy search for shifts: as long as moving one run of words (at most 10, by at most 50) lowers the edit distance, the best such move is made
/// and costs one edit. The limits, the order in which moves are tried and what is preferred among equals follow sacreBLEU 2.6.0.
/// </summary>
internal sealed class ShiftSearch
{
    const int LongestShift = 10, FarthestShift = 50, MostCandidates = 1000;

    readonly BeamEditDistance _distance = new();
    readonly List<Edit> _trace = [];
    int[] _words = [], _shifted = [], _best = [];
    int[] _alignment = [], _hypothesisErrors = [], _referenceErrors = []; // errors before each position

    /// <summary>Shifts and edits from the hypothesis to the reference.</summary>
    public int Edits(ReadOnlySpan<int> hypothesis, ReadOnlySpan<int> reference)
    {
        if (reference.IsEmpty) return hypothesis.Length;
        int length = hypothesis.Length;
        if (_words.Length < length) (_words, _shifted, _best, _hypothesisErrors) = (new int[length * 2], new int[length * 2], new int[length * 2], new int[length * 2 + 1]);
        if (_alignment.Length < reference.Length) (_alignment, _referenceErrors) = (new int[reference.Length * 2], new int[reference.Length * 2 + 1]);
        hypothesis.CopyTo(_words);
        Span<int> words = _words.AsSpan(0, length);
        _distance.Start(reference, length);
        int shifts = 0, candidates = 0, distance = _distance.Trace(words, _trace);
        while (distance > 0)
        {
            int gain = BestShift(words, reference, distance, ref candidates);
            if (candidates >= MostCandidates || gain <= 0) break;
            shifts++;
            _best.AsSpan(0, length).CopyTo(words);
            distance = _distance.Trace(words, _trace);
        }
        return shifts + distance;
    }

    /// <summary>Tries all moves; leaves the words after the best one in <c>_best</c> and returns by how much it lowers the distance.</summary>
    int BestShift(ReadOnlySpan<int> words, ReadOnlySpan<int> reference, int distance, ref int candidates)
    {
        Align();
        (int Gain, int Length, int Start, int Target)? best = null;
        for (int start = 0; start < words.Length; start++)
        {
            int end = Math.Min(reference.Length, start + FarthestShift + 1);
            for (int from = Math.Max(0, start - FarthestShift); from < end; from++)
            {
                if (words[start] != reference[from]) continue;
                int longest = Math.Min(LongestShift, Math.Min(words.Length - start, reference.Length - from));
                for (int length = 1; length <= longest && words[start + length - 1] == reference[from + length - 1]; length++)
                {
                    bool wrong = _hypothesisErrors[start + length] > _hypothesisErrors[start] && _referenceErrors[from + length] > _referenceErrors[from];
                    if (!wrong || (_alignment[from] >= start && _alignment[from] < start + length)) continue;
                    Try(words, reference.Length, distance, start, from, length, ref best, ref candidates);
                    if (candidates >= MostCandidates) return best?.Gain ?? 0;
                }
            }
        }
        return best?.Gain ?? 0;
    }

    /// <summary>Moves one run behind each of the places that its target words are aligned to.</summary>
    void Try(ReadOnlySpan<int> words, int referenceLength, int distance, int start, int from, int length, ref (int Gain, int Length, int Start, int Target)? best, ref int candidates)
    {
        Span<int> shifted = _shifted.AsSpan(0, words.Length);
        int previous = -1;
        for (int offset = -1; offset < length; offset++)
        {
            int position = from + offset;
            if (position >= referenceLength) break;
            int target = position == -1 ? 0 : _alignment[position] + 1;
            if (target == previous) continue;
            previous = target;
            Move(words, start, length, target, shifted);
            (int, int, int, int) candidate = (distance - _distance.Distance(shifted, Math.Min(start, target)), length, -start, -target);
            candidates++;
            if (best is { } known && candidate.CompareTo(known) <= 0) continue;
            best = candidate;
            shifted.CopyTo(_best);
        }
    }

    static void Move(ReadOnlySpan<int> words, int start, int length, int target, Span<int> moved)
    {
        words.CopyTo(moved);
        if (target < start)
        {
            words.Slice(start, length).CopyTo(moved[target..]);
            words[target..start].CopyTo(moved[(target + length)..]);
            return;
        }
        int end = target > start + length ? target : Math.Min(length + target, words.Length);
        words[(start + length)..end].CopyTo(moved[start..]);
        words.Slice(start, length).CopyTo(moved[(end - length)..]);
    }

    /// <summary>Reads alignment and errors off the trace, in which insertion and deletion change places (tercom edits the reference into the hypothesis).</summary>
    void Align()
    {
        int hypothesis = 0, reference = 0;
        foreach (Edit edit in _trace)
        {
            int error = edit == Edit.Match ? 0 : 1;
            if (edit != Edit.Insert)
            {
                _hypothesisErrors[hypothesis + 1] = _hypothesisErrors[hypothesis] + error;
                hypothesis++;
            }
            if (edit == Edit.Delete) continue;
            _alignment[reference] = hypothesis - 1;
            _referenceErrors[reference + 1] = _referenceErrors[reference] + error;
            reference++;
        }
    }
}

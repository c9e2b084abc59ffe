namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// ROUGE-Lsum: for each sentence (line) of the reference, the union over the answer's sentences of the positions that a longest common subsequence hits;
/// a token counts only while both texts as wholes have some of it left.
/// </summary>
internal sealed class SummaryUnion(CommonSubsequence subsequence)
{
    int[] _left = [];
    bool[] _hit = [];

    /// <param name="different">Number of different tokens in both.</param>
    public RougeValue Compare(RougeText reference, RougeText candidate, int different)
    {
        ReadOnlySpan<int> expected = reference.Ids.Span, said = candidate.Ids.Span;
        if (expected.IsEmpty || said.IsEmpty) return default;
        // Of one sentence each the union is one subsequence, and both texts have all of it.
        int hits = reference.LineEnds.Count == 1 && candidate.LineEnds.Count == 1 ? subsequence.Length(expected, said) : Hits(reference, candidate, different);
        return RougeValue.Of(hits, said.Length, expected.Length);
    }

    int Hits(RougeText reference, RougeText candidate, int different)
    {
        ReadOnlySpan<int> expected = reference.Ids.Span, said = candidate.Ids.Span;
        if (_left.Length < 2 * different) _left = new int[2 * different];
        if (_hit.Length < expected.Length) _hit = new bool[expected.Length];
        Span<int> leftInReference = _left.AsSpan(0, different), leftInCandidate = _left.AsSpan(different, different);
        leftInReference.Clear();
        leftInCandidate.Clear();
        foreach (int id in expected) leftInReference[id]++;
        foreach (int id in said) leftInCandidate[id]++;
        int hits = 0, start = 0;
        foreach (int end in reference.LineEnds.Span)
        {
            ReadOnlySpan<int> sentence = expected[start..end];
            Span<bool> hit = _hit.AsSpan(0, sentence.Length);
            hit.Clear();
            int from = 0;
            foreach (int to in candidate.LineEnds.Span)
            {
                subsequence.Mark(sentence, said[from..to], hit);
                from = to;
            }
            for (int i = 0; i < sentence.Length; i++)
            {
                int id = sentence[i];
                if (!hit[i] || leftInReference[id] == 0 || leftInCandidate[id] == 0) continue;
                hits++;
                leftInReference[id]--;
                leftInCandidate[id]--;
            }
            start = end;
        }
        return hits;
    }
}

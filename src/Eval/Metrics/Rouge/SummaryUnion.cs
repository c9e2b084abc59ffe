using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// ROUGE-Lsum: for each sentence (line) of the reference, the union over the answer's sentences of the positions that a longest common subsequence hits;
/// a token counts only while both texts as wholes have some of it left.
/// </summary>
internal static class SummaryUnion
{
    public static RougeValue Compare(string reference, string candidate, RougeTokens tokens, CommonSubsequence subsequence)
    {
        List<int[]> references = Sentences(reference, tokens), candidates = Sentences(candidate, tokens);
        int referenceCount = references.Sum(s => s.Length), candidateCount = candidates.Sum(s => s.Length);
        if (referenceCount == 0 || candidateCount == 0) return default;
        int most = references.Concat(candidates).Max(s => s.Length == 0 ? 0 : s.Max()) + 1;
        int[] leftInReference = new int[most], leftInCandidate = new int[most];
        foreach (int[] sentence in references) foreach (int id in sentence) leftInReference[id]++;
        foreach (int[] sentence in candidates) foreach (int id in sentence) leftInCandidate[id]++;
        int hits = 0;
        foreach (int[] sentence in references)
        {
            var hit = new bool[sentence.Length];
            foreach (int[] other in candidates) subsequence.Mark(sentence, other, hit);
            for (int i = 0; i < sentence.Length; i++)
            {
                int id = sentence[i];
                if (!hit[i] || leftInReference[id] == 0 || leftInCandidate[id] == 0) continue;
                hits++;
                leftInReference[id]--;
                leftInCandidate[id]--;
            }
        }
        return RougeValue.Of(hits, candidateCount, referenceCount);
    }

    static List<int[]> Sentences(string text, RougeTokens tokens)
    {
        var sentences = new List<int[]>();
        var ids = new IdList();
        foreach (Range line in text.AsSpan().Split('\n'))
        {
            if (line.Start.Equals(line.End)) continue;
            ids.Clear();
            tokens.Read(text.AsSpan(line), ids);
            sentences.Add(ids.Span.ToArray());
        }
        return sentences;
    }
}

using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// ROUGE as the Python packages `rouge` 1.0.1 and `rouge_chinese` 1.0.3 count it: n-grams as sets, so that a text that goes on repeating itself loses no
/// precision (with <c>exclusive: false</c> they count with repeats). Words lie between white space.
/// </summary>
internal sealed class SetRouge(bool chinese, bool exclusive)
{
    readonly CharBuffer _buffer = new();
    readonly WordIds _ids = new();
    readonly NgramTrie _ngrams = new(), _others = new();
    readonly CommonSubsequence _subsequence = new();
    List<int[]> _candidate = [], _reference = [];
    int[] _candidateWords = [], _referenceWords = [];

    /// <summary>
    /// Takes two texts for the calls of <see cref="Compare"/> to come. False where one has no sentence: the packages then stop with a ValueError.
    /// </summary>
    public bool Read(string candidate, string reference)
    {
        _buffer.Clear();
        _ids.Clear();
        _candidate = Sentences(candidate);
        _reference = Sentences(reference);
        _candidateWords = [.. _candidate.SelectMany(s => s)];
        _referenceWords = [.. _reference.SelectMany(s => s)];
        return _candidate.Count > 0 && _reference.Count > 0;
    }

    /// <summary>ROUGE-N, or ROUGE-L for order 0.</summary>
    public RougeValue Compare(int order)
    {
        if (order > 0) return CompareNgrams(order);
        if (chinese)
            return RougeValue.WithEpsilon(_subsequence.Length(_referenceWords, _candidateWords), _candidateWords.Length, _referenceWords.Length);
        return CompareUnion();
    }

    RougeValue CompareNgrams(int order)
    {
        if (exclusive)
        {
            int ofReference = _ngrams.Distinct(_referenceWords, order);
            int shared = _ngrams.DistinctShared(_candidateWords, order);
            return RougeValue.WithEpsilon(shared, _others.Distinct(_candidateWords, order), ofReference);
        }
        Span<double> matches = stackalloc double[order];
        matches.Clear();
        _ngrams.Clear();
        _ngrams.Add(_referenceWords, order);
        _ngrams.CountMatches(_candidateWords, matches);
        return RougeValue.WithEpsilon(matches[^1], Math.Max(0, _candidateWords.Length - order + 1), Math.Max(0, _referenceWords.Length - order + 1));
    }

    /// <summary>The `rouge` package's summary-level L: words that any reference sentence's longest common subsequence with any sentence of the answer uses.</summary>
    RougeValue CompareUnion()
    {
        var union = new HashSet<int>();
        int hits = 0;
        foreach (int[] sentence in _reference)
        {
            foreach (int[] other in _candidate)
            {
                var hit = new bool[sentence.Length];
                _subsequence.Mark(sentence, other, hit, leftOnTie: true);
                for (int i = 0; i < hit.Length; i++)
                {
                    if (!hit[i]) continue;
                    hits++;
                    union.Add(sentence[i]);
                }
            }
        }
        return exclusive
            ? RougeValue.WithEpsilon(union.Count, _candidateWords.Distinct().Count(), _referenceWords.Distinct().Count())
            : RougeValue.WithEpsilon(hits, _candidateWords.Length, _referenceWords.Length);
    }

    List<int[]> Sentences(string text)
    {
        var sentences = new List<int[]>();
        var ids = new IdList();
        foreach (string sentence in chinese ? ChineseSentences.Split(text) : text.Split('.'))
        {
            if (sentence.Length == 0) continue;
            ids.Clear();
            int start = _buffer.Length;
            _buffer.Append(sentence);
            ReadOnlySpan<char> all = _buffer.Span;
            WordSpans words = PythonText.Words(all[start..]);
            while (words.MoveNext()) ids.Add(_ids.Of(all, start + words.Start, words.Current.Length));
            if (ids.Count == 0) ids.Add(_ids.Of(all, start, 0)); // a blank sentence is one empty word there
            sentences.Add(ids.Span.ToArray());
        }
        return sentences;
    }
}

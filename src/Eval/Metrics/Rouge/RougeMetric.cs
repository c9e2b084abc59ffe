using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// ROUGE-N, -L and -Lsum (Lin 2004) as Google's rouge_score computes them, 0 to 1. The score of a corpus is the mean of the answers' F-scores; of several
/// references the one with the highest F counts. Statistics: precision, recall, F, answers. Chinese text has no tokens here and scores 0: take
/// <see cref="ChineseRougeMetric"/>.
/// </summary>
internal sealed class RougeMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("use_stemmer", OptionKind.Flag, false, "compare stems (Porter with NLTK's extensions) of words longer than three letters"),
    ];

    readonly RougeVariant _variant;
    readonly bool _stem;

    public RougeMetric(RougeVariant variant, MetricOptions options)
    {
        _variant = variant;
        _stem = options.Flag("use_stemmer");
        Signature = new MetricSignature("rouge_score-0.1.2", new("type", "t", variant.ToString()), new("stem", "st", _stem), new("agg", "a", "mean"));
    }

    public string Name => _variant.ToString();

    public MetricSignature Signature { get; }

    public bool SplitsChinese => false;

    public int StatisticsLength => 4;

    public int Decimals => 4;

    public double Score(ReadOnlySpan<double> sums) => sums[3] > 0 ? sums[2] / sums[3] : 0;

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums)
    {
        double answers = Math.Max(1, sums[3]);
        return [new("precision", sums[0] / answers), new("recall", sums[1] / answers), new("fmeasure", sums[2] / answers)];
    }

    public void Count(Answer answer, Span<double> statistics)
    {
        Workspace work = _stem ? t_stemming ??= new Workspace(stem: true) : t_plain ??= new Workspace(stem: false);
        work.Texts.Read(answer);
        RougeValue best = default;
        for (int k = 0; k < work.Texts.References.Length; k++)
        {
            RougeText reference = work.Texts.References[k], candidate = work.Texts.Candidate;
            RougeValue value = _variant.Summary
                ? work.Union.Compare(reference, candidate, work.Texts.Different)
                : Compare(reference.Ids.Span, candidate.Ids.Span, _variant.Order, work.Ngrams, work.Subsequence);
            if (k == 0 || value.F > best.F) best = value;
        }
        best.Write(statistics);
        statistics[3] = 1;
    }

    /// <summary>Clipped n-gram overlap, or the longest common subsequence for order 0.</summary>
    public static RougeValue Compare(ReadOnlySpan<int> reference, ReadOnlySpan<int> candidate, int order, NgramTrie ngrams, CommonSubsequence subsequence)
    {
        if (order == 0) return RougeValue.Of(subsequence.Length(reference, candidate), candidate.Length, reference.Length);
        Span<double> matches = stackalloc double[order];
        matches.Clear();
        ngrams.Clear();
        ngrams.Add(reference, order);
        ngrams.CountMatches(candidate, matches);
        return RougeValue.Of(matches[^1], Math.Max(0, candidate.Length - order + 1), Math.Max(0, reference.Length - order + 1));
    }

    sealed class Workspace
    {
        public readonly RougeTexts Texts;
        public readonly NgramTrie Ngrams = new();
        public readonly CommonSubsequence Subsequence = new();
        public readonly SummaryUnion Union;

        public Workspace(bool stem)
        {
            Texts = new RougeTexts(stem);
            Union = new SummaryUnion(Subsequence);
        }
    }

    [ThreadStatic]
    static Workspace? t_plain;

    [ThreadStatic]
    static Workspace? t_stemming;
}

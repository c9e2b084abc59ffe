using Juxta.Eval.Text;
using Juxta.Eval.Tokenizers;

namespace Juxta.Eval.Metrics.Ter;

/// <summary>
/// Translation edit rate (Snover et al. 2006) as sacreBLEU 2.6.0 computes it after tercom: insertions, deletions, substitutions and shifts per 100 words of
/// the reference; may exceed 100. Statistics: edits, reference length. Of several references the fewest edits and the mean length count.
/// </summary>
internal sealed class TerMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("normalized", OptionKind.Flag, false, "split punctuation from words first"),
        new("no_punct", OptionKind.Flag, false, "remove punctuation"),
        new("asian_support", OptionKind.Flag, false, "with normalized, split ideographs; with no_punct, remove East Asian punctuation too"),
        new("case_sensitive", OptionKind.Flag, false, "case matters"),
    ];

    readonly TercomNormalizer _normalizer;

    public TerMetric(MetricOptions options)
    {
        _normalizer = new TercomNormalizer(options.Flag("normalized"), options.Flag("no_punct"), options.Flag("asian_support"), options.Flag("case_sensitive"));
        Signature = new MetricSignature(
            "2.6.0", new("case", "c", _normalizer.CaseSensitive ? "mixed" : "lc"), new("tok", "t", "tercom"), new("norm", "nr", _normalizer.Normalized),
            new("punct", "pn", !_normalizer.NoPunctuation), new("asian", "as", _normalizer.AsianSupport));
    }

    public string Name => "TER";

    public MetricSignature Signature { get; }

    public bool SplitsChinese => _normalizer is { Normalized: true, AsianSupport: true };

    public bool HigherIsBetter => false;

    public int StatisticsLength => 2;

    /// <summary>sacreBLEU sums the resampled statistics in single precision and divides them so.</summary>
    public SingleScore ResampledScore => sums => 100 * (double)(sums[1] > 0 ? sums[0] / sums[1] : sums[0] > 0 ? 1f : 0f);

    public double Score(ReadOnlySpan<double> sums) => 100 * (sums[1] > 0 ? sums[0] / sums[1] : sums[0] > 0 ? 1 : 0);

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums) => [new("num_edits", sums[0]), new("ref_length", sums[1])];

    public void Count(Answer answer, Span<double> statistics)
    {
        Workspace work = t_work ??= new Workspace();
        work.Text.Clear();
        Read(answer.Text, work, work.Hypothesis);
        long edits = long.MaxValue, lengths = 0;
        foreach (string reference in answer.References)
        {
            Read(reference, work, work.Reference);
            edits = Math.Min(edits, work.Search.Edits(work.Hypothesis.Span, work.Reference.Span));
            lengths += work.Reference.Count;
        }
        statistics[0] = edits;
        statistics[1] = (double)lengths / answer.References.Count;
    }

    void Read(string text, Workspace work, IdList ids) =>
        work.Text.Read(_normalizer.Normalize(PythonText.TrimEnd(text) is var trimmed && trimmed.Length == text.Length ? text : trimmed.ToString()), NoSplit, ids);

    static readonly NoTokenizer NoSplit = new();

    sealed class Workspace
    {
        public readonly TokenizedText Text = new();
        public readonly IdList Hypothesis = new(), Reference = new();
        public readonly ShiftSearch Search = new();
    }

    [ThreadStatic]
    static Workspace? t_work;
}

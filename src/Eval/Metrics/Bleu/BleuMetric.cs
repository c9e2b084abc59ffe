using System.Globalization;
using Juxta.Eval.Significance;
using Juxta.Eval.Text;
using Juxta.Eval.Tokenizers;

namespace Juxta.Eval.Metrics.Bleu;

/// <summary>
/// BLEU as sacreBLEU 2.6.0 computes it (Post 2018), 0 to 100. Statistics: matches per order, n-grams per order, length, closest reference length. An answer
/// identical to its reference gives 100.00000000000004, which is exp(log 100).
/// </summary>
internal sealed class BleuMetric : ITokenizingMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("tokenize", OptionKind.Text, null, "13a (default), intl, zh, char or none"),
        new("trg_lang", OptionKind.Text, "", "language of the texts; zh makes the tokenizer zh the default"),
        new("lowercase", OptionKind.Flag, false, "ignore case"),
        new("smooth_method", OptionKind.Text, "exp", "exp, floor, add-k or none"),
        new("smooth_value", OptionKind.Number, null, "the value of floor (0.1) or add-k (1)"),
        new("max_ngram_order", OptionKind.Integer, 4L, "the longest n-gram counted"),
        new("effective_order", OptionKind.Flag, false, "average over the orders that the answer has: for single sentences"),
        new("force", OptionKind.Flag, false, "no warning when the answers look tokenized"),
    ];

    readonly ITextTokenizer _tokenizer;
    readonly SmoothingChoice _smoothing;
    readonly bool _lowercase, _effectiveOrder;
    readonly int _orders;

    public BleuMetric(MetricOptions options)
    {
        string language = options.Text("trg_lang");
        string name = options.TextOrNull("tokenize") ?? (language is "zh" or "zh-cn" or "zh-tw" ? "zh" : language is "ja" or "ko" ? $"{language}-mecab" : "13a");
        _tokenizer = TextTokenizers.Find(name) ?? throw new MetricException(
            $"metric 'bleu': tokenizer '{name}' is not here ({(name is "ja-mecab" or "ko-mecab" or "spm" or "flores101" or "flores200" ? "its dictionary or vocabulary is not to be had as a package" : "sacreBLEU has none of that name either")}); take one of {string.Join(", ", TextTokenizers.Names)}; 'char' works for every script");
        _smoothing = SmoothingChoice.Of(options.Choice("smooth_method", SmoothingChoice.Names), options.NumberOrNull("smooth_value"));
        _lowercase = options.Flag("lowercase");
        _effectiveOrder = options.Flag("effective_order");
        _orders = options.Integer("max_ngram_order", 1, 64);
        Force = options.Flag("force");
        Signature = new MetricSignature(
            "2.6.0", new("case", "c", _lowercase ? "lc" : "mixed"), new("eff", "e", _effectiveOrder), new("tok", "tok", name), new("smooth", "s", _smoothing.ToString()));
    }

    public string Name => "BLEU";

    public MetricSignature Signature { get; }

    public bool SplitsChinese => _tokenizer is ChineseTokenizer or CharacterTokenizer;

    public bool Force { get; }

    public int StatisticsLength => 2 * _orders + 2;

    /// <summary>sacreBLEU resamples in single precision, which is exact for counts below 2²⁴.</summary>
    public SingleScore ResampledScore => sums =>
    {
        Span<double> doubles = stackalloc double[sums.Length];
        for (int i = 0; i < sums.Length; i++) doubles[i] = sums[i];
        return Score(doubles);
    };

    public void Count(Answer answer, Span<double> statistics)
    {
        Workspace work = t_work ??= new Workspace();
        work.Text.Clear();
        work.Ngrams.Clear();
        Span<int> lengths = answer.References.Count <= 16 ? stackalloc int[answer.References.Count] : new int[answer.References.Count];
        for (int k = 0; k < lengths.Length; k++)
        {
            Read(answer.References[k], work);
            work.Ngrams.Add(work.Ids.Span, _orders);
            lengths[k] = work.Ids.Count;
        }
        Read(answer.Text, work);
        int length = work.Ids.Count;
        work.Ngrams.CountMatches(work.Ids.Span, statistics[.._orders]);
        for (int n = 0; n < _orders; n++) statistics[_orders + n] = Math.Max(0, length - n);
        statistics[^2] = length;
        statistics[^1] = BleuFormula.ClosestLength(length, lengths);
    }

    void Read(string text, Workspace work) => work.Text.Read(PythonText.TrimEnd(_lowercase ? PythonText.Lower(text) : text), _tokenizer, work.Ids);

    public double Score(ReadOnlySpan<double> sums)
    {
        Span<double> counts = stackalloc double[2 * _orders], precisions = stackalloc double[_orders];
        sums[..(2 * _orders)].CopyTo(counts);
        return BleuFormula.Score(counts[.._orders], counts[_orders..], sums[^2], sums[^1], _smoothing, _effectiveOrder, precisions);
    }

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums)
    {
        (double[] counts, double[] totals, double[] precisions) = Reported(sums);
        return
        [
            new("counts", counts), new("totals", totals), new("precisions", precisions), new("bp", BleuFormula.BrevityPenalty(sums[^2], sums[^1])),
            new("sys_len", sums[^2]), new("ref_len", sums[^1]), new("ratio", Ratio(sums)),
        ];
    }

    public string Describe(ReadOnlySpan<double> sums, ConfidenceInterval? interval)
    {
        string precisions = string.Join('/', Reported(sums).Precisions.Select(p => p.ToString("F1", CultureInfo.InvariantCulture)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"BLEU = {Score(sums):F2}{interval} {precisions} (BP = {BleuFormula.BrevityPenalty(sums[^2], sums[^1]):F3} ratio = {Ratio(sums):F3} hyp_len = {sums[^2]:F0} ref_len = {sums[^1]:F0})");
    }

    (double[] Counts, double[] Totals, double[] Precisions) Reported(ReadOnlySpan<double> sums)
    {
        double[] counts = sums[.._orders].ToArray(), totals = sums[_orders..(2 * _orders)].ToArray(), precisions = new double[_orders];
        BleuFormula.Score(counts, totals, sums[^2], sums[^1], _smoothing, _effectiveOrder, precisions);
        return (counts, totals, precisions);
    }

    static double Ratio(ReadOnlySpan<double> sums) => sums[^1] > 0 ? sums[^2] / sums[^1] : 0;

    sealed class Workspace
    {
        public readonly TokenizedText Text = new();
        public readonly IdList Ids = new();
        public readonly NgramTrie Ngrams = new();
    }

    [ThreadStatic]
    static Workspace? t_work;
}

using System.Globalization;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Chrf;

/// <summary>
/// chrF and chrF++ (Popović 2015, 2017) as sacreBLEU 2.6.0 computes them, 0 to 100: F-score over n-grams of characters, and of words with
/// <c>word_order</c>. Statistics per order, characters first: n-grams of the answer, of the reference, matches. Of several references the one with the best
/// score of this answer counts.
/// </summary>
internal sealed class ChrfMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("char_order", OptionKind.Integer, 6L, "the longest n-gram of characters; 0 leaves only words"),
        new("word_order", OptionKind.Integer, 0L, "the longest n-gram of words; 2 is chrF++"),
        new("beta", OptionKind.Number, 2d, "weight of recall against precision"),
        new("lowercase", OptionKind.Flag, false, "ignore case"),
        new("whitespace", OptionKind.Flag, false, "white space counts among the characters"),
        new("eps_smoothing", OptionKind.Flag, false, "a tiny number in place of undefined precision and recall, as in the original chrF++.py"),
    ];

    readonly int _charOrder, _wordOrder;
    readonly bool _lowercase, _whitespace;
    readonly ChrfFormula _formula;

    public ChrfMetric(MetricOptions options)
    {
        _charOrder = options.Integer("char_order", 0, 64);
        _wordOrder = options.Integer("word_order", 0, 64);
        if (_charOrder + _wordOrder == 0) throw new MetricException("metric 'chrf': options 'char_order' and 'word_order' are both 0, and n-grams of nothing have no score; expected 1 or more of either");
        _lowercase = options.Flag("lowercase");
        _whitespace = options.Flag("whitespace");
        double beta = options.Number("beta");
        if (beta < 0) throw new MetricException($"metric 'chrf': option 'beta' is {beta.ToString(CultureInfo.InvariantCulture)}; expected 0 or more");
        _formula = new ChrfFormula(beta, options.Flag("eps_smoothing"));
        Name = string.Create(CultureInfo.InvariantCulture, $"chrF{beta}{new string('+', _wordOrder)}");
        Signature = new MetricSignature(
            "2.6.0", new("case", "c", _lowercase ? "lc" : "mixed"), new("eff", "e", !_formula.EpsilonSmoothing),
            new("nc", "nc", _charOrder.ToString(CultureInfo.InvariantCulture)), new("nw", "nw", _wordOrder.ToString(CultureInfo.InvariantCulture)),
            new("space", "s", _whitespace));
    }

    public string Name { get; }

    public MetricSignature Signature { get; }

    public int StatisticsLength => 3 * (_charOrder + _wordOrder);

    public SingleScore ResampledScore => _formula.Score;

    public double Score(ReadOnlySpan<double> sums) => _formula.Score(sums);

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums) => [new("statistics", sums.ToArray())];

    public void Count(Answer answer, Span<double> statistics)
    {
        Workspace work = t_work ??= new Workspace();
        Span<double> candidate = stackalloc double[statistics.Length];
        work.Words.Clear();
        Read(answer.Text, work.Answer, work);
        double best = -1;
        foreach (string reference in answer.References)
        {
            Read(reference, work.Reference, work);
            Match(work.Answer.Characters.Span, work.Reference.Characters.Span, _charOrder, work.Ngrams, candidate);
            Match(work.Answer.Words.Span, work.Reference.Words.Span, _wordOrder, work.Ngrams, candidate[(3 * _charOrder)..]);
            double score = answer.References.Count == 1 ? 0 : _formula.Score((ReadOnlySpan<double>)candidate);
            if (score <= best) continue;
            best = score;
            candidate.CopyTo(statistics);
        }
    }

    void Read(string text, Side side, Workspace work)
    {
        if (_lowercase) text = PythonText.Lower(text);
        side.Characters.Clear();
        for (int i = 0, units; i < text.Length; i += units)
        {
            int code = PythonText.CodePointAt(text, i, out units);
            if (_whitespace || code > char.MaxValue || !PythonText.IsSpace((char)code)) side.Characters.Add(code);
        }
        side.Words.Clear();
        if (_wordOrder > 0) work.Words.Read(text, side.Words);
    }

    /// <summary>Per order: n-grams of the answer (0 where the reference has none), of the reference, matches.</summary>
    static void Match(ReadOnlySpan<int> answer, ReadOnlySpan<int> reference, int orders, NgramTrie ngrams, Span<double> statistics)
    {
        if (orders == 0) return;
        Span<double> matches = stackalloc double[orders];
        matches.Clear();
        ngrams.Clear();
        ngrams.Add(reference, orders);
        ngrams.CountMatches(answer, matches);
        for (int n = 0; n < orders; n++)
        {
            int ofReference = Math.Max(0, reference.Length - n);
            statistics[3 * n] = ofReference > 0 ? Math.Max(0, answer.Length - n) : 0;
            statistics[3 * n + 1] = ofReference;
            statistics[3 * n + 2] = matches[n];
        }
    }

    sealed class Side
    {
        public readonly IdList Characters = new(), Words = new();
    }

    sealed class Workspace
    {
        public readonly Side Answer = new(), Reference = new();
        public readonly ChrfWords Words = new();
        public readonly NgramTrie Ngrams = new();
    }

    [ThreadStatic]
    static Workspace? t_work;
}

using System.Globalization;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Bleu;

/// <summary>
/// NLTK's BLEU over white-space words or code points, 0 to 1. A corpus gets the mean of its answers' sentence_bleu (as many papers report it), or NLTK's
/// corpus_bleu with <c>corpus</c>. Statistics: sentence score, answers, then matches and n-grams per order, length, closest length.
/// </summary>
internal sealed class NltkBleuMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("method", OptionKind.Integer, 3L, "smoothing function 0 to 4"),
        new("max_ngram_order", OptionKind.Integer, 4L, "orders, weighed alike"),
        new("tokens", OptionKind.Text, "word", "word (white space) or char (code points)"),
        new("auto_reweigh", OptionKind.Flag, false, "weigh only the orders that an answer of less than 4 tokens has"),
        new("corpus", OptionKind.Flag, false, "one score of summed counts instead of the mean of sentence scores"),
    ];

    readonly NltkSmoothing _smoothing;
    readonly double[] _weights;
    readonly bool _characters, _reweigh, _corpus;

    public NltkBleuMetric(MetricOptions options)
    {
        _smoothing = (NltkSmoothing)options.Integer("method", 0, 4);
        int orders = options.Integer("max_ngram_order", 1, 16);
        _weights = [.. Enumerable.Repeat(1.0 / orders, orders)];
        _characters = options.Choice("tokens", "word", "char") == "char";
        _reweigh = options.Flag("auto_reweigh");
        _corpus = options.Flag("corpus");
        Signature = new MetricSignature(
            "nltk-3.8", new("order", "o", orders.ToString(CultureInfo.InvariantCulture)), new("tok", "tok", _characters ? "char" : "word"),
            new("smooth", "s", $"method{(int)_smoothing}"), new("rw", "rw", _reweigh), new("agg", "a", _corpus ? "corpus" : "mean"));
    }

    public string Name => "NLTK BLEU";

    public MetricSignature Signature { get; }

    public bool SplitsChinese => _characters;

    int Orders => _weights.Length;

    public int StatisticsLength => 4 + 2 * Orders;

    public int Decimals => 4;

    public double Score(ReadOnlySpan<double> sums) =>
        !_corpus ? (sums[1] > 0 ? sums[0] / sums[1] : 0)
        : NltkBleu.Score(sums.Slice(2, Orders), sums.Slice(2 + Orders, Orders), sums[^2], sums[^1], _weights, _smoothing, _reweigh);

    public void Count(Answer answer, Span<double> statistics)
    {
        var ids = new WordIds();
        ids.Clear();
        var buffer = new CharBuffer();
        int[][] references = [.. answer.References.Select(r => Read(r, buffer, ids))];
        int[] tokens = Read(answer.Text, buffer, ids);
        var ngrams = new NgramTrie();
        ngrams.Clear();
        foreach (int[] reference in references) ngrams.Add(reference, Orders);
        ngrams.CountMatches(tokens, statistics.Slice(2, Orders));
        NltkBleu.Totals(tokens.Length, Orders).CopyTo(statistics[(2 + Orders)..]);
        statistics[^2] = tokens.Length;
        statistics[^1] = BleuFormula.ClosestLength(tokens.Length, [.. references.Select(r => r.Length)]);
        statistics[0] = NltkBleu.Score(statistics.Slice(2, Orders), statistics.Slice(2 + Orders, Orders), statistics[^2], statistics[^1], _weights, _smoothing, _reweigh);
        statistics[1] = 1;
    }

    int[] Read(string text, CharBuffer buffer, WordIds ids)
    {
        var list = new IdList();
        if (_characters)
        {
            for (int i = 0, units; i < text.Length; i += units) list.Add(PythonText.CodePointAt(text, i, out units));
        }
        else
        {
            int start = buffer.Length;
            buffer.Append(text);
            ReadOnlySpan<char> all = buffer.Span;
            WordSpans words = PythonText.Words(all[start..]);
            while (words.MoveNext()) list.Add(ids.Of(all, start + words.Start, words.Current.Length));
        }
        return list.Span.ToArray();
    }
}

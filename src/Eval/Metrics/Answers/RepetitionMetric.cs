using System.Globalization;
using Juxta.Eval.Tokenizers;

namespace Juxta.Eval.Metrics.Answers;

/// <summary>
/// Repetition rate (seq-rep-n of Welleck et al. 2020): the share of an answer's n-grams that it has had before, mean over answers, 0 to 1; lower is better.
/// An answer shorter than n counts 0. Statistics: rate, answers.
/// </summary>
internal sealed class RepetitionMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("n", OptionKind.Integer, 4L, "length of the n-grams"),
        new("tokenize", OptionKind.Text, "zh", "13a, intl, zh (also splits ideographs), char or none"),
    ];

    readonly int _order;
    readonly ITextTokenizer _tokenizer;

    public RepetitionMetric(MetricOptions options)
    {
        _order = options.Integer("n", 1, 64);
        string name = options.Choice("tokenize", TextTokenizers.Names);
        _tokenizer = TextTokenizers.Find(name)!;
        Signature = new MetricSignature("juxta-1", new("n", "n", _order.ToString(CultureInfo.InvariantCulture)), new("tok", "tok", name), new("agg", "a", "mean"));
    }

    public string Name => $"repetition-{_order}";

    public MetricSignature Signature { get; }

    public bool HigherIsBetter => false;

    public bool NeedsReferences => false;

    public int StatisticsLength => 2;

    public int Decimals => 4;

    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? sums[0] / sums[1] : 0;

    public void Count(Answer answer, Span<double> statistics)
    {
        (int different, int all) = DistinctMetric.Count(answer.Text, _tokenizer, _order);
        statistics[0] = all > 0 ? 1 - (double)different / all : 0;
        statistics[1] = 1;
    }
}

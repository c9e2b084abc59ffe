using System.Globalization;
using Juxta.Eval.Text;
using Juxta.Eval.Tokenizers;

namespace Juxta.Eval.Metrics.Answers;

/// <summary>
/// Distinct-n (Li et al. 2016): different n-grams over all n-grams, 0 to 1. "Different" is meant within each answer, so that the statistics (different, all)
/// add up; between answers nothing is compared.
/// </summary>
internal sealed class DistinctMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("tokenize", OptionKind.Text, "zh", "13a, intl, zh (also splits ideographs), char or none"),
    ];

    readonly int _order;
    readonly ITextTokenizer _tokenizer;

    public DistinctMetric(int order, MetricOptions options)
    {
        _order = order;
        string name = options.Choice("tokenize", TextTokenizers.Names);
        _tokenizer = TextTokenizers.Find(name)!;
        Signature = new MetricSignature("juxta-1", new("n", "n", order.ToString(CultureInfo.InvariantCulture)), new("tok", "tok", name), new("agg", "a", "corpus"));
    }

    public string Name => $"distinct-{_order}";

    public MetricSignature Signature { get; }

    public bool NeedsReferences => false;

    public int StatisticsLength => 2;

    public int Decimals => 4;

    /// <summary>0 where no answer has an n-gram.</summary>
    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? sums[0] / sums[1] : 0;

    public void Count(Answer answer, Span<double> statistics)
    {
        (statistics[0], statistics[1]) = Count(answer.Text, _tokenizer, _order);
    }

    /// <summary>Different n-grams and all n-grams of a text.</summary>
    public static (int Different, int All) Count(string text, ITextTokenizer tokenizer, int order)
    {
        var tokens = new TokenizedText();
        tokens.Clear();
        var ids = new IdList();
        tokens.Read(text, tokenizer, ids);
        return (new NgramTrie().Distinct(ids.Span, order), Math.Max(0, ids.Count - order + 1));
    }
}

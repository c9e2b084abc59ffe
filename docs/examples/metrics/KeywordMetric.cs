using Juxta.Eval.Metrics;

namespace Juxta.Examples;

/// <summary>
/// How many of the words that must occur do occur: each reference is one keyword. 0 to 1 over the corpus. Statistics: keywords found, keywords.
/// </summary>
internal sealed class KeywordMetric : IMetric
{
    /// <summary>What it can be told; the command line and evalset.json take the same names.</summary>
    public static readonly OptionInfo[] Options =
    [
        new("ignore_case", OptionKind.Flag, false, "A and a are the same"),
    ];

    readonly StringComparison _comparison;

    public KeywordMetric(MetricOptions options)
    {
        bool ignore = options.Flag("ignore_case");
        _comparison = ignore ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        // Everything that changes the number belongs into the signature.
        Signature = new MetricSignature("example-1", new SignatureField("case", "c", ignore ? "lc" : "mixed"));
    }

    public string Name => "keywords";

    public MetricSignature Signature { get; }

    public int StatisticsLength => 2;

    public void Count(Answer answer, Span<double> statistics)
    {
        statistics[0] = answer.References.Count(keyword => answer.Text.Contains(keyword, _comparison));
        statistics[1] = answer.References.Count;
    }

    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? sums[0] / sums[1] : 0;
}

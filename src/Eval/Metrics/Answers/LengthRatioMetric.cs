using Juxta.Eval.Metrics.Bleu;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Answers;

/// <summary>Code points of the answers over code points of the references closest in length: 1 is as long as expected. Statistics: both sums.</summary>
internal sealed class LengthRatioMetric : IMetric
{
    public string Name => "length ratio";

    public MetricSignature Signature { get; } = new("juxta-1", new("unit", "u", "char"), new("agg", "a", "corpus"));

    public bool Judges => false;

    public int StatisticsLength => 2;

    public int Decimals => 4;

    /// <summary>0 where the references have no text.</summary>
    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? sums[0] / sums[1] : 0;

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums) => [new("sys_len", sums[0]), new("ref_len", sums[1])];

    public void Count(Answer answer, Span<double> statistics)
    {
        int length = PythonText.CodePoints(answer.Text);
        statistics[0] = length;
        statistics[1] = BleuFormula.ClosestLength(length, [.. answer.References.Select(r => PythonText.CodePoints(r))]);
    }
}

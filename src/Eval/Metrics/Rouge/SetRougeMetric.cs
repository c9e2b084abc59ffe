namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// Set-based ROUGE of white-space tokens, 0 to 1, mean over answers (see <see cref="SetRouge"/>). An empty answer or reference, at which the packages stop,
/// scores 0. Statistics: precision, recall, F, answers, of these without text. It rewards repetition: prefer rougeN, rougeL or rouge-zh.
/// </summary>
internal sealed class SetRougeMetric : IMetric
{
    public static readonly OptionInfo[] Options =
    [
        new("type", OptionKind.Text, "rouge-l", "rouge-1 … rouge-9 or rouge-l"),
        new("exclusive", OptionKind.Flag, true, "n-grams as sets; false counts repeats"),
    ];

    static readonly string[] Types = [.. Enumerable.Range(1, 9).Select(n => $"rouge-{n}"), "rouge-l"];

    readonly bool _chinese, _exclusive;
    readonly int _order;

    public SetRougeMetric(bool chinese, MetricOptions options)
    {
        string type = options.Choice("type", Types);
        _chinese = chinese;
        _exclusive = options.Flag("exclusive");
        _order = type == "rouge-l" ? 0 : type[^1] - '0';
        Name = type;
        Signature = new MetricSignature(chinese ? "rouge_chinese-1.0.3" : "rouge-1.0.1", new("type", "t", type), new("sets", "x", _exclusive), new("agg", "a", "mean"));
    }

    public string Name { get; }

    public MetricSignature Signature { get; }

    public bool SplitsChinese => false;

    public int StatisticsLength => 5;

    public int Decimals => 4;

    public double Score(ReadOnlySpan<double> sums) => sums[3] > 0 ? sums[2] / sums[3] : 0;

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums)
    {
        double answers = Math.Max(1, sums[3]);
        return [new("p", sums[0] / answers), new("r", sums[1] / answers), new("f", sums[2] / answers), new("failed", sums[4])];
    }

    public void Count(Answer answer, Span<double> statistics)
    {
        var rouge = new SetRouge(_chinese, _exclusive);
        RougeValue? best = null;
        foreach (string reference in answer.References)
        {
            if (!rouge.Read(answer.Text, reference)) continue;
            RougeValue value = rouge.Compare(_order);
            if (best is null || value.F > best.Value.F) best = value;
        }
        (best ?? default).Write(statistics);
        statistics[3] = 1;
        statistics[4] = best is null ? 1 : 0;
    }
}

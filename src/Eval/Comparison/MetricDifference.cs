using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;

namespace Juxta.Eval.Comparison;

/// <summary>What a test says about a candidate.</summary>
public enum Finding
{
    /// <summary>Significantly better than the baseline.</summary>
    Better,

    /// <summary>Significantly worse.</summary>
    Worse,

    /// <summary>Too little to tell: the difference may be chance.</summary>
    NotSignificant,

    /// <summary>The metric does not judge, it describes.</summary>
    Describes,
}

/// <summary>A candidate against the baseline by one metric under one setting, paired by sample.</summary>
/// <param name="Setting">Index of the comparison's settings.</param>
/// <param name="Candidate">Index of the comparison's runs; the baseline is 0.</param>
/// <param name="Baseline">Its score and statistics.</param>
/// <param name="Scored">The candidate's.</param>
/// <param name="Low">Lower end of the 95 % interval of the difference, by paired bootstrap.</param>
/// <param name="High">Upper end.</param>
/// <param name="P">Of approximate randomisation, two-sided, for this test alone.</param>
/// <param name="BootstrapP">Of the paired bootstrap test.</param>
/// <param name="Outcomes">Samples on which the candidate is better, worse and as good.</param>
public sealed record MetricDifference(int Setting, int Candidate, MetricScore Baseline, MetricScore Scored, double Low, double High, double P, double BootstrapP, WinCount Outcomes)
{
    public string Key => Scored.Key;

    public IMetric Metric => Scored.Metric;

    public double BaselineScore => Baseline.Score;

    public double Score => Scored.Score;

    /// <summary>Candidate less baseline.</summary>
    public double Difference => Score - BaselineScore;

    /// <summary>Corrected for all tests of the comparison (<see cref="Holm"/>).</summary>
    public double CorrectedP { get; init; }

    /// <summary>The bootstrap's, corrected likewise.</summary>
    public double CorrectedBootstrapP { get; init; }

    /// <summary>By the corrected p-value of the randomisation test.</summary>
    public Finding Finding { get; init; }

    /// <summary>Samples of one tag; a sample may have several.</summary>
    public IReadOnlyList<GroupDifference> ByTag { get; init; } = [];

    /// <summary>Samples by the length of their reference.</summary>
    public IReadOnlyList<GroupDifference> ByLength { get; init; } = [];

    /// <summary>How much better the candidate is on sample i of the scored ones: above 0 is better, whichever way the metric runs.</summary>
    public double GainOf(int row) => (Scored.Statistics.ScoreOf(row) - Baseline.Statistics.ScoreOf(row)) * (Metric.HigherIsBetter ? 1 : -1);

    internal static MetricDifference Of(int setting, int candidate, MetricScore baseline, MetricScore scored, ComparisonOptions options)
    {
        CorpusStatistics[] both = [baseline.Statistics, scored.Statistics];
        PairedResult bootstrap = PairedBootstrap.Test(both, options.Resamples, options.Seed)[1];
        double p = PairedRandomisation.Test(both, options.Trials, options.Seed, tiesCount: true)[1].PValue!.Value;
        (double low, double high) = bootstrap.Difference!.Value;
        var difference = new MetricDifference(setting, candidate, baseline, scored, low, high, p, bootstrap.PValue!.Value, new WinCount(0, 0, 0));
        return difference with { Outcomes = WinCount.Of(difference, Enumerable.Range(0, baseline.Samples.Count)) };
    }

    internal Finding Judge(double alpha) => !Metric.Judges ? Finding.Describes
        : CorrectedP > alpha || Difference == 0 ? Finding.NotSignificant
        : Difference > 0 == Metric.HigherIsBetter ? Finding.Better : Finding.Worse;
}

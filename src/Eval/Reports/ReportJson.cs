using System.Text.Encodings.Web;
using System.Text.Json;
using Juxta.Eval.Ratings;
using Juxta.Eval.Significance;

namespace Juxta.Eval.Reports;

/// <summary>An experiment's figures as one JSON document: what a comparison holds, with curves, votes and conclusions.</summary>
public static class ReportJson
{
    static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    public static string Of(Experiment experiment, Report report)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(report);
        return JsonSerializer.Serialize(new
        {
            report.Title,
            Conclusions = experiment.Conclusions.Select(c => new
            {
                Setting = Comparison.SettingNames.Of(experiment.Settings[c.Setting]), Candidate = experiment.Labels[c.Candidate], Baseline = experiment.Labels[0],
                Winner = c.Winner switch { Winner.CandidateBetter => "candidate", Winner.BaselineBetter => "baseline", Winner.Mixed => "mixed", _ => "undecided" }, c.Text, c.Evidence,
            }),
            Comparison = experiment.Comparison is { } comparison ? ComparisonJson.Of(comparison) : null,
            Run = experiment.Comparison is null ? ComparisonJson.Run(experiment.Runs[0]) : null,
            Training = experiment.Curves.Select(c => new { Run = experiment.Labels[c.Run], c.Curve.Name, Loss = c.Curve.Loss.Select(Point), Validation = c.Curve.Validation.Select(Point) }),
            Votes = experiment.Labels.Skip(1).Select(candidate => (candidate, Rate: WinRate.Of(experiment.Votes, candidate, experiment.Labels[0]))).Where(pair => pair.Rate.Total > 0)
                .Select(pair => new { Candidate = pair.candidate, Baseline = experiment.Labels[0], pair.Rate.Wins, pair.Rate.Losses, pair.Rate.Ties }),
            Correlations = experiment.Correlations.Select(c => new { Metric = c.Key, c.Found.Items, c.Found.Votes, Kendall = Interval(c.Found.Kendall), Spearman = Interval(c.Found.Spearman), Agreement = Interval(c.Found.Agreement) }),
        }, Options) + "\n";
    }

    /// <summary>Value, low and high; null where nothing can be said.</summary>
    static double[]? Interval(ResampledInterval value) => double.IsFinite(value.Value) && double.IsFinite(value.Low) && double.IsFinite(value.High) ? [value.Value, value.Low, value.High] : null;

    static double[] Point((double X, double Y) point) => [point.X, point.Y];
}

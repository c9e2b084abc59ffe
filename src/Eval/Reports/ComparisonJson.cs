using Juxta.Eval.Comparison;
using Juxta.Eval.Metrics;
using Juxta.Eval.Runs;

namespace Juxta.Eval.Reports;

/// <summary>A comparison as values to be written as JSON: names are stable, in snake_case by the writer's policy.</summary>
public static class ComparisonJson
{
    /// <param name="onlyDifferent">Leave out samples whose answers are the same.</param>
    public static object Of(RunComparison comparison, bool onlyDifferent = false)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        string[] settings = [.. comparison.Settings.Select(SettingNames.Of)];
        return new
        {
            Set = new { comparison.Set.Id, comparison.Set.Version, comparison.Set.Sha256, Samples = comparison.Set.Samples.Count },
            Tests = new { comparison.Options.Alpha, comparison.Options.Resamples, comparison.Options.Trials, comparison.Options.Seed, Made = comparison.Differences.Count, Correction = "holm" },
            comparison.Warnings,
            Facts = comparison.Facts.Select(fact => new { fact.Name, fact.Values, fact.Differs, Control = fact.IsControl }),
            Runs = comparison.Runs.Select(Run),
            Differences = comparison.Differences.Select(difference => Difference(comparison, settings, difference)),
            Samples = comparison.Samples.Where(sample => !onlyDifferent || sample.IsDifferent).Select(sample => Sample(comparison, settings, sample)),
        };
    }

    /// <summary>A run's scores.</summary>
    public static object Run(RunScores run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new
        {
            run.Label,
            Complete = run.Run.IsComplete,
            Settings = run.Settings.Select(setting => new
            {
                setting.Name,
                Answers = Counts(setting.Counts),
                Scores = setting.Metrics.Select(Score),
                Missing = setting.Missing.Select(missing => new { Metric = missing.Key, missing.Reason }),
            }),
        };
    }

    static object Counts(AnswerCounts counts) => new
    {
        counts.Samples, counts.Answered, counts.Unanswered, counts.Empty, Stopped = counts.Of(AnswerEnd.Stopped), Length = counts.Of(AnswerEnd.Length), Repetition = counts.Of(AnswerEnd.Repetition),
        Failed = counts.Of(AnswerEnd.Failed), Unknown = counts.Of(AnswerEnd.Unknown), counts.Tokens,
    };

    static object Score(MetricScore score) => new
    {
        Metric = score.Key, score.Metric.Name, score.Score, Interval = new[] { score.Interval.Low, score.Interval.High }, Samples = score.Samples.Count, score.Signature, Better = Direction(score.Metric),
        Details = score.Metric.Details(score.Statistics.Sums).ToDictionary(detail => detail.Key, detail => detail.Value),
    };

    static string Direction(IMetric metric) => !metric.Judges ? "neither" : metric.HigherIsBetter ? "higher" : "lower";

    static object Difference(RunComparison comparison, string[] settings, MetricDifference d) => new
    {
        Setting = settings[d.Setting], Baseline = comparison.Runs[0].Label, Candidate = comparison.Runs[d.Candidate].Label, Metric = d.Key, Better = Direction(d.Metric), Samples = d.Scored.Samples.Count,
        d.BaselineScore, CandidateScore = d.Score, d.Difference, Interval = new[] { d.Low, d.High }, d.P, d.CorrectedP, d.BootstrapP, d.CorrectedBootstrapP, Finding = Word(d.Finding),
        d.Outcomes.Wins, d.Outcomes.Losses, d.Outcomes.Ties, Tags = d.ByTag.Select(Group), Lengths = d.ByLength.Select(Group),
    };

    /// <summary>As JSON has it.</summary>
    public static string Word(Finding finding) => finding switch { Finding.Better => "better", Finding.Worse => "worse", Finding.Describes => "describes", _ => "not_significant" };

    static object Group(GroupDifference group) => new
    {
        group.Name, group.Samples, group.BaselineScore, CandidateScore = group.Score, group.Difference, group.Outcomes.Wins, group.Outcomes.Losses, group.Outcomes.Ties,
    };

    static object Sample(RunComparison comparison, string[] settings, SampleDifference s) => new
    {
        Setting = settings[s.Setting], Candidate = comparison.Runs[s.Candidate].Label, Sample = s.Sample.Id, Different = s.IsDifferent, BaselineAnswer = Answer(s.Baseline), CandidateAnswer = Answer(s.Answer),
        FirstDifferentToken = s.Divergence is { } d ? new { d.Token, d.BaselineId, d.BaselineProbability, d.CandidateId, d.CandidateProbability } : null,
        Scores = s.Scores.Select(score => new { Metric = score.Key, score.BaselineScore, CandidateScore = score.Score, score.Gain }),
    };

    static object? Answer(SampleResult? result) => result is null ? null : new { Text = result.Answer, result.Outcome, result.CompletionTokens };
}

using Juxta.Eval.Comparison;
using Juxta.Eval.Curves;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Reports;

/// <summary>All that a report is made of: runs over the same samples, measured and compared, and people's votes.</summary>
public sealed class Experiment
{
    Experiment(IReadOnlyList<RunScores> runs, RunComparison? comparison, IReadOnlyList<Battle> votes, ComparisonOptions options)
    {
        (Runs, Comparison, Votes, Options) = (runs, comparison, votes, options);
        Labels = [.. runs.Select(run => run.Label)];
        Curves = [.. runs.SelectMany((run, r) => TrainingCurve.Of(run.Run).Select(curve => (r, curve)))];
        Conclusions = comparison is null ? [] : Conclusion.Of(comparison);
        Correlations = PeopleCorrelation.Of(this);
    }

    public EvalSet Set => Runs[0].Run.Set;

    /// <summary>The baseline first.</summary>
    public IReadOnlyList<RunScores> Runs { get; }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>Null for a single run.</summary>
    public RunComparison? Comparison { get; }

    public ComparisonOptions Options { get; }

    /// <summary>Votes between two of the runs' models.</summary>
    public IReadOnlyList<Battle> Votes { get; }

    /// <summary>Losses of training, with the index of the run.</summary>
    public IReadOnlyList<(int Run, TrainingCurve Curve)> Curves { get; }

    /// <summary>What follows, for every candidate and setting.</summary>
    public IReadOnlyList<Conclusion> Conclusions { get; }

    /// <summary>Metrics beside votes, where there are any.</summary>
    public IReadOnlyList<PeopleCorrelation> Correlations { get; }

    /// <summary>The settings that are reported.</summary>
    public IReadOnlyList<SuiteSetting> Settings => Comparison?.Settings ?? Set.Settings;

    /// <summary>The metric that is shown first: the set's first that judges.</summary>
    public string? Headline => Runs[0].Settings[0].Metrics.FirstOrDefault(score => score.Metric.Judges)?.Key;

    /// <param name="runs">One or more of the same samples, the baseline first.</param>
    /// <param name="votes">People's; those on other models are left out.</param>
    /// <exception cref="SuiteException">The runs are not of the same samples or settings.</exception>
    public static Experiment Of(
        IReadOnlyList<RunRecord> runs, IReadOnlyList<Vote>? votes = null, ComparisonOptions? options = null, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        options ??= new ComparisonOptions();
        if (runs.Count == 0) throw new SuiteException("a report needs a run");
        RunComparison? comparison = runs.Count > 1 ? RunComparison.Of(runs, options, progress, cancel) : null;
        IReadOnlyList<RunScores> scores = comparison?.Runs ?? [RunScores.Of(runs[0], options, cancel)];
        HashSet<string> labels = [.. scores.Select(run => run.Label)];
        Battle[] battles = [.. (votes ?? []).Select(vote => vote.Battle).OfType<Battle>().Where(battle => labels.Contains(battle.A) && labels.Contains(battle.B))];
        if (votes is { Count: > 0 } && battles.Length == 0)
            throw new SuiteException($"none of the {votes.Count} votes is between the models of the runs ({string.Join(", ", labels)}); the votes are on {string.Join(", ", votes.SelectMany(v => (string[])[v.A, v.B]).Distinct().Take(6))}. Give the runs of the models that people judged");
        return new Experiment(scores, comparison, battles, options);
    }

    /// <summary>The report on it.</summary>
    public Report ToReport(string? title = null) => ReportContent.Of(this, title);
}

using Juxta.Eval.Metrics;
using Juxta.Eval.Runs;
using Juxta.Eval.Significance;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>What a gate says about one setting.</summary>
/// <param name="Setting">The setting in words.</param>
/// <param name="Samples">Samples that both runs were scored on.</param>
/// <param name="Drop">How much worse the candidate is, in the metric's own unit; below 0 it is better.</param>
/// <param name="P">Chance of such a drop if the true one were the largest allowed: one-sided, by paired bootstrap; 1 where the drop is allowed.</param>
/// <param name="CorrectedP">Corrected for the number of settings (<see cref="Holm"/>).</param>
/// <param name="Fails">The drop is beyond the allowed one, and significantly so.</param>
public sealed record GateSetting(string Setting, int Samples, double Baseline, double Candidate, double Drop, double P, double CorrectedP, bool Fails);

/// <summary>
/// Whether a candidate may pass: it fails only where it is worse than the baseline by more than an allowed drop, and the excess is no chance. The same runs
/// always give the same answer.
/// </summary>
/// <param name="Metric">The metric's key.</param>
/// <param name="MaxDrop">The allowed drop, 0 or more, in the metric's own unit.</param>
/// <param name="Alpha">How often a candidate whose true drop is just allowed may fail by chance.</param>
public sealed record Gate(string Metric, double MaxDrop, double Alpha, IReadOnlyList<GateSetting> Settings)
{
    public bool Passes => Settings.All(setting => !setting.Fails);

    /// <exception cref="SuiteException">The runs cannot be paired, one of them is not complete, or the metric cannot decide.</exception>
    public static Gate Of(RunRecord baseline, RunRecord candidate, string metric, double maxDrop, ComparisonOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        options ??= new ComparisonOptions();
        options.Check();
        if (maxDrop is not (>= 0 and <= double.MaxValue)) throw new SuiteException($"gate: an allowed drop of {maxDrop}; expected 0 or more, in the metric's own unit");
        RunMetric asked = Find(baseline.Set, metric);
        SuiteSetting[] settings = RunComparison.Paired([baseline, candidate]);
        foreach (RunRecord run in (RunRecord[])[baseline, candidate]) RefuseParts(run);
        GateSetting[] found = [.. settings.Select(setting => Of(setting, RunComparison.Scores([baseline, candidate], setting, [asked], options, cancel), asked, maxDrop, options))];
        double[] corrected = Holm.Correct([.. found.Select(setting => setting.P)]);
        return new Gate(asked.Key, maxDrop, options.Alpha, [.. found.Select((s, i) => s with { CorrectedP = corrected[i], Fails = s.Drop > maxDrop && corrected[i] <= options.Alpha })]);
    }

    static RunMetric Find(EvalSet set, string name)
    {
        IReadOnlyList<RunMetric> all = RunMetric.Of(set);
        RunMetric[] named = [.. all.Where(metric => metric.IsCalled(name))];
        if (named.Length != 1)
            throw new SuiteException($"gate: {(named.Length == 0 ? $"runs of {set.Id} are not measured by '{name}'" : $"'{name}' is several metrics of {set.Id}")}; take one of {string.Join(", ", all.Select(m => m.Key))}{(named.Length == 0 ? $", or name it in the set's {EvalSet.FileName}" : "")}");
        if (named[0].Refusal is { } refusal) throw new SuiteException($"gate: {name} could not be computed: {refusal}");
        return named[0].Metric!.Judges ? named[0] : throw new SuiteException($"gate: {name} describes answers, more of it is neither better nor worse; take a metric that judges");
    }

    static void RefuseParts(RunRecord run)
    {
        if (!run.IsComplete)
            throw new SuiteException($"gate: {run.Folder} has {run.Results.Count} of {run.Total} answers; a gate judges whole runs. Let 'juxta eval run' end it with the same command");
        int failed = run.Results.Count(result => AnswerEnds.Of(result.Outcome) == AnswerEnd.Failed);
        if (failed > 0) throw new SuiteException($"gate: {failed} answers of {run.Folder} were cancelled or failed; a gate judges whole runs. Run the model again into another folder");
    }

    static GateSetting Of(SuiteSetting setting, SettingScores[] scores, RunMetric metric, double maxDrop, ComparisonOptions options)
    {
        string name = SettingNames.Of(setting);
        if (scores[0].Find(metric.Key) is not { } baseline || scores[1].Find(metric.Key) is not { } candidate)
            throw new SuiteException($"gate: {metric.Key} could not be computed under '{name}': {metric.Lack}");
        double direction = metric.Metric!.HigherIsBetter ? 1 : -1, drop = (baseline.Score - candidate.Score) * direction;
        double p = drop > maxDrop ? Chance(baseline.Statistics, candidate.Statistics, drop - maxDrop, direction, options) : 1;
        return new GateSetting(name, baseline.Samples.Count, baseline.Score, candidate.Score, drop, p, p, false);
    }

    /// <summary>The share of resampled drops, shifted to mean 0, at least as large as the excess, with the real one counted among them.</summary>
    static double Chance(CorpusStatistics baseline, CorpusStatistics candidate, double excess, double direction, ComparisonOptions options)
    {
        double[][] scores = PairedBootstrap.Scores([baseline, candidate], options.Trials, options.Seed);
        double[] drops = [.. scores[0].Zip(scores[1], (a, b) => (a - b) * direction)];
        double mean = PairwiseSum.Mean(drops);
        return (drops.Count(drop => drop - mean >= excess) + 1.0) / (drops.Length + 1);
    }
}

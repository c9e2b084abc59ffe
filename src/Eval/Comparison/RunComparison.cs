using System.Globalization;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>
/// Runs over the same samples side by side, the baseline first: paired by sample and setting. A metric is computed over the samples that all runs answered and
/// that hold what it takes, so every score of a comparison is of the same samples.
/// </summary>
public sealed class RunComparison
{
    RunComparison(IReadOnlyList<RunScores> runs, IReadOnlyList<SuiteSetting> settings, ComparisonOptions options)
    {
        (Runs, Settings, Options) = (runs, settings, options);
        Facts = RunFacts.Of([.. runs.Select(run => run.Run.Manifest)]);
    }

    public ComparisonOptions Options { get; }

    /// <summary>The set, as the baseline's folder has it.</summary>
    public EvalSet Set => Runs[0].Run.Set;

    /// <summary>The baseline first. <c>Runs[r].Settings[s]</c> is of <c>Settings[s]</c>.</summary>
    public IReadOnlyList<RunScores> Runs { get; }

    /// <summary>The settings that all runs have.</summary>
    public IReadOnlyList<SuiteSetting> Settings { get; }

    /// <summary>The setting table.</summary>
    public IReadOnlyList<RunFact> Facts { get; }

    /// <summary>Every test made, by setting, candidate and metric.</summary>
    public IReadOnlyList<MetricDifference> Differences { get; private init; } = [];

    /// <summary>Every sample's answers, by setting, candidate and sample.</summary>
    public IReadOnlyList<SampleDifference> Samples { get; private init; } = [];

    /// <summary>What a reader must know before believing the figures.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Differences of a candidate under a setting.</summary>
    public IEnumerable<MetricDifference> Of(int setting, int candidate) => Differences.Where(d => d.Setting == setting && d.Candidate == candidate);

    /// <summary>Samples sorted by a metric's gain, the candidate's best first; samples that were not scored are left out.</summary>
    public IReadOnlyList<SampleDifference> Ranked(int setting, int candidate, string key) =>
    [
        .. Samples.Where(s => s.Setting == setting && s.Candidate == candidate && s.Scores.Any(score => score.Key == key))
            .OrderByDescending(s => s.Scores.First(score => score.Key == key).Gain).ThenBy(s => s.Index),
    ];

    /// <summary>Compares runs.</summary>
    /// <param name="runs">Two or more of the same samples, the baseline first.</param>
    /// <param name="progress">Told how many of how many tests are made.</param>
    /// <exception cref="SuiteException">The runs are not of the same samples or settings; says which differ and in what.</exception>
    public static RunComparison Of(IReadOnlyList<RunRecord> runs, ComparisonOptions? options = null, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        options ??= new ComparisonOptions();
        options.Check();
        SuiteSetting[] settings = Paired(runs);
        IReadOnlyList<string> labels = Labels(runs);
        RunMetric[] metrics = [.. RunMetric.Of(runs[0].Set)];
        SettingScores[][] scores = [.. settings.Select(setting => Scores(runs, setting, metrics, options, cancel))]; // [setting][run]
        var comparison = new RunComparison([.. runs.Select((run, r) => new RunScores(labels[r], run, [.. scores.Select(s => s[r])]))], settings, options);
        MetricDifference[] differences = comparison.Test(progress, cancel);
        return new RunComparison(comparison.Runs, settings, options)
        {
            Differences = differences,
            Samples = [.. Pairs(comparison.Runs, differences)],
            Warnings = ComparisonWarnings.Of(comparison),
        };
    }

    /// <summary>The settings that all have, or a refusal.</summary>
    internal static SuiteSetting[] Paired(IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count < 2) throw new SuiteException("a comparison needs two runs or more, the baseline first");
        foreach (RunRecord run in runs.Skip(1))
        {
            if (run.Manifest.Set.Sha256 == runs[0].Manifest.Set.Sha256) continue;
            RunFact[] differing = [.. RunFacts.Of([runs[0].Manifest, run.Manifest]).Where(fact => fact is { IsControl: true, Differs: true })];
            throw new SuiteException($"{runs[0].Folder} and {run.Folder} are not of the same samples, so their answers cannot be paired. They differ in {string.Join("; ", differing.Select(f => $"{f.Name} ({f.Values[0] ?? "none"} and {f.Values[1] ?? "none"})"))}. Run both over one version of a set");
        }
        SuiteSetting[] settings = [.. runs[0].Set.Settings.Where(setting => runs.All(run => run.Set.Settings.Contains(setting))).Distinct()];
        return settings.Length > 0 ? settings : throw new SuiteException(
            $"the runs have no setting in common: {string.Join("; ", runs.Select(run => $"{run.Folder} has {string.Join(" | ", run.Set.Settings.Select(SettingNames.Of))}"))}. Run the models over the same set");
    }

    /// <summary>Names that tell the runs apart.</summary>
    public static IReadOnlyList<string> Labels(IReadOnlyList<RunRecord> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        string[] names = [.. runs.Select(run => run.Manifest.Model.Name)];
        return [.. names.Select((name, i) => names.Take(i).Count(n => n == name) is > 0 and int before ? string.Create(CultureInfo.InvariantCulture, $"{name} ({before + 1})") : name)];
    }

    internal static SettingScores[] Scores(IReadOnlyList<RunRecord> runs, SuiteSetting setting, RunMetric[] metrics, ComparisonOptions options, CancellationToken cancel)
    {
        int[] indices = [.. runs.Select(run => run.Set.Settings.ToList().IndexOf(setting))];
        SampleResult?[][] answers = [.. runs.Select((run, r) => run.BySample(indices[r]))];
        EvalSet set = runs[0].Set;
        bool Taken(RunMetric metric, int sample) => answers.All(results => results[sample] is { } result && metric.Takes(set.Samples[sample], result));
        return [.. runs.Select((run, r) => SettingScores.Of(run, indices[r], metrics, Taken, options, cancel))];
    }

    MetricDifference[] Test(IProgress<(int, int)>? progress, CancellationToken cancel)
    {
        var groups = new SampleGroups(Set);
        var tests = from setting in Enumerable.Range(0, Settings.Count)
                    from candidate in Enumerable.Range(1, Runs.Count - 1)
                    from score in Runs[candidate].Settings[setting].Metrics
                    select (setting, candidate, Baseline: Runs[0].Settings[setting].Find(score.Key)!, Scored: score);
        var all = tests.ToArray();
        var made = new MetricDifference[all.Length];
        int done = 0;
        Parallel.For(0, all.Length, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            MetricDifference difference = MetricDifference.Of(all[i].setting, all[i].candidate, all[i].Baseline, all[i].Scored, Options);
            made[i] = difference with { ByTag = groups.ByTag(difference), ByLength = groups.ByLength(difference) };
            progress?.Report((Interlocked.Increment(ref done), all.Length));
        });
        double[] corrected = Holm.Correct([.. made.Select(d => d.P)]), bootstrap = Holm.Correct([.. made.Select(d => d.BootstrapP)]);
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = made[i] with { CorrectedP = corrected[i], CorrectedBootstrapP = bootstrap[i] };
            made[i] = made[i] with { Finding = made[i].Judge(Options.Alpha) };
        }
        return made;
    }

    static IEnumerable<SampleDifference> Pairs(IReadOnlyList<RunScores> runs, MetricDifference[] differences)
    {
        EvalSet set = runs[0].Run.Set;
        for (int setting = 0; setting < runs[0].Settings.Count; setting++)
        {
            SampleResult?[] baseline = runs[0].Run.BySample(runs[0].Settings[setting].Index);
            for (int candidate = 1; candidate < runs.Count; candidate++)
            {
                SampleResult?[] answers = runs[candidate].Run.BySample(runs[candidate].Settings[setting].Index);
                List<SampleScore>[] scores = [.. set.Samples.Select(_ => new List<SampleScore>())];
                foreach (MetricDifference d in differences.Where(d => d.Setting == setting && d.Candidate == candidate))
                {
                    for (int row = 0; row < d.Scored.Samples.Count; row++)
                        scores[d.Scored.Samples[row]].Add(new SampleScore(d.Key, d.Baseline.Statistics.ScoreOf(row), d.Scored.Statistics.ScoreOf(row), d.GainOf(row)));
                }
                for (int i = 0; i < set.Samples.Count; i++)
                {
                    TokenDivergence? parting = baseline[i] is { } a && answers[i] is { } b ? TokenDivergence.Of(a, b) : null;
                    yield return new SampleDifference(setting, candidate, i, set.Samples[i], baseline[i], answers[i], parting) { Scores = scores[i] };
                }
            }
        }
    }
}

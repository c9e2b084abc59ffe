using Juxta.Eval.Metrics;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>A run by every metric of its set, and did-not-stop and loss besides, setting by setting.</summary>
/// <param name="Label">What the run is called, different for each run of a comparison.</param>
public sealed record RunScores(string Label, RunRecord Run, IReadOnlyList<SettingScores> Settings)
{
    /// <summary>Measures a run by itself.</summary>
    /// <exception cref="SuiteException">An option is out of its range.</exception>
    public static RunScores Of(RunRecord run, ComparisonOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        options ??= new ComparisonOptions();
        options.Check();
        IReadOnlyList<RunMetric> metrics = RunMetric.Of(run.Set);
        return new RunScores(run.Manifest.Model.Name, run, [.. run.Set.Settings.Select((_, i) => OfSetting(run, i, metrics, options, cancel))]);
    }

    static SettingScores OfSetting(RunRecord run, int setting, IReadOnlyList<RunMetric> metrics, ComparisonOptions options, CancellationToken cancel)
    {
        SampleResult?[] results = run.BySample(setting);
        return SettingScores.Of(run, setting, metrics, (metric, i) => results[i] is { } result && metric.Takes(run.Set.Samples[i], result), options, cancel);
    }
}

/// <summary>A run's scores under one setting.</summary>
/// <param name="Index">Of the run's settings.</param>
/// <param name="Setting">What it is.</param>
/// <param name="Counts">How the answers ended.</param>
/// <param name="Metrics">In the order of the set, then those that are always measured.</param>
/// <param name="Missing">Metrics of the set that could not be measured.</param>
public sealed record SettingScores(int Index, SuiteSetting Setting, AnswerCounts Counts, IReadOnlyList<MetricScore> Metrics, IReadOnlyList<MissingScore> Missing)
{
    public string Name => SettingNames.Of(Setting);

    /// <summary>The score by one metric; null where it has none.</summary>
    public MetricScore? Find(string key) => Metrics.FirstOrDefault(score => score.Key == key);

    /// <param name="takes">Whether a metric takes the sample of this index.</param>
    internal static SettingScores Of(RunRecord run, int index, IReadOnlyList<RunMetric> metrics, Func<RunMetric, int, bool> takes, ComparisonOptions options, CancellationToken cancel)
    {
        SampleResult?[] results = run.BySample(index);
        (RunMetric Metric, int[] Samples)[] asked = [.. metrics.Select(metric => (metric, Enumerable.Range(0, results.Length).Where(i => takes(metric, i)).ToArray()))];
        MissingScore[] missing = [.. asked.Where(one => one.Samples.Length == 0 && !one.Metric.IsExtra).Select(one => new MissingScore(one.Metric.Key, one.Metric.Lack))];
        var scores = new Dictionary<RunMetric, MetricScore>();
        // Metrics of the same samples measure together, so that a text is split once for those that split alike.
        foreach (var same in asked.Where(one => one.Samples.Length > 0).GroupBy(one => string.Join(',', one.Samples)))
        {
            int[] samples = same.First().Samples;
            CorpusStatistics[] statistics = CorpusStatistics.Of([.. same.Select(one => one.Metric.Metric!)], [.. samples.Select(i => RunMetric.Answer(run.Set.Samples[i], results[i]!))], cancel: cancel);
            foreach ((RunMetric metric, CorpusStatistics found) in same.Select(one => one.Metric).Zip(statistics)) scores.Add(metric, MetricScore.Of(metric.Key, samples, found, options));
        }
        return new SettingScores(index, run.Set.Settings[index], AnswerCounts.Of(run.Set.Samples.Count, run.Of(index)),
            [.. metrics.Where(scores.ContainsKey).Select(metric => scores[metric])], missing);
    }
}

/// <summary>Answers in the places of their samples.</summary>
internal static class RunAnswers
{
    /// <summary>For each sample of the set its answer under a setting; null where it has none.</summary>
    public static SampleResult?[] BySample(this RunRecord run, int setting)
    {
        Dictionary<string, SampleResult> found = run.Of(setting).ToDictionary(result => result.Sample, StringComparer.Ordinal);
        return [.. run.Set.Samples.Select(sample => found.GetValueOrDefault(sample.Id))];
    }
}

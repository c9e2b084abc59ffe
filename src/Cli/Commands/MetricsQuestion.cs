using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;

namespace Juxta.Cli.Commands;

/// <summary>Which resampling was asked for.</summary>
internal sealed record MetricsResampling(bool Bootstrap, bool Randomisation, bool Interval, int? Samples, ulong Seed)
{
    public static MetricsResampling Of(string test, bool paired, bool interval, int? samples, ulong seed)
    {
        if (test is not ("bs" or "ar")) throw new MetricException($"there is no paired test '{test}'; take bs (bootstrap) or ar (approximate randomisation)");
        return new(paired && test == "bs", paired && test == "ar", interval, samples, seed);
    }

    int Resamples => Samples ?? Eval.Significance.Bootstrap.DefaultSamples;

    /// <summary>Runs what was asked for; null for nothing.</summary>
    public PairedResult[]? Run(CorpusStatistics[] systems) =>
        Bootstrap ? PairedBootstrap.Test(systems, Resamples, Seed)
        : Randomisation ? PairedRandomisation.Test(systems, Samples ?? PairedRandomisation.DefaultTrials, Seed, Interval ? Eval.Significance.Bootstrap.DefaultSamples : 0)
        : Interval ? [new PairedResult(systems[0].Score, Eval.Significance.Bootstrap.Interval(systems[0], Resamples, Seed), null)]
        : null;

    public SignatureRun Sign(SignatureRun run) => !Bootstrap && !Randomisation && !Interval ? run : run with
    {
        BootstrapSamples = Randomisation ? (Interval ? Eval.Significance.Bootstrap.DefaultSamples : null) : Resamples,
        RandomisationTrials = Randomisation ? Samples ?? PairedRandomisation.DefaultTrials : null,
        Seed = (long)Seed,
    };
}

/// <summary>A metric, the answers of one or more systems (the baseline first), and what is wanted besides the score.</summary>
internal sealed record MetricsQuestion(IMetric Metric, Answer[][] Systems, bool SentenceLevel, MetricsResampling Resampling)
{
    public MetricsAnswer Answer(IProgress<int>? progress, CancellationToken cancel)
    {
        CorpusStatistics[] systems = [.. Systems.Select(answers => CorpusStatistics.Of(Metric, answers, progress, cancel))];
        return new MetricsAnswer(systems, Resampling.Run(systems), SentenceLevel, Metric.Signature.Format(Resampling.Sign(systems[0].Run)));
    }
}

/// <summary>What there is to tell.</summary>
internal sealed record MetricsAnswer(CorpusStatistics[] Systems, PairedResult[]? Results, bool SentenceLevel, string Signature)
{
    public CorpusStatistics Baseline => Systems[0];

    /// <summary>The JSON document: score and signature first, then what the score was made of.</summary>
    public Dictionary<string, object?> ToJson(string metric)
    {
        var json = new Dictionary<string, object?>
        {
            ["score"] = Baseline.Score,
            ["signature"] = Signature,
            ["metric"] = metric,
            ["name"] = Baseline.Metric.Name,
            ["text"] = Baseline.Metric.Describe(Baseline.Sums, Results?[0].Interval),
            ["producer"] = MetricsReport.Producer,
            ["count"] = Baseline.Count,
        };
        foreach ((string name, object value) in Baseline.Metric.Details(Baseline.Sums)) json[name] = value;
        if (Results?[0].Interval is { } interval) (json["mean"], json["ci"]) = (interval.Mean, interval.HalfWidth);
        if (SentenceLevel) json["scores"] = Enumerable.Range(0, Baseline.Count).Select(Baseline.ScoreOf).ToArray();
        if (Systems.Length > 1)
            json["paired"] = Results!.Skip(1).Select(r => new { r.Score, r.PValue, Mean = r.Interval?.Mean, Ci = r.Interval?.HalfWidth }).ToArray();
        return json;
    }
}

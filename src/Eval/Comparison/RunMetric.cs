using Juxta.Eval.Metrics;
using Juxta.Eval.Metrics.Answers;
using Juxta.Eval.Metrics.Loss;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>A metric that runs over a set are measured by.</summary>
/// <param name="Key">How it is asked for: its name in the set, with its options where the set names it more than once.</param>
/// <param name="Metric">Null where it cannot be made here.</param>
/// <param name="Refusal">Why not.</param>
public sealed record RunMetric(string Key, IMetric? Metric, string? Refusal)
{
    /// <summary>Measured whatever the set says, where the runs hold what it takes.</summary>
    static readonly string[] Always = ["did-not-stop", "loss", "perplexity", "bits-per-byte"];

    /// <summary>Not named by the set: where a run does not hold what it takes, nobody misses it.</summary>
    public bool IsExtra { get; private init; }

    /// <summary>The set's metrics, then those that are always measured.</summary>
    public static IReadOnlyList<RunMetric> Of(EvalSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var all = new List<RunMetric>();
        foreach (SuiteMetric named in set.Metrics)
        {
            bool twice = set.Metrics.Count(other => other.Name == named.Name) > 1;
            string key = twice && named.Options.Count > 0 ? $"{named.Name}({string.Join(",", named.Options.Select(o => FormattableString.Invariant($"{o.Key}={o.Value}")))})" : named.Name;
            if (all.All(other => other.Key != key)) all.Add(Create(key, named.Name, named.Options));
        }
        foreach (string name in Always)
        {
            RunMetric extra = Create(name, name, new Dictionary<string, object?>()) with { IsExtra = true };
            if (all.All(other => other.Metric?.Name != extra.Metric!.Name)) all.Add(extra);
        }
        return all;
    }

    static RunMetric Create(string key, string name, IReadOnlyDictionary<string, object?> options)
    {
        try
        {
            return new RunMetric(key, MetricTable.Create(name, options), null);
        }
        catch (MetricException error) // the dictionary of Chinese words may be absent
        {
            return new RunMetric(key, null, error.Message);
        }
    }

    /// <summary>Whether it is asked for by this name: case, '-' and '_' do not matter.</summary>
    internal bool IsCalled(string name) => Plain(Key) == Plain(name) || (Metric is not null && Plain(Metric.Name) == Plain(name));

    static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Whether an answer holds what the metric takes.</summary>
    internal bool Takes(EvalSample sample, SampleResult result) => AnswerEnds.Of(result.Outcome) is var end && end != AnswerEnd.Failed && Metric switch
    {
        null => false,
        LossMetric { Unit: LossUnit.BitsPerByte } => result is { Nats: not null, LossBytes: not null },
        LossMetric => result is { Nats: not null, LossTokens: not null },
        DidNotStopMetric => end != AnswerEnd.Unknown,
        { NeedsReferences: true } => sample.References.Count > 0,
        _ => true,
    };

    /// <summary>What the answers lack, where there is none that it takes.</summary>
    internal string Lack => Refusal ?? Metric switch
    {
        LossMetric { Unit: LossUnit.BitsPerByte } => "no answer comes with the loss of its reference in nats and bytes; a model behind an endpoint cannot be asked for it",
        LossMetric => "no answer comes with the loss of its reference; a model behind an endpoint cannot be asked for it",
        DidNotStopMetric => "no answer says how it ended",
        _ => "there is no answer to score",
    };

    internal static Answer Answer(EvalSample sample, SampleResult result) => new(result.Answer, sample.References)
    {
        Outcome = AnswerEnds.Of(result.Outcome) == AnswerEnd.Stopped ? "stop" : result.Outcome,
        Loss = result is { Nats: { } nats } ? new TokenLoss(nats, result.LossTokens ?? 0, result.LossBytes ?? 0) : null,
    };
}

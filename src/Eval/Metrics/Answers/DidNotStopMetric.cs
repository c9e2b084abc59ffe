namespace Juxta.Eval.Metrics.Answers;

/// <summary>
/// The share of answers that were cut for length or for repetition instead of ending by themselves, 0 to 1; lower is better. Answers that were cancelled or
/// failed say nothing about the model and are left out. Statistics: not stopped, judged, cut for length, cut for repetition, left out.
/// </summary>
internal sealed class DidNotStopMetric : IMetric
{
    public string Name => "did not stop";

    public MetricSignature Signature { get; } = new("juxta-1", new SignatureField("agg", "a", "mean"));

    public bool HigherIsBetter => false;

    public bool NeedsReferences => false;

    public int StatisticsLength => 5;

    public int Decimals => 4;

    /// <summary>0 where no answer can be judged.</summary>
    public double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? sums[0] / sums[1] : 0;

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums) =>
        [new("did_not_stop", sums[0]), new("judged", sums[1]), new("length", sums[2]), new("repetition", sums[3]), new("left_out", sums[4])];

    public void Count(Answer answer, Span<double> statistics)
    {
        string outcome = answer.Outcome ?? throw new MetricException("did-not-stop needs how each answer ended: give \"outcomes\" (eos:ID, stop:TEXT, stop_id:ID, length, repetition, cancelled, error)");
        string kind = outcome.Split(':', 2)[0];
        switch (kind)
        {
            case "eos" or "stop" or "stop_id":
                statistics[1] = 1;
                break;
            case "length" or "repetition":
                statistics[0] = statistics[1] = 1;
                statistics[kind == "length" ? 2 : 3] = 1;
                break;
            case "cancelled" or "error":
                statistics[4] = 1;
                break;
            default:
                throw new MetricException($"did-not-stop: outcome '{outcome}' is unknown; expected eos:ID, stop:TEXT, stop_id:ID, length, repetition, cancelled or error");
        }
    }
}

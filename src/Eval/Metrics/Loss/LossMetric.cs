namespace Juxta.Eval.Metrics.Loss;

/// <summary>What is made of summed loss.</summary>
internal enum LossUnit
{
    /// <summary>Nats per scored token.</summary>
    Loss,

    /// <summary>e to that: how many tokens the model hesitates between.</summary>
    Perplexity,

    /// <summary>Bits per UTF-8 byte: comparable between tokenizers.</summary>
    BitsPerByte,
}

/// <summary>
/// Loss of the tokens that a mask keeps, over the corpus and not as a mean of means: Σ −ln p / Σ tokens, its exponential, or Σ −log₂ p / Σ bytes; lower is
/// better. Statistics: nats, tokens, bytes. Needs <see cref="Answer.Loss"/>; the texts are not looked at.
/// </summary>
internal sealed class LossMetric(LossUnit unit) : IMetric
{
    public LossUnit Unit => unit;

    public string Name => unit switch { LossUnit.Loss => "loss", LossUnit.Perplexity => "perplexity", _ => "bits per byte" };

    public MetricSignature Signature { get; } =
        new("juxta-1", new("unit", "u", unit switch { LossUnit.Loss => "nats/token", LossUnit.Perplexity => "exp(nats/token)", _ => "bits/byte" }), new("agg", "a", "corpus"));

    public bool HigherIsBetter => false;

    public bool NeedsReferences => false;

    public int StatisticsLength => 3;

    public int Decimals => 4;

    /// <summary>0 (perplexity 1) where nothing was scored.</summary>
    public double Score(ReadOnlySpan<double> sums) => unit switch
    {
        LossUnit.BitsPerByte => sums[2] > 0 ? sums[0] / Math.Log(2) / sums[2] : 0,
        LossUnit.Loss => sums[1] > 0 ? sums[0] / sums[1] : 0,
        _ => sums[1] > 0 ? Math.Exp(sums[0] / sums[1]) : 1,
    };

    public IEnumerable<KeyValuePair<string, object>> Details(ReadOnlySpan<double> sums) => [new("nats", sums[0]), new("tokens", sums[1]), new("bytes", sums[2])];

    public void Count(Answer answer, Span<double> statistics)
    {
        TokenLoss loss = answer.Loss ?? throw new MetricException($"{Name} needs the loss of each sample: give \"nats\", \"tokens\" and \"bytes\" ('juxta score' computes them)");
        if (!double.IsFinite(loss.Nats) || loss.Nats < 0 || loss.Tokens < 0 || loss.Bytes < 0)
            throw new MetricException($"{Name}: a sample has {loss.Nats} nats, {loss.Tokens} tokens and {loss.Bytes} bytes; expected finite numbers of 0 or more");
        (statistics[0], statistics[1], statistics[2]) = (loss.Nats, loss.Tokens, loss.Bytes);
    }
}

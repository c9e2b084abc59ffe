namespace Juxta.Cli.Bench.Targets;

/// <summary>A ratio that Juxta means to keep on every machine, measured on this one.</summary>
/// <param name="Name">Stable, for scripts: side_by_side, adapter, second_turn, load_cold, load_again, sampling, sampling_top_p, tokenizer.</param>
/// <param name="Title">For people.</param>
/// <param name="Value">Median of the runs: a ratio, or megabytes a second for the tokenizer.</param>
/// <param name="Bound">What it is to keep.</param>
/// <param name="AtMost">Whether the bound is the largest value that is good, or the smallest.</param>
/// <param name="Detail">The two sides, in a few words.</param>
/// <param name="MemoryGigabytesPerSecond">Median reading of the same windows; null where memory bounds neither side.</param>
internal sealed record Target(string Name, string Title, double Value, double Bound, bool AtMost, string Detail, double? MemoryGigabytesPerSecond = null)
{
    /// <summary>How the model's weights were kept; null where no model was measured.</summary>
    public string? Weights { get; init; }

    public bool Met => AtMost ? Value <= Bound : Value >= Bound;
}

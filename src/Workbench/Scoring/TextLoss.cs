namespace Juxta.Workbench.Scoring;

/// <summary>What a model thinks of the tokens that carry loss. Values of several texts add up (design D9).</summary>
/// <param name="Nats">Σ −ln p of each such token given all before it.</param>
/// <param name="Tokens">How many there are.</param>
/// <param name="Bytes">UTF-8 bytes of the text that they stand for, special tokens being none; null where no tokenizer says.</param>
public readonly record struct TextLoss(double Nats, long Tokens, long? Bytes)
{
    /// <summary>Nothing scored.</summary>
    public static TextLoss Zero { get; } = new(0, 0, 0);

    public static TextLoss operator +(TextLoss a, TextLoss b) => new(a.Nats + b.Nats, a.Tokens + b.Tokens, a.Bytes + b.Bytes);
}

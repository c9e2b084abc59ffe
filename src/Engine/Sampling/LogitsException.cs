namespace Juxta.Engine.Sampling;

/// <summary>A row of logits from which no token can be drawn. Ends the sequence with the outcome <c>error</c>; the message is its detail.</summary>
public sealed class LogitsException(string message) : Exception(message)
{
    public static LogitsException NotFinite(int? position) =>
        new($"the model's logits{At(position)} are not finite (NaN or infinity): the weights or an adapter are damaged, or an adapter's scale is too large");

    public static LogitsException AllForbidden(int? position) =>
        new($"no token may be drawn{At(position)}: logit_bias, min_tokens and the vocabulary together forbid every one");

    static string At(int? position) => position is { } index ? $" at position {index}" : "";
}

using System.Globalization;

namespace Juxta.Engine.Generation;

/// <summary>Ways an answer ends (design D5).</summary>
public enum OutcomeKind
{
    /// <summary>The model drew an end-of-sequence id.</summary>
    Eos,

    /// <summary>A stop string was completed.</summary>
    Stop,

    /// <summary>A stop id of the request was drawn.</summary>
    StopId,

    /// <summary>Max tokens or the context was reached.</summary>
    Length,

    /// <summary>The repetition stop found a cycle.</summary>
    Repetition,

    /// <summary>Somebody cancelled it, or the server stopped in mid-stream.</summary>
    Cancelled,

    /// <summary>The engine failed; the detail says how.</summary>
    Error,
}

/// <summary>How an answer ended. Its text form is <c>eos:2</c>, <c>stop:\nUser</c>, <c>stop_id:7</c>, <c>length</c>, <c>repetition</c>, <c>cancelled</c> or <c>error:…</c>.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Detail">The token id, the stop string or the error.</param>
public sealed record Outcome(OutcomeKind Kind, string? Detail = null)
{
    public static Outcome Length { get; } = new(OutcomeKind.Length);

    public static Outcome Repetition { get; } = new(OutcomeKind.Repetition);

    public static Outcome Cancelled { get; } = new(OutcomeKind.Cancelled);

    public static Outcome Eos(int id) => new(OutcomeKind.Eos, id.ToString(CultureInfo.InvariantCulture));

    public static Outcome StopId(int id) => new(OutcomeKind.StopId, id.ToString(CultureInfo.InvariantCulture));

    public static Outcome Stop(string text) => new(OutcomeKind.Stop, text);

    public static Outcome Error(string message) => new(OutcomeKind.Error, message);

    /// <summary>OpenAI's finish_reason.</summary>
    public string FinishReason => Kind is OutcomeKind.Length or OutcomeKind.Repetition or OutcomeKind.Cancelled ? "length" : Kind is OutcomeKind.Error ? "error" : "stop";

    public static Outcome Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string head = colon < 0 ? text : text[..colon];
        OutcomeKind kind = head switch
        {
            "eos" => OutcomeKind.Eos,
            "stop" => OutcomeKind.Stop,
            "stop_id" => OutcomeKind.StopId,
            "length" => OutcomeKind.Length,
            "repetition" => OutcomeKind.Repetition,
            "cancelled" => OutcomeKind.Cancelled,
            "error" => OutcomeKind.Error,
            _ => throw new FormatException($"'{text}' is not an outcome; expected eos:<id>, stop:<text>, stop_id:<id>, length, repetition, cancelled or error:<message>"),
        };
        return new Outcome(kind, colon < 0 ? null : text[(colon + 1)..]);
    }

    public override string ToString()
    {
        string head = Kind switch
        {
            OutcomeKind.StopId => "stop_id",
            _ => Kind.ToString().ToLowerInvariant(),
        };
        return Detail is null ? head : $"{head}:{Detail}";
    }
}

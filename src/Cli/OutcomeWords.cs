using System.Globalization;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.Cli;

/// <summary>How an answer ended, in words.</summary>
internal static class OutcomeWords
{
    public static string Of(Outcome outcome, LanguageModel model) => outcome.Kind switch
    {
        OutcomeKind.Eos => $"ended by {Token(outcome, model)}",
        OutcomeKind.StopId => $"ended by stop id {Token(outcome, model)}",
        OutcomeKind.Stop => $"ended by stop text {outcome.Detail}",
        OutcomeKind.Length => "cut by length",
        OutcomeKind.Repetition => "stopped: it was repeating itself",
        OutcomeKind.Cancelled => "cancelled",
        _ => $"failed: {outcome.Detail}",
    };

    static string Token(Outcome outcome, LanguageModel model) =>
        int.TryParse(outcome.Detail, CultureInfo.InvariantCulture, out int id) && model.Tokenizer?.TokenOf(id) is { } token ? $"{token} ({id})" : outcome.Detail ?? "";
}

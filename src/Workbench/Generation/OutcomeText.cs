using System.Globalization;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Eval.Reports;

namespace Juxta.Workbench.Generation;

/// <summary>How an answer ended, in words (design D5): on pages and in a terminal.</summary>
public static class OutcomeText
{
    /// <summary>A sentence without its full stop.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="tokens">Count of the answer's tokens; null where another server did not say.</param>
    /// <param name="model">The model, where it is in memory: it knows the texts of tokens and which file makes one an end.</param>
    /// <param name="continued">The tokens are those of an answer's last part, the others were there before.</param>
    public static string Describe(Outcome outcome, int? tokens, LanguageModel? model, bool continued = false) => outcome.Kind switch
    {
        OutcomeKind.Eos => $"The model ended it: end-of-sequence id {Token(outcome, model)}",
        OutcomeKind.Stop when outcome.Detail is null => "Ended by the model or by a stop string: the other server does not say which",
        OutcomeKind.Stop => $"Ended by the stop string “{StopLines.Write([outcome.Detail ?? ""])}”",
        OutcomeKind.StopId => $"Ended by the stop id {Token(outcome, model)}",
        OutcomeKind.Length => $"Cut{(tokens is int count ? $" at {ReportNumbers.Count(count, continued ? "more token" : "token")}" : "")}: the limit or the context was reached, the model had not finished",
        OutcomeKind.Repetition => "Stopped because it repeated itself",
        OutcomeKind.Cancelled => "Cancelled before the model had finished" + (outcome.Detail is null ? "" : $" ({outcome.Detail})"),
        OutcomeKind.Error => "Failed" + (outcome.Detail is null ? "" : $": {outcome.Detail}"),
        _ => outcome.ToString(),
    };

    static string Token(Outcome outcome, LanguageModel? model) =>
        int.TryParse(outcome.Detail, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? StopIdText.Describe(id, model?.Tokenizer?.TokenOf(id), model?.StopIds.Entries.FirstOrDefault(stop => stop.Id == id)?.Sources ?? [])
            : outcome.Detail ?? "?";
}

using System.Globalization;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Eval.Reports;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.Web.Chat.Messages;

/// <summary>How an answer ended and what it cost, in words (design D5).</summary>
internal static class OutcomeText
{
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
        OutcomeKind.Length => $"Cut{(tokens is int count ? $" at {Count(count, continued ? "more token" : "token")}" : "")}: the limit or the context was reached, the model had not finished",
        OutcomeKind.Repetition => "Stopped because it repeated itself",
        OutcomeKind.Cancelled => "Cancelled before the model had finished" + (outcome.Detail is null ? "" : $" ({outcome.Detail})"),
        OutcomeKind.Error => "Failed" + (outcome.Detail is null ? "" : $": {outcome.Detail}"),
        _ => outcome.ToString(),
    };

    /// <summary>"34 tokens · 412 tokens/s · first after 12 ms · prompt 17 tokens"; what is not known is left out, but for another server's count of tokens.</summary>
    public static string Cost(GenerationUsage usage)
    {
        List<string> parts = [usage.CompletionTokens is int count ? Count(count, "token") : "tokens not counted"];
        if (usage.TokensPerSecond is double speed) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{(speed < 10 ? Math.Round(speed, 1) : Math.Round(speed))} tokens/s"));
        if (usage.TimeToFirstToken is TimeSpan first) parts.Add($"first after {Duration(first)}");
        if (usage.PromptTokens is int prompt and > 0) parts.Add($"prompt {Count(prompt, "token")}");
        return string.Join(" · ", parts);
    }

    /// <summary>"stories260k + lora-toy-chat × 0.5".</summary>
    public static string Author(Answer answer) => string.Join(" + ", [answer.Model, .. answer.Adapters.Select(Adapter)]);

    /// <summary>An adapter and its scale, where that is not 1.</summary>
    public static string Adapter(AdapterUse use) => use.Scale == 1 ? use.Name : string.Create(CultureInfo.InvariantCulture, $"{use.Name} × {use.Scale:0.##}");

    public static string Duration(TimeSpan time) =>
        time.TotalSeconds < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(time.TotalMilliseconds)} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    public static string Count(int count, string noun) => ReportNumbers.Count(count, noun);

    static string Token(Outcome outcome, LanguageModel? model) =>
        int.TryParse(outcome.Detail, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? StopIdText.Describe(id, model?.Tokenizer?.TokenOf(id), model?.StopIds.Entries.FirstOrDefault(stop => stop.Id == id)?.Sources ?? [])
            : outcome.Detail ?? "?";
}

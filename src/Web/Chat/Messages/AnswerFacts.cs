using System.Globalization;
using Juxta.Engine.Generation;
using Juxta.Eval.Reports;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.Web.Chat.Messages;

/// <summary>Who wrote an answer and what it cost, in words.</summary>
internal static class AnswerFacts
{
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
}

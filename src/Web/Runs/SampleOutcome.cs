using Juxta.Eval.Comparison;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;

namespace Juxta.Web.Runs;

/// <summary>How one answer of a run ended and how long it is.</summary>
internal static class SampleOutcome
{
    /// <summary>"stopped (eos:2) · 34 tokens · prompt 17 tokens".</summary>
    public static string Describe(SampleResult result)
    {
        List<string> parts = [$"{AnswerEnds.Of(result.Outcome).Word()}{(result.Outcome is { } outcome ? $" ({Markdown.VisibleText.Of(outcome)})" : "")}"];
        if (result.CompletionTokens is { } tokens) parts.Add(ReportNumbers.Count(tokens, "token"));
        if (result.PromptTokens is { } prompt) parts.Add($"prompt {ReportNumbers.Count(prompt, "token")}");
        return string.Join(" · ", parts);
    }

    /// <summary>The class of its mark.</summary>
    public static string Class(SampleResult? result) => result is null ? "end-unanswered" : $"end-{AnswerEnds.Of(result.Outcome).ToString().ToLowerInvariant()}";
}

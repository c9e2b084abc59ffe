using System.Text.Json.Serialization;

namespace Juxta.Server.Completions;

/// <summary>Tokens of a request: the prompt's, and all that were drawn for its answers, end-of-sequence ids included.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens)
{
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>Answers to one prompt count it once.</summary>
    public static Usage Of(IReadOnlyList<AnswerText> answers) =>
        new(answers.DistinctBy(answer => answer.Prompt).Sum(answer => answer.PromptTokens), answers.Sum(answer => answer.DrawnCount));
}

/// <summary>An answer of <c>/v1/completions</c>, whole or one event of a stream.</summary>
internal sealed record CompletionResponse(string Id, long Created, string Model, IReadOnlyList<CompletionChoice> Choices)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "text_completion";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}

/// <summary>One text.</summary>
/// <param name="Outcome">Juxta's own record of how it ended: <c>eos:2</c>, <c>stop:…</c>, <c>length</c> … (null while it streams).</param>
internal sealed record CompletionChoice(int Index, string Text, CompletionLogProbs? Logprobs, string? FinishReason, string? Outcome)
{
    /// <summary>Ids drawn, the one that ended the answer included; of an event, those that it brings. Only when asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>The prompt's ids, when asked for; of a stream, in the first event.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? PromptTokenIds { get; init; }
}

/// <summary>Log-probabilities in the four parallel lists of the completions API.</summary>
/// <param name="Tokens">Each token's text; <c>bytes:\xe4\xbd</c> where it is not whole characters.</param>
/// <param name="TokenLogprobs">Natural logarithms; null for the first token of an echoed prompt.</param>
/// <param name="TopLogprobs">The likeliest tokens at each position, the drawn one included.</param>
/// <param name="TextOffset">Where each token starts in the choice's text, in Unicode code points.</param>
internal sealed record CompletionLogProbs(
    List<string> Tokens, List<float?> TokenLogprobs, List<Dictionary<string, float>?> TopLogprobs, List<int> TextOffset);

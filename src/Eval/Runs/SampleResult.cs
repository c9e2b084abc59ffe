using System.Text.Json.Serialization;

namespace Juxta.Eval.Runs;

/// <summary>What a model answered to one sample under one setting: a line of a run's log.</summary>
/// <param name="Setting">Index of the set's setting.</param>
/// <param name="Sample">The sample's id.</param>
/// <param name="Answer">What the model said.</param>
/// <param name="Outcome">How it ended: <c>eos:2</c>, <c>stop:…</c>, <c>length</c> …, or the finish reason where a client says no more; null where it says nothing.</param>
public sealed record SampleResult(
    [property: JsonPropertyName("setting")] int Setting, [property: JsonPropertyName("sample")] string Sample, [property: JsonPropertyName("answer")] string Answer,
    [property: JsonPropertyName("outcome")] string? Outcome)
{
    /// <summary>Tokens of the prompt, where the client counts them.</summary>
    [JsonPropertyName("prompt_tokens")]
    public long? PromptTokens { get; init; }

    /// <summary>Tokens of the answer, where the client counts them.</summary>
    [JsonPropertyName("completion_tokens")]
    public long? CompletionTokens { get; init; }
}

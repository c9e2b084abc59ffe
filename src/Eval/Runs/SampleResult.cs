using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>What a model answered to one sample under one setting: a line of <c>answers.jsonl</c>.</summary>
/// <param name="Setting">Index of the run's setting.</param>
/// <param name="Sample">The sample's id.</param>
/// <param name="Answer">What the model said.</param>
/// <param name="Outcome">How it ended: <c>eos:2</c>, <c>stop:…</c>, <c>length</c> …, or the finish reason where a client says no more; null where it says nothing.</param>
public sealed record SampleResult(int Setting, string Sample, string Answer, string? Outcome)
{
    static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>What the model was asked where <c>max_source_length</c> cut the set's prompt; null = the set's prompt.</summary>
    public IReadOnlyList<EvalMessage>? Prompt { get; init; }

    /// <summary>Tokens that were cut from it; null = none.</summary>
    public int? CutTokens { get; init; }

    /// <summary>Tokens of the prompt, where the client counts them.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Tokens of the answer, where the client counts them.</summary>
    public long? CompletionTokens { get; init; }

    /// <summary>The token ids drawn, an end-of-sequence id included; null where the client does not say.</summary>
    public IReadOnlyList<int>? Ids { get; init; }

    /// <summary>Natural log of each drawn token's probability before temperature and penalties, one for each of <see cref="Ids"/>.</summary>
    public IReadOnlyList<float>? Logprobs { get; init; }

    /// <summary>Masked loss of the sample's first reference: Σ −ln p of its tokens, given the prompt; null where nothing scores it.</summary>
    public double? Nats { get; init; }

    /// <summary>Tokens that <see cref="Nats"/> is summed over.</summary>
    public long? LossTokens { get; init; }

    /// <summary>UTF-8 bytes of the text that they stand for.</summary>
    public long? LossBytes { get; init; }

    /// <summary>One line, without its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The result that a line holds; null when it holds none.</summary>
    internal static SampleResult? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SampleResult>(line, Json) is { Sample: not null, Answer: not null } result ? result : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

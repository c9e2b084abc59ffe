using System.Text.Json;
using Juxta.Eval.Suites;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Runs;

/// <summary>A model as a run asks it (design D11): any chat client, and what only the one who has the model's tokenizer and weights can do.</summary>
/// <param name="Identity">Which model it is.</param>
/// <param name="Client">
/// Asked with the set's options. Where it knows them, the answer has the additional properties <c>outcome</c> (text), <c>ids</c> (whole numbers) and
/// <c>logprobs</c> (floats).
/// </param>
public sealed record RunModel(ModelIdentity Identity, IChatClient Client)
{
    /// <summary>The client reads tool definitions, as the OpenAI API writes them, from the additional property <c>tools</c>.</summary>
    public bool TakesTools { get; init; }

    /// <summary>Makes prompts fit <c>max_source_length</c>; null = nobody here knows the model's tokens.</summary>
    public PromptShortener? Shorten { get; init; }

    /// <summary>Scores references; null = nobody here has the model's probabilities.</summary>
    public ReferenceScorer? Score { get; init; }
}

/// <summary>A prompt that fits.</summary>
/// <param name="Messages">The conversation, cut where it had to be.</param>
/// <param name="CutTokens">How many tokens shorter it is; 0 = it fitted as it was.</param>
public sealed record FittingPrompt(IReadOnlyList<EvalMessage> Messages, int CutTokens);

/// <summary>A prompt of at most so many tokens.</summary>
/// <param name="prompt">The conversation.</param>
/// <param name="tools">Tool definitions that are rendered with it; null = none.</param>
/// <param name="tokens">Most tokens of the rendered prompt.</param>
/// <exception cref="SuiteException">Not even an empty conversation fits.</exception>
public delegate FittingPrompt PromptShortener(IReadOnlyList<EvalMessage> prompt, JsonElement? tools, int tokens);

/// <summary>The masked loss of a reference as the answer to a prompt.</summary>
public delegate Task<ReferenceLoss> ReferenceScorer(IReadOnlyList<EvalMessage> prompt, JsonElement? tools, string reference, CancellationToken cancel);

/// <summary>What a model thinks of a reference.</summary>
/// <param name="Nats">Σ −ln p of its tokens.</param>
/// <param name="Tokens">How many there are.</param>
/// <param name="Bytes">UTF-8 bytes of the text that they stand for; null where nobody knows.</param>
public readonly record struct ReferenceLoss(double Nats, long Tokens, long? Bytes);

using System.Text.Json;
using Juxta.Server.Wire;

namespace Juxta.Server.Completions;

/// <summary>A prompt of <c>/v1/completions</c>: text or token ids; exactly one of the two.</summary>
/// <param name="Path">Its path in the request.</param>
internal sealed record CompletionPrompt(string Path, string? Text, IReadOnlyList<int>? Ids);

/// <summary>A body of <c>/v1/completions</c>, read and checked as far as that goes without the model.</summary>
/// <param name="Generation">What both completion endpoints have in common.</param>
/// <param name="Prompts">At least one.</param>
/// <param name="MaxTokens">Most tokens per answer; 0 = only score the prompt.</param>
/// <param name="LogProbs">Alternatives per token when log-probabilities are wanted; null = none wanted.</param>
/// <param name="Echo">The prompt comes back at the start of the text, and with its log-probabilities when those are wanted.</param>
/// <param name="AddSpecial">A text prompt gets the tokenizer's opening tokens.</param>
/// <param name="ParseSpecial">Special tokens spelt out in a text prompt are recognised.</param>
/// <param name="ReturnTokenIds">The ids of prompt and answer come too.</param>
/// <param name="TokensAsIds">Log-probabilities name tokens by id.</param>
internal sealed record CompletionRequest(
    GenerationFields Generation, IReadOnlyList<CompletionPrompt> Prompts, int MaxTokens, int? LogProbs, bool Echo, bool AddSpecial, bool ParseSpecial,
    bool ReturnTokenIds, bool TokensAsIds)
{
    /// <summary>The completions API's default.</summary>
    const int DefaultMaxTokens = 16;

    const int MostPrompts = 256;

    public static CompletionRequest Read(Fields body)
    {
        GenerationFields generation = GenerationFields.Read(body);
        if (body.Integer("best_of", 1) is int bestOf && bestOf != generation.Choices)
        {
            throw ApiException.Unsupported("best_of", "all answers are returned, so it can only equal 'n'");
        }

        bool echo = body.Flag("echo") ?? false;
        int maxTokens = body.Integer("max_tokens", 0) ?? DefaultMaxTokens;
        if (maxTokens == 0 && !echo) throw ApiException.Invalid("'max_tokens' is 0, which only makes sense together with \"echo\": true (scoring)", "max_tokens");
        return new CompletionRequest(
            generation, ReadPrompts(body), maxTokens, body.Integer("logprobs", 0, GenerationFields.MostTopLogProbs), echo,
            body.Flag("add_special_tokens") ?? true, body.Flag("parse_special") ?? true,
            body.Flag("return_token_ids") ?? false, body.Flag("return_tokens_as_token_ids") ?? false);
    }

    static List<CompletionPrompt> ReadPrompts(Fields body)
    {
        if (body.Value("prompt") is not JsonElement prompt) throw ApiException.Invalid("'prompt' is required: a string, a list of token ids, or a list of either", "prompt", "missing_parameter");
        if (prompt.ValueKind != JsonValueKind.Array) return [ReadPrompt(prompt, "prompt")];
        int count = prompt.GetArrayLength();
        if (count == 0) throw ApiException.Invalid("'prompt' is an empty list; expected at least one token id or prompt", "prompt");
        if (prompt[0].ValueKind == JsonValueKind.Number) return [ReadPrompt(prompt, "prompt")];
        if (count > MostPrompts) throw ApiException.Invalid($"'prompt' holds {count} prompts; at most {MostPrompts} go into one request", "prompt");
        return [.. Fields.ReadList(prompt, "prompt").Select(item => ReadPrompt(item.Value, item.Path))];
    }

    static CompletionPrompt ReadPrompt(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return new CompletionPrompt(path, value.GetString(), null);
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                var ids = new List<int>(value.GetArrayLength());
                foreach (JsonElement id in value.EnumerateArray())
                {
                    bool plain = id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int small) && small >= 0;
                    ids.Add(plain ? id.GetInt32() : Fields.ReadInteger(id, $"{path}[{ids.Count}]", 0, int.MaxValue));
                }

                return new CompletionPrompt(path, null, ids);
            case JsonValueKind.Array:
                throw ApiException.Invalid($"'{path}' is an empty list; a prompt needs at least one token id", path);
            default:
                throw Fields.Wrong(path, "a string or a list of token ids", value);
        }
    }
}

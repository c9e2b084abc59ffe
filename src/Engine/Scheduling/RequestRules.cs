using Juxta.Engine.Generation;

namespace Juxta.Engine.Scheduling;

/// <summary>
/// What a request must satisfy before the engine takes it. Names and ranges are those of the OpenAI API, and vLLM's for what that lacks.
/// </summary>
internal static class RequestRules
{
    /// <param name="vocabulary">Ids that the model knows under the request's adapters.</param>
    /// <param name="limit">Most tokens of prompt and answer together: the context, or the whole cache if that is smaller.</param>
    /// <param name="hasText">Whether there is a tokenizer, without which there is no text to match.</param>
    /// <exception cref="RequestException">Names the parameter at fault.</exception>
    public static void Check(GenerationRequest request, int vocabulary, int context, int limit, bool hasText)
    {
        CheckPrompt(request.PromptIds, vocabulary, context, limit, request.MaxTokens == 0 ? 0 : 1);
        Require(request.MaxTokens is null or >= 0, "max_tokens", request.MaxTokens, "0 or more");
        Require(request.LogProbs is null or (>= 0 and <= GenerationRequest.MaxLogProbs), "logprobs", request.LogProbs, $"0 to {GenerationRequest.MaxLogProbs}");
        if (request.Beginning is { } beginning)
        {
            Require(beginning.Start >= 0 && beginning.Start <= request.PromptIds.Count, "beginning", $"at {beginning.Start}", $"0 to the prompt's {request.PromptIds.Count} ids");
            Require(beginning.Text is not null, "beginning", null, "a text");
        }
        Require(request.ScoreFrom >= 0 && request.ScoreFrom <= request.PromptIds.Count, "score_from", $"{request.ScoreFrom}", $"0 to the prompt's {request.PromptIds.Count} ids");
        Require(request.Adapters is not null, "adapters", null, "a list");
        CheckSampling(request.Sampling ?? throw Bad("sampling", null, "sampling options"), vocabulary);
        CheckStops(request.Stop ?? throw Bad("stop", null, "stop options"), request.MaxTokens, vocabulary, hasText);
    }

    /// <param name="answer">Least tokens that must fit behind the prompt.</param>
    public static void CheckPrompt(IReadOnlyList<int> ids, int vocabulary, int context, int limit, int answer)
    {
        if (ids is null || ids.Count == 0) throw new RequestException("the prompt is empty; give at least one token", "prompt");
        for (int i = 0; i < ids.Count; i++)
        {
            if ((uint)ids[i] >= (uint)vocabulary) throw new RequestException($"prompt token {i} has id {ids[i]}; this model's ids are 0 to {vocabulary - 1}", "prompt");
        }
        if (ids.Count + answer > context)
        {
            throw new RequestException($"the prompt has {ids.Count} tokens; the model's context holds {context}{(answer > 0 ? ", the answer included" : "")}. Shorten the prompt", "prompt");
        }
        if (ids.Count + answer > limit)
        {
            throw new RequestException($"the prompt has {ids.Count} tokens; the engine's cache holds {limit}{(answer > 0 ? ", the answer included" : "")}. Shorten the prompt or start the engine with a larger cache", "prompt");
        }
    }

    static void CheckSampling(SamplingOptions sampling, int vocabulary)
    {
        Require(sampling.Temperature is >= 0 and <= 100, "temperature", sampling.Temperature, "0 (greedy) to 100");
        Require(sampling.TopK >= 0, "top_k", sampling.TopK, "0 (all) or more");
        Require(sampling.TopP is >= 0 and <= 1, "top_p", sampling.TopP, "0 to 1");
        Require(sampling.MinP is >= 0 and <= 1, "min_p", sampling.MinP, "0 to 1");
        Require(sampling.RepetitionPenalty is > 0 and <= 100, "repetition_penalty", sampling.RepetitionPenalty, "above 0 (1 = off) to 100");
        Require(sampling.PresencePenalty is >= -2 and <= 2, "presence_penalty", sampling.PresencePenalty, "-2 to 2");
        Require(sampling.FrequencyPenalty is >= -2 and <= 2, "frequency_penalty", sampling.FrequencyPenalty, "-2 to 2");
        Require(sampling.LogitBias is not null, "logit_bias", null, "a map of token ids to numbers");
        foreach ((int id, float bias) in sampling.LogitBias!)
        {
            if ((uint)id >= (uint)vocabulary) throw new RequestException($"logit_bias names token id {id}; this model's ids are 0 to {vocabulary - 1}", "logit_bias");
            if (!(bias <= 100)) throw new RequestException($"logit_bias of token {id} is {bias}; expected a number up to 100 (-100 or less forbids the token)", "logit_bias");
        }
    }

    static void CheckStops(StopOptions stop, int? maxTokens, int vocabulary, bool hasText)
    {
        Require(stop.Strings is not null, "stop", null, "a list of texts");
        if (stop.Strings!.Count > 0 && !hasText) throw new RequestException("stop strings need a tokenizer, and this model has none; use stop_token_ids", "stop");
        Require(stop.Strings.Count <= StopOptions.MaxStrings, "stop", $"{stop.Strings.Count} texts", $"at most {StopOptions.MaxStrings}");
        foreach (string text in stop.Strings)
        {
            if (string.IsNullOrEmpty(text)) throw new RequestException("a stop string is empty; it would end every answer before its first token", "stop");
            if (text.Length > StopOptions.MaxStringLength) throw new RequestException($"a stop string has {text.Length} characters; at most {StopOptions.MaxStringLength} are allowed", "stop");
        }
        Require(stop.Ids is not null, "stop_token_ids", null, "a list of token ids");
        foreach (int id in stop.Ids!)
        {
            if ((uint)id >= (uint)vocabulary) throw new RequestException($"stop_token_ids names token id {id}; this model's ids are 0 to {vocabulary - 1}", "stop_token_ids");
        }
        Require(stop.MinTokens >= 0, "min_tokens", stop.MinTokens, "0 or more");
        if (maxTokens < stop.MinTokens) throw new RequestException($"min_tokens is {stop.MinTokens}, more than max_tokens, {maxTokens}", "min_tokens");
        Require(stop.RepetitionLimit is 0 or >= 2, "repetition_limit", stop.RepetitionLimit, "0 (off), or 2 or more");
    }

    static void Require(bool condition, string parameter, object? found, string expected)
    {
        if (!condition) throw Bad(parameter, found, expected);
    }

    static RequestException Bad(string parameter, object? found, string expected) => new($"{parameter} is {found ?? "null"}; expected {expected}", parameter);
}

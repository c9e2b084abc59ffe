using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineTests.Scheduling;

public class RequestRulesTests
{
    static readonly GenerationRequest Good = new() { PromptIds = [1, 2, 3] };

    static GenerationRequest Sampling(SamplingOptions sampling) => Good with { Sampling = sampling };

    static GenerationRequest Stop(StopOptions stop) => Good with { Stop = stop };

    static Dictionary<int, float> Bias(int id, float value) => new() { [id] = value };

    public static TheoryData<string, string, GenerationRequest> Bad => new()
    {
        { "prompt", "the prompt is empty", Good with { PromptIds = [] } },
        { "prompt", "the prompt is empty", Good with { PromptIds = null! } },
        { "prompt", "prompt token 1 has id 300; this model's ids are 0 to 299", Good with { PromptIds = [1, 300] } },
        { "prompt", "prompt token 0 has id -1", Good with { PromptIds = [-1] } },
        { "prompt", "the prompt has 1024 tokens; the model's context holds 1024, the answer included", Good with { PromptIds = new int[1024] } },
        { "prompt", "the prompt has 1025 tokens; the model's context holds 1024.", Good with { PromptIds = new int[1025], MaxTokens = 0 } },
        { "prompt", "the prompt has 512 tokens; the engine's cache holds 512, the answer included", Good with { PromptIds = new int[512] } },
        { "max_tokens", "max_tokens is -1; expected 0 or more", Good with { MaxTokens = -1 } },
        { "logprobs", "logprobs is 101; expected 0 to 100", Good with { LogProbs = 101 } },
        { "logprobs", "logprobs is -1", Good with { LogProbs = -1 } },
        { "temperature", "temperature is -0.1; expected 0 (greedy) to 100", Sampling(new() { Temperature = -0.1f }) },
        { "temperature", "temperature is NaN", Sampling(new() { Temperature = float.NaN }) },
        { "temperature", "temperature is ∞", Sampling(new() { Temperature = float.PositiveInfinity }) },
        { "top_k", "top_k is -1", Sampling(new() { TopK = -1 }) },
        { "top_p", "top_p is 1.01; expected 0 to 1", Sampling(new() { TopP = 1.01f }) },
        { "top_p", "top_p is NaN", Sampling(new() { TopP = float.NaN }) },
        { "min_p", "min_p is -0.5", Sampling(new() { MinP = -0.5f }) },
        { "repetition_penalty", "repetition_penalty is 0", Sampling(new() { RepetitionPenalty = 0 }) },
        { "repetition_penalty", "repetition_penalty is NaN", Sampling(new() { RepetitionPenalty = float.NaN }) },
        { "presence_penalty", "presence_penalty is 2.5; expected -2 to 2", Sampling(new() { PresencePenalty = 2.5f }) },
        { "frequency_penalty", "frequency_penalty is NaN", Sampling(new() { FrequencyPenalty = float.NaN }) },
        { "logit_bias", "logit_bias names token id 300", Sampling(new() { LogitBias = Bias(300, 1) }) },
        { "logit_bias", "logit_bias of token 3 is NaN", Sampling(new() { LogitBias = Bias(3, float.NaN) }) },
        { "logit_bias", "logit_bias of token 3 is 101", Sampling(new() { LogitBias = Bias(3, 101) }) },
        { "logit_bias", "logit_bias is null", Sampling(new() { LogitBias = null! }) },
        { "sampling", "sampling is null", Sampling(null!) },
        { "stop", "stop is null", Stop(null!) },
        { "stop", "a stop string is empty", Stop(new() { Strings = ["a", ""] }) },
        { "stop", "stop is 17 texts; expected at most 16", Stop(new() { Strings = [.. Enumerable.Repeat("a", 17)] }) },
        { "stop", "a stop string has 1025 characters; at most 1024", Stop(new() { Strings = [new string('a', 1025)] }) },
        { "stop_token_ids", "stop_token_ids names token id -5", Stop(new() { Ids = [-5] }) },
        { "min_tokens", "min_tokens is -1", Stop(new() { MinTokens = -1 }) },
        { "min_tokens", "min_tokens is 5, more than max_tokens, 4", Stop(new() { MinTokens = 5 }) with { MaxTokens = 4 } },
        { "repetition_limit", "repetition_limit is 1", Stop(new() { RepetitionLimit = 1 }) },
        { "beginning", "beginning is at 4; expected 0 to the prompt's 3 ids", Good with { Beginning = new AnswerBeginning(4, "") } },
        { "beginning", "beginning is at -1", Good with { Beginning = new AnswerBeginning(-1, "") } },
        { "beginning", "beginning is null; expected a text", Good with { Beginning = new AnswerBeginning(3, null!) } },
        { "adapters", "no adapter named 'poet' is loaded (none is loaded)", Good with { Adapters = [new AdapterUse("poet")] } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_request_that_cannot_be_carried_out_is_refused_with_its_parameter(string parameter, string message, GenerationRequest request)
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), new EngineOptions { CacheTokens = 512 }, Runs.Letters, []);
        var refusal = Assert.Throws<RequestException>(() => engine.Submit(request));
        Assert.Equal(parameter, refusal.Parameter);
        Assert.StartsWith(message, refusal.Message.Replace("Infinity", "∞", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(OutcomeKind.Length, (await engine.Run(Good with { MaxTokens = 1 })).Outcome.Kind);
    }

    [Fact]
    public async Task Stop_strings_without_a_tokenizer_are_refused()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), new EngineOptions { CacheTokens = 512 }, null, []);
        var refusal = Assert.Throws<RequestException>(() => engine.Submit(Stop(new() { Strings = ["a"] })));
        Assert.Equal("stop", refusal.Parameter);
        Assert.Contains("need a tokenizer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_at_the_borders_are_taken()
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), new EngineOptions { CacheTokens = 512 }, Runs.Letters, []);
        GenerationRequest[] fine =
        [
            Good with { MaxTokens = 0 },
            Good with { PromptIds = new int[511] },
            Good with { PromptIds = new int[512], MaxTokens = 0 },
            Sampling(new() { TopP = 0 }) with { MaxTokens = 2 },
            Sampling(new() { MinP = 1, TopK = int.MaxValue, Temperature = 100, RepetitionPenalty = 0.01f }) with { MaxTokens = 2 },
            Sampling(new() { LogitBias = Bias(299, float.NegativeInfinity) }) with { MaxTokens = 2 },
        ];
        foreach (GenerationRequest request in fine) Assert.Equal(Outcome.Length, (await engine.Run(request)).Outcome);
    }
}

using System.CommandLine;
using System.Globalization;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Microsoft.Extensions.AI;

namespace Juxta.Cli;

/// <summary>The options that decide how tokens are drawn and when an answer ends.</summary>
internal sealed class SamplingArguments
{
    readonly Option<int?> _maxTokens = new("--max-tokens", "-n") { Description = "Most tokens of the answer; default: as many as the context holds", HelpName = "N" };
    readonly Option<float?> _temperature = new("--temperature", "-t") { Description = "0 = always the likeliest token; default: generation_config.json, else 1", HelpName = "T" };
    readonly Option<int?> _topK = new("--top-k") { Description = "Keep the k likeliest tokens; 0 = all", HelpName = "K" };
    readonly Option<float?> _topP = new("--top-p") { Description = "Keep the likeliest tokens up to this probability; 1 = all", HelpName = "P" };
    readonly Option<float?> _minP = new("--min-p") { Description = "Drop tokens below this share of the likeliest one; 0 = none", HelpName = "P" };
    readonly Option<float?> _repetitionPenalty = new("--repetition-penalty") { Description = "Above 1: tokens already there become less likely", HelpName = "R" };
    readonly Option<float?> _presencePenalty = new("--presence-penalty") { Description = "Subtracted from tokens that the answer holds", HelpName = "X" };
    readonly Option<float?> _frequencyPenalty = new("--frequency-penalty") { Description = "Subtracted for each time the answer holds a token", HelpName = "X" };
    readonly Option<string[]> _logitBias = new("--logit-bias") { Description = "ID=bias; may be given several times", HelpName = "ID=B" };
    readonly Option<ulong?> _seed = new("--seed") { Description = "Same seed, same answer; default: a new one each time, printed", HelpName = "S" };
    readonly Option<string[]> _stop = new("--stop") { Description = "Text that ends the answer; may be given several times", HelpName = "S" };
    readonly Option<int[]> _stopId = new("--stop-id") { Description = "Token id that ends the answer; may be given several times", HelpName = "ID" };
    readonly Option<bool> _ignoreEos = new("--ignore-eos") { Description = "Go on past the model's end-of-sequence ids" };
    readonly Option<int> _minTokens = new("--min-tokens") { Description = "No end before this many tokens", HelpName = "N" };
    readonly Option<int> _repetitionLimit = new("--repetition-limit") { Description = "End when the tail is one cycle repeated this often; 0 = off", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[
            _maxTokens, _temperature, _topK, _topP, _minP, _repetitionPenalty, _presencePenalty, _frequencyPenalty, _logitBias, _seed, _stop, _stopId,
            _ignoreEos, _minTokens, _repetitionLimit])
        {
            command.Add(option);
        }
    }

    /// <summary>The request for a prompt; what the command line leaves open comes from the checkpoint's generation_config.json.</summary>
    public GenerationRequest Request(ParseResult parsed, LanguageModel model, IReadOnlyList<int> promptIds, IReadOnlyList<AdapterUse> adapters)
    {
        SamplingOptions advised = model.GenerationDefaults;
        return new GenerationRequest
        {
            PromptIds = promptIds,
            Adapters = adapters,
            MaxTokens = parsed.GetValue(_maxTokens),
            Seed = parsed.GetValue(_seed) ?? (ulong)System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue),
            Sampling = advised with
            {
                Temperature = parsed.GetValue(_temperature) ?? advised.Temperature,
                TopK = parsed.GetValue(_topK) ?? advised.TopK,
                TopP = parsed.GetValue(_topP) ?? advised.TopP,
                MinP = parsed.GetValue(_minP) ?? advised.MinP,
                RepetitionPenalty = parsed.GetValue(_repetitionPenalty) ?? (parsed.GetValue(_temperature) == 0 ? 1 : advised.RepetitionPenalty),
                PresencePenalty = parsed.GetValue(_presencePenalty) ?? 0,
                FrequencyPenalty = parsed.GetValue(_frequencyPenalty) ?? 0,
                LogitBias = (parsed.GetValue(_logitBias) ?? []).Select(ParseBias).ToDictionary(b => b.Id, b => b.Bias),
            },
            Stop = new StopOptions
            {
                Strings = parsed.GetValue(_stop) ?? [],
                Ids = parsed.GetValue(_stopId) ?? [],
                IgnoreEos = parsed.GetValue(_ignoreEos),
                MinTokens = parsed.GetValue(_minTokens),
                RepetitionLimit = parsed.GetValue(_repetitionLimit),
            },
        };
    }

    /// <summary>The same for a model of another server: only what was given, since what is not is for that server to choose.</summary>
    public ChatOptions Options(ParseResult parsed)
    {
        AdditionalPropertiesDictionary further = [];
        if (parsed.GetValue(_minP) is { } minP) further["min_p"] = minP;
        if (parsed.GetValue(_repetitionPenalty) is { } penalty) further["repetition_penalty"] = penalty;
        if (parsed.GetValue(_logitBias) is { Length: > 0 } bias) further["logit_bias"] = bias.Select(ParseBias).ToDictionary(b => b.Id.ToString(CultureInfo.InvariantCulture), b => b.Bias);
        if (parsed.GetValue(_stopId) is { Length: > 0 } ids) further["stop_token_ids"] = ids;
        if (parsed.GetValue(_ignoreEos)) further["ignore_eos"] = true;
        if (parsed.GetValue(_minTokens) is > 0 and var least) further["min_tokens"] = least;
        if (parsed.GetValue(_repetitionLimit) is > 0 and var limit) further["repetition_limit"] = limit;
        return new ChatOptions
        {
            MaxOutputTokens = parsed.GetValue(_maxTokens),
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            PresencePenalty = parsed.GetValue(_presencePenalty),
            FrequencyPenalty = parsed.GetValue(_frequencyPenalty),
            Seed = (long?)parsed.GetValue(_seed),
            StopSequences = parsed.GetValue(_stop) is { Length: > 0 } stops ? stops : null,
            AdditionalProperties = further,
        };
    }

    static (int Id, float Bias) ParseBias(string argument)
    {
        string[] parts = argument.Split('=');
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int id) && float.TryParse(parts[1], CultureInfo.InvariantCulture, out float bias)
            ? (id, bias)
            : throw new InputException($"--logit-bias {argument}: expected ID=bias, such as 151645=-100");
    }
}

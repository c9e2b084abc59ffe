using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Juxta.Engine.Generation;
using Juxta.Server.Wire;
using Juxta.Workbench.Models;

namespace Juxta.Server.Completions;

/// <summary>The fields that <c>/v1/chat/completions</c> and <c>/v1/completions</c> have in common, read and range-checked.</summary>
internal sealed record GenerationFields
{
    /// <summary>OpenAI's limit on alternatives per token.</summary>
    public const int MostTopLogProbs = 20;

    const int MostStopStrings = 16;
    const int MostChoices = 64;

    public required string Model { get; init; }

    /// <summary>Adapters of the <c>adapters</c> extension, in order; null when the request has no such field.</summary>
    public IReadOnlyList<AdapterUse>? Adapters { get; init; }

    public required SamplingOptions Sampling { get; init; }

    public required StopOptions Stop { get; init; }

    /// <summary>How many answers to the same prompt; answer i draws with seed + i.</summary>
    public int Choices { get; init; } = 1;

    public ulong Seed { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    /// <summary>Whether special tokens are left out of the answer's text.</summary>
    public bool SkipSpecialTokens { get; init; } = true;

    /// <exception cref="ApiException">400, naming the field.</exception>
    public static GenerationFields Read(Fields body)
    {
        UnsupportedFields.Refuse(body);
        bool stream = body.Flag("stream") ?? false;
        Fields? streamOptions = body.Object("stream_options");
        if (streamOptions is not null && !stream) throw ApiException.Invalid("'stream_options' is only allowed together with \"stream\": true", "stream_options");
        return new GenerationFields
        {
            Model = body.RequiredText("model"),
            Adapters = ReadAdapters(body),
            Sampling = ReadSampling(body),
            Stop = ReadStop(body),
            Choices = body.Integer("n", 1, MostChoices) ?? 1,
            Seed = ReadSeed(body),
            Stream = stream,
            IncludeUsage = streamOptions?.Flag("include_usage") ?? false,
            SkipSpecialTokens = body.Flag("skip_special_tokens") ?? true,
        };
    }

    /// <summary>Where the request says nothing OpenAI's defaults hold: what an API answers depends on the request alone, not on a checkpoint's advice.</summary>
    static SamplingOptions ReadSampling(Fields body)
    {
        var defaults = new SamplingOptions();
        return new SamplingOptions
        {
            Temperature = body.Number("temperature", 0, 2) ?? defaults.Temperature,
            TopP = body.Number("top_p", 0, 1) ?? defaults.TopP,
            // vLLM's clients write -1 for "all".
            TopK = Math.Max(0, body.Integer("top_k", -1) ?? defaults.TopK),
            MinP = body.Number("min_p", 0, 1) ?? defaults.MinP,
            RepetitionPenalty = body.Number("repetition_penalty", 0.01, 100) ?? defaults.RepetitionPenalty,
            PresencePenalty = body.Number("presence_penalty", -2, 2) ?? defaults.PresencePenalty,
            FrequencyPenalty = body.Number("frequency_penalty", -2, 2) ?? defaults.FrequencyPenalty,
            LogitBias = ReadLogitBias(body),
        };
    }

    static StopOptions ReadStop(Fields body) => new()
    {
        Strings = body.Texts("stop", MostStopStrings),
        Ids = body.Integers("stop_token_ids", 0, int.MaxValue),
        IgnoreEos = body.Flag("ignore_eos") ?? false,
        MinTokens = body.Integer("min_tokens", 0) ?? 0,
        RepetitionLimit = body.Integer("repetition_limit", 0) ?? 0,
        IncludeStopString = body.Flag("include_stop_str_in_output") ?? false,
    };

    static Dictionary<int, float> ReadLogitBias(Fields body)
    {
        var bias = new Dictionary<int, float>();
        if (body.Object("logit_bias") is not Fields entries) return bias;
        foreach (JsonProperty entry in entries.Element.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                throw ApiException.Invalid($"'logit_bias' has the key \"{entry.Name}\"; every key must be a token id, like \"50256\"", "logit_bias");
            }

            bias[id] = Fields.ReadNumber(entry.Value, $"logit_bias.{entry.Name}", -100, 100);
        }

        return bias;
    }

    /// <summary>What the engine is asked for answer number <paramref name="answer"/> to a prompt.</summary>
    public GenerationRequest ToRequest(IReadOnlyList<int> promptIds, ModelChoice choice, int answer) => new()
    {
        PromptIds = promptIds,
        Adapters = choice.Adapters,
        Sampling = Sampling,
        Stop = Stop,
        Seed = unchecked(Seed + (ulong)answer),
        SkipSpecialTokens = SkipSpecialTokens,
    };

    static List<AdapterUse>? ReadAdapters(Fields body)
    {
        if (body.List("adapters") is not { } items) return null;
        var adapters = new List<AdapterUse>(items.Count);
        foreach ((JsonElement value, string path) in items)
        {
            var adapter = new Fields(value, path);
            adapters.Add(new AdapterUse(adapter.RequiredText("name"), adapter.Number("scale", -100, 100) ?? 1));
        }

        return adapters;
    }

    /// <summary>The request's seed, any 64-bit integer; without one a fresh seed, so that answers differ from call to call.</summary>
    static ulong ReadSeed(Fields body)
    {
        if (body.Value("seed") is not JsonElement seed) return BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 1;
        return seed.ValueKind == JsonValueKind.Number && seed.TryGetInt64(out long value)
            ? unchecked((ulong)value)
            : throw Fields.Wrong("seed", "a 64-bit integer", seed);
    }
}

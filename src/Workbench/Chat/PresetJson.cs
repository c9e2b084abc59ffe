using System.Globalization;
using System.Text.Json.Nodes;
using Juxta.Engine.Generation;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat;

/// <summary>
/// A preset as JSON, with the names of the API:
/// <code>
/// {"name": "Careful", "temperature": 0.3, "top_k": 0, "top_p": 0.9, "min_p": 0, "repetition_penalty": 1, "presence_penalty": 0,
///  "frequency_penalty": 0, "logit_bias": {"13": -5}, "max_tokens": 512, "seed": 1, "stop": ["\nUser:"], "stop_token_ids": [2],
///  "ignore_eos": false, "min_tokens": 0, "repetition_limit": 8, "include_stop_str_in_output": false}
/// </code>
/// Only the name must be there. Without any of temperature … logit_bias, sampling is as the checkpoint advises; with some, the others are off.
/// </summary>
internal static class PresetJson
{
    static readonly (string Key, Func<SamplingOptions, JsonNode> Write, Func<SamplingOptions, JsonField, SamplingOptions> Read)[] SamplingKeys =
    [
        ("temperature", options => options.Temperature, (options, field) => options with { Temperature = InRange(field, 0, 100) }),
        ("top_k", options => options.TopK, (options, field) => options with { TopK = AtLeast(field, 0) }),
        ("top_p", options => options.TopP, (options, field) => options with { TopP = InRange(field, 0, 1) }),
        ("min_p", options => options.MinP, (options, field) => options with { MinP = InRange(field, 0, 1) }),
        ("repetition_penalty", options => options.RepetitionPenalty, (options, field) => options with { RepetitionPenalty = InRange(field, float.Epsilon, 100) }),
        ("presence_penalty", options => options.PresencePenalty, (options, field) => options with { PresencePenalty = InRange(field, -2, 2) }),
        ("frequency_penalty", options => options.FrequencyPenalty, (options, field) => options with { FrequencyPenalty = InRange(field, -2, 2) }),
        ("logit_bias", options => Bias(options.LogitBias), (options, field) => options with { LogitBias = Bias(field) }),
    ];

    static readonly (string Key, Func<StopOptions, JsonNode> Write, Func<StopOptions, JsonField, StopOptions> Read)[] StopKeys =
    [
        ("stop", options => new JsonArray([.. options.Strings.Select(text => JsonValue.Create(text))]),
            (options, field) => options with { Strings = [.. field.Items().Select(item => item.Text() is { Length: > 0 } text ? text : throw item.Wrong("a text that is not empty"))] }),
        ("stop_token_ids", options => new JsonArray([.. options.Ids.Select(id => JsonValue.Create(id))]),
            (options, field) => options with { Ids = [.. field.Items().Select(item => AtLeast(item, 0))] }),
        ("ignore_eos", options => options.IgnoreEos, (options, field) => options with { IgnoreEos = field.Flag() }),
        ("min_tokens", options => options.MinTokens, (options, field) => options with { MinTokens = AtLeast(field, 0) }),
        ("repetition_limit", options => options.RepetitionLimit,
            (options, field) => options with { RepetitionLimit = field.Integer() is 0 or >= 2 ? field.Integer() : throw field.Wrong("0 (off), or 2 or more") }),
        ("include_stop_str_in_output", options => options.IncludeStopString, (options, field) => options with { IncludeStopString = field.Flag() }),
    ];

    static readonly string[] Keys = ["name", .. SamplingKeys.Select(key => key.Key), "max_tokens", "seed", .. StopKeys.Select(key => key.Key)];

    public static JsonObject Write(Preset preset)
    {
        var json = new JsonObject { ["name"] = preset.Name };
        if (preset.Sampling is { } sampling)
            foreach (var key in SamplingKeys) json[key.Key] = key.Write(sampling);
        if (preset.MaxTokens is int maxTokens) json["max_tokens"] = maxTokens;
        if (preset.Seed is ulong seed) json["seed"] = seed;
        foreach (var key in StopKeys) json[key.Key] = key.Write(preset.Stop);
        return json;
    }

    /// <exception cref="Engine.RequestException">Names the file, the line and the field at fault.</exception>
    public static Preset Read(JsonField json)
    {
        json.Only(Keys);
        SamplingOptions? sampling = null;
        foreach (var key in SamplingKeys)
            if (json.Find(key.Key) is { } field) sampling = key.Read(sampling ?? new SamplingOptions(), field);
        StopOptions stop = new();
        foreach (var key in StopKeys)
            if (json.Find(key.Key) is { } field) stop = key.Read(stop, field);
        JsonField name = json.Require("name");
        return new Preset
        {
            Name = Presets.Clean(name.Text()) ?? throw name.Wrong(Presets.GoodName),
            Sampling = sampling,
            Stop = stop,
            MaxTokens = json.Find("max_tokens") is { } most ? AtLeast(most, 0) : null,
            Seed = json.Find("seed")?.Natural(),
        };
    }

    static JsonObject Bias(IReadOnlyDictionary<int, float> bias) =>
        new(bias.OrderBy(entry => entry.Key).Select(entry => KeyValuePair.Create(entry.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)JsonValue.Create(entry.Value))));

    static Dictionary<int, float> Bias(JsonField field) => field.Fields().ToDictionary(
        entry => int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw entry.Value.Bad("the name is no token id; expected a whole number"),
        entry => entry.Value.Number() is <= 100 and var value ? value : throw entry.Value.Wrong("a number up to 100"));

    static float InRange(JsonField field, float least, float most) => field.Number() is var value && value >= least && value <= most
        ? value
        : throw field.Wrong(least == float.Epsilon ? string.Create(CultureInfo.InvariantCulture, $"above 0 to {most}") : string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"));

    static int AtLeast(JsonField field, int least) => field.Integer() is var value && value >= least ? value : throw field.Wrong($"a whole number, {least} or more");
}

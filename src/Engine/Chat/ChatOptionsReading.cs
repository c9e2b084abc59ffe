using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Generation;
using Microsoft.Extensions.AI;

namespace Juxta.Engine.Chat;

/// <summary>What <see cref="ChatOptions"/> mean to the engine. Further properties arrive boxed in many ways: as numbers of any type, texts or JSON.</summary>
public static class ChatOptionsReading
{
    /// <summary>The request that the options describe.</summary>
    /// <param name="options">Read member by member: it may be a subclass.</param>
    /// <param name="promptIds">The rendered conversation.</param>
    /// <param name="adapters">Those that the model's name stands for.</param>
    /// <param name="advised">What generation_config.json says, for all that is not given.</param>
    /// <exception cref="NotSupportedException">A response format other than text.</exception>
    /// <exception cref="RequestException">A further property has another type than it must.</exception>
    public static GenerationRequest ToRequest(this ChatOptions options, IReadOnlyList<int> promptIds, IReadOnlyList<AdapterUse> adapters, SamplingOptions advised)
    {
        if (options.ResponseFormat is not null and not ChatResponseFormatText) throw new NotSupportedException("response formats other than text are not supported");
        return new GenerationRequest
        {
            PromptIds = promptIds,
            Adapters = [.. adapters, .. Adapters(options)],
            MaxTokens = options.MaxOutputTokens,
            LogProbs = Find(options, "logprobs") is { } logProbs ? Integer(logProbs, "logprobs") : null,
            Seed = options.Seed is { } seed ? unchecked((ulong)seed) : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            Sampling = advised with
            {
                Temperature = options.Temperature ?? advised.Temperature,
                TopK = options.TopK ?? advised.TopK,
                TopP = options.TopP ?? advised.TopP,
                MinP = Number(options, "min_p") ?? advised.MinP,
                RepetitionPenalty = Number(options, "repetition_penalty") ?? advised.RepetitionPenalty,
                PresencePenalty = options.PresencePenalty ?? advised.PresencePenalty,
                FrequencyPenalty = options.FrequencyPenalty ?? advised.FrequencyPenalty,
            },
            Stop = new StopOptions
            {
                Strings = [.. options.StopSequences ?? []],
                Ids = [.. Items(options, "stop_token_ids").Select(item => Integer(item, "stop_token_ids"))],
                IgnoreEos = Find(options, "ignore_eos") is { } ignore && Read(ignore, "ignore_eos", "true or false", value => Convert.ToBoolean(value, CultureInfo.InvariantCulture)),
                MinTokens = Find(options, "min_tokens") is { } least ? Integer(least, "min_tokens") : 0,
                RepetitionLimit = Find(options, "repetition_limit") is { } limit ? Integer(limit, "repetition_limit") : 0,
            },
        };
    }

    /// <summary>Tools to offer to the model, as the OpenAI API writes them: those of the options, else those of the additional property <c>tools</c>. Null = none.</summary>
    /// <exception cref="RequestException">The property is no JSON array.</exception>
    /// <exception cref="NotSupportedException">A tool is no function, or a call is demanded.</exception>
    public static JsonElement? ToolDefinitions(this ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ToolMode is RequiredChatToolMode) throw new NotSupportedException("a tool call cannot be forced; ToolMode Auto and None work");
        if (options.Tools is { Count: > 0 } tools && options.ToolMode is not NoneChatToolMode) return JsonSerializer.SerializeToElement(new JsonArray([.. tools.Select(Definition)]));
        return Find(options, "tools") switch
        {
            null => null,
            JsonElement { ValueKind: JsonValueKind.Array } written => written,
            { } other => throw Bad("tools", other, "a JSON array of tool definitions"),
        };
    }

    static JsonNode Definition(AITool tool) => tool is AIFunctionDeclaration function
        ? new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = function.Name, ["description"] = function.Description, ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()) },
        }
        : throw new NotSupportedException($"the tool '{tool.Name}' is a {tool.GetType().Name}; a model here can be offered functions only");

    static IEnumerable<AdapterUse> Adapters(ChatOptions options) => Items(options, "adapters").Select(item => item switch
    {
        AdapterUse use => use,
        string name => new AdapterUse(name),
        JsonElement { ValueKind: JsonValueKind.String } name => new AdapterUse(name.GetString()!),
        _ => throw Bad("adapters", item, "names of adapters"),
    });

    static object? Find(ChatOptions options, string property) =>
        options.AdditionalProperties?.TryGetValue(property, out object? value) == true && value is not (null or JsonElement { ValueKind: JsonValueKind.Null }) ? value : null;

    static float? Number(ChatOptions options, string property) =>
        Find(options, property) is { } value ? Read(value, property, "a number", boxed => Convert.ToSingle(boxed, CultureInfo.InvariantCulture)) : null;

    static int Integer(object value, string property) => Read(value, property, "a whole number", boxed => Convert.ToInt32(boxed, CultureInfo.InvariantCulture));

    static IEnumerable<object> Items(ChatOptions options, string property) => Find(options, property) switch
    {
        null => [],
        JsonElement { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select(item => (object)item),
        IEnumerable items and not string => items.Cast<object>(),
        { } one => [one],
    };

    static T Read<T>(object value, string property, string expected, Func<object, T> convert)
    {
        try
        {
            // A JSON value's text is what a conversion understands.
            return convert(value is JsonElement json ? json.ToString() : value);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw Bad(property, value, expected);
        }
    }

    static RequestException Bad(string property, object found, string expected) => new($"{property} is {found}; expected {expected}", property);
}

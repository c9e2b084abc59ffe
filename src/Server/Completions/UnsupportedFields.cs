using System.Text.Json;
using Juxta.Server.Wire;

namespace Juxta.Server.Completions;

/// <summary>
/// Fields of OpenAI's API and its common extensions that would change the answer and that this server cannot honour. Ignoring them would give
/// a wrong answer without a word, so they are refused by name; fields that do not change the answer, and unknown ones, pass.
/// </summary>
internal static class UnsupportedFields
{
    /// <param name="Name">The field.</param>
    /// <param name="Reason">Why, as the error says it.</param>
    /// <param name="IsNeutral">Values that ask for nothing.</param>
    sealed record Rule(string Name, string Reason, Func<JsonElement, bool> IsNeutral);

    static readonly Rule[] Rules =
    [
        new("response_format", "the output cannot be held to a format", IsTextFormat),
        new("modalities", "only text comes out", value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => IsWord(item, "text"))),
        new("audio", "only text comes out", Never),
        new("functions", "functions are deprecated; use 'tools'", IsEmpty),
        new("function_call", "functions are deprecated; use 'tools'", value => IsWord(value, "none") || IsWord(value, "auto")),
        new("tool_choice", "a tool call cannot be forced; \"none\" and \"auto\" work", value => IsWord(value, "none") || IsWord(value, "auto")),
        new("web_search_options", "there is no web search", Never),
        new("suffix", "text cannot be inserted before a suffix", value => value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0),
        new("use_beam_search", "there is no beam search", value => value.ValueKind == JsonValueKind.False),
        .. new[]
        {
            "guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs", "grammar", "json_schema",
        }.Select(name => new Rule(name, "the output cannot be held to a format", IsEmpty)),
        .. new[] { "bad_words", "allowed_token_ids" }.Select(name => new Rule(name, "use 'logit_bias'", IsEmpty)),
        .. new[] { "typical_p", "tfs_z", "mirostat", "dry_multiplier", "xtc_probability", "dynatemp_range", "top_n_sigma" }
            .Select(name => new Rule(name, "this sampler does not exist here", value => IsNeutralNumber(name, value))),
    ];

    public static void Refuse(Fields body)
    {
        foreach (Rule rule in Rules)
        {
            if (body.Value(rule.Name) is JsonElement value && !rule.IsNeutral(value)) throw ApiException.Unsupported(rule.Name, rule.Reason);
        }
    }

    static bool Never(JsonElement value) => false;

    static bool IsWord(JsonElement value, string word) => value.ValueKind == JsonValueKind.String && value.ValueEquals(word);

    static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.String => value.GetString()!.Length == 0,
        _ => false,
    };

    static bool IsTextFormat(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out JsonElement type) && IsWord(type, "text");

    /// <summary>The value with which llama.cpp's samplers do nothing: 1 for the two cut-offs by mass, below or at 0 for the others.</summary>
    static bool IsNeutralNumber(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && (name is "typical_p" or "tfs_z" ? value.GetDouble() >= 1 : value.GetDouble() <= 0);
}

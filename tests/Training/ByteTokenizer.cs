using System.Text;
using System.Text.Json.Nodes;
using Juxta.Engine.Tokenization;

namespace Juxta.TrainingTests;

/// <summary>A made-up byte-level tokenizer: 256 bytes, a few merges (some across what templates and answers write side by side) and any special tokens.</summary>
static class ByteTokenizer
{
    static readonly (string, string)[] Merges = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "w"), ("Ċ", "Ċ"), ("!", "Ċ"), ("Ġ", "H")];

    /// <param name="specials">Special tokens, in the order of their ids from 300 on.</param>
    /// <param name="roles">tokenizer_config.json's names: eos_token → its text …</param>
    /// <param name="template">The chat template.</param>
    /// <param name="opens">Tokens that the tokenizer puts before every text.</param>
    /// <param name="plainAdded">Added tokens that are not special.</param>
    public static Tokenizer With(
        IReadOnlyList<string> specials, IEnumerable<KeyValuePair<string, string>>? roles = null, string? template = null, IReadOnlyList<string>? opens = null, IReadOnlyList<string>? plainAdded = null)
    {
        JsonObject vocabulary = [];
        for (int value = 0; value < 256; value++) vocabulary[Spell((byte)value)] = value;
        foreach (var (left, right) in Merges) vocabulary[left + right] = vocabulary.Count;
        // The ids of added tokens follow the vocabulary.
        for (int filler = vocabulary.Count; filler < 300; filler++) vocabulary[$"unused{filler}"] = filler;
        var json = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. specials.Concat(plainAdded ?? []).Select((text, i) => (JsonNode)new JsonObject
            {
                ["id"] = 300 + i, ["content"] = text, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = i < specials.Count,
            })]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. Merges.Select(pair => (JsonNode)new JsonArray(pair.Item1, pair.Item2))]) },
        };
        if (opens is { Count: > 0 })
        {
            json["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray([.. opens.Select(token => (JsonNode)new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = 0 } }),
                    new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }]),
                ["pair"] = new JsonArray(),
                ["special_tokens"] = new JsonObject(opens.Select(token => KeyValuePair.Create(token, (JsonNode?)new JsonObject
                {
                    ["id"] = token, ["ids"] = new JsonArray(300 + specials.ToList().IndexOf(token)), ["tokens"] = new JsonArray(token),
                }))),
            };
        }
        var config = new JsonObject();
        foreach (var (name, text) in roles ?? []) config[name] = text;
        if (template is not null) config["chat_template"] = template;
        return Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), Encoding.UTF8.GetBytes(config.ToJsonString()));
    }

    /// <summary>GPT-2's character for a byte, from its published rule.</summary>
    static string Spell(byte value)
    {
        int moved = 0;
        for (int other = 0; other < 256; other++)
        {
            bool printable = other is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            if (other == value) return ((char)(printable ? other : 256 + moved)).ToString();
            if (!printable) moved++;
        }
        throw new InvalidOperationException();
    }
}

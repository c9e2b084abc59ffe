using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Juxta.Training.Vocabularies;

/// <summary>Writes a vocabulary as Hugging Face's tokenizer.json and tokenizer_config.json.</summary>
public static class TokenizerWriter
{
    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="folder">Receives both files; those there are replaced.</param>
    /// <param name="eos">Which special token ends a text.</param>
    /// <param name="pad">Which one fills up; must not be the end token, whose loss would then be masked with the padding.</param>
    /// <param name="chatTemplate">Jinja, or null.</param>
    /// <exception cref="ArgumentException">A role names no special token, or pad is the end token.</exception>
    public static void Write(string folder, TrainedVocabulary vocabulary, string eos, string? pad = null, string? chatTemplate = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        foreach (string role in new[] { eos, pad }.OfType<string>())
            if (!vocabulary.Settings.SpecialTokens.Contains(role)) throw new ArgumentException($"'{role}' is no special token of this vocabulary; it has {string.Join(", ", vocabulary.Settings.SpecialTokens)}");
        if (pad == eos) throw new ArgumentException($"'{pad}' cannot both end a text and fill it up: a loss that leaves out padding would leave out the end");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer(vocabulary).ToJsonString(Readable));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), Config(eos, pad, chatTemplate).ToJsonString(Readable));
    }

    static JsonObject Tokenizer(TrainedVocabulary vocabulary)
    {
        var ids = new JsonObject();
        for (int id = 0; id < vocabulary.Tokens.Count; id++) ids[vocabulary.Tokens[id]] = id;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. vocabulary.Settings.SpecialTokens.Select((token, i) => Special(token, vocabulary.Tokens.Count + i))]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = vocabulary.Settings.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = ids,
                ["merges"] = new JsonArray([.. vocabulary.Merges.Select(merge => new JsonArray(vocabulary.Tokens[merge.Left], vocabulary.Tokens[merge.Right]))]),
            },
        };
    }

    static JsonObject Special(string token, int id) => new JsonObject
    {
        ["id"] = id, ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
    };

    static JsonObject Config(string eos, string? pad, string? chatTemplate)
    {
        var config = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["eos_token"] = eos, ["clean_up_tokenization_spaces"] = false };
        if (pad is not null) config["pad_token"] = pad;
        if (chatTemplate is not null) config["chat_template"] = chatTemplate;
        return config;
    }
}

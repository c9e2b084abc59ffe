using System.Text;
using System.Text.Json.Nodes;
using Juxta.Engine.Tokenization;

namespace Juxta.EngineTests.Tokenization;

/// <summary>Made-up tokenizers of a few tokens, as the JSON a checkpoint would have.</summary>
static class SmallTokenizer
{
    /// <summary>Byte-level BPE: 256 bytes, some merges, two special tokens and one that is not special.</summary>
    public static JsonObject ByteLevel()
    {
        JsonObject vocabulary = [];
        for (int value = 0; value < 256; value++) vocabulary[Spell((byte)value)] = value;
        JsonArray merges = [];
        foreach (var (left, right) in new[] { ("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "w"), ("Ġw", "o"), ("ä", "½"), ("ä½", "ł") })
        {
            merges.Add(new JsonArray(left, right));
            vocabulary[left + right] = vocabulary.Count;
        }
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Added(264, "<|im_start|>", special: true), Added(265, "<|im_end|>", special: true), Added(266, "<think>", special: false)),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = merges },
        };
    }

    /// <summary>Metaspace BPE with byte fallback, in the manner of Llama 2.</summary>
    public static JsonObject ByteFallback()
    {
        JsonObject vocabulary = new() { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (int value = 0; value < 256; value++) vocabulary[$"<0x{value:X2}>"] = vocabulary.Count;
        foreach (string token in (string[])["▁", "a", "b", "c", "你", "好", "▁a", "ab"]) vocabulary[token] = vocabulary.Count;
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Added(0, "<unk>", true), Added(1, "<s>", true), Added(2, "</s>", true)),
            ["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["unk_token"] = "<unk>", ["fuse_unk"] = true, ["byte_fallback"] = true, ["vocab"] = vocabulary,
                ["merges"] = new JsonArray("▁ a", "a b"),
            },
        };
    }

    public static JsonObject Added(int id, string content, bool special) => new()
    {
        ["id"] = id, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = special,
    };

    public static Tokenizer Parse(JsonNode json, string config = "") => Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), Encoding.UTF8.GetBytes(config));

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

using System.Text.Json;
using Juxta.Engine.Tokenization.Models;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>Reads the <c>model</c> section: BPE, Unigram, WordPiece, WordLevel. Old files do not say which; their keys do.</summary>
static class ModelReader
{
    public static bool IsBytePairEncoding(JsonSection model) => TypeOf(model) == "BPE";

    static string TypeOf(JsonSection model) => model.String("type") ?? (model.Find("merges") is not null ? "BPE"
        : model.Find("vocab")?.ValueKind == JsonValueKind.Array ? "Unigram"
        : model.Find("max_input_chars_per_word") is not null ? "WordPiece" : "WordLevel");

    /// <param name="model">The section.</param>
    /// <param name="byteLevel">For BPE: words come as they are, to be read as bytes.</param>
    public static TokenModel Read(JsonSection model, bool byteLevel)
    {
        string type = TypeOf(model);
        return type switch
        {
            "BPE" => ReadBytePairEncoding(model, byteLevel),
            "Unigram" => ReadUnigram(model),
            "WordPiece" => new WordPiece(ReadVocabulary(model), model.String("unk_token") ?? "[UNK]",
                model.String("continuing_subword_prefix") ?? "##", model.Int("max_input_chars_per_word", 100)),
            "WordLevel" => new WordLevel(ReadVocabulary(model), model.String("unk_token") ?? "<unk>"),
            _ => throw model.Error($"the model type '{type}' is unknown; known are BPE, Unigram, WordPiece and WordLevel"),
        };
    }

    static Vocabulary ReadVocabulary(JsonSection model)
    {
        var section = model.RequireObject("vocab");
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (var entry in section.Properties)
        {
            string token;
            try
            {
                token = entry.Name;
            }
            catch (InvalidOperationException error)
            {
                throw new ModelFormatException($"reading {section.Path}: a token is not valid Unicode text", section.File, error);
            }
            int id = section.AsInt(entry.Value, token);
            if (id > Vocabulary.LargestId) throw section.Error($"the id {id} of '{token}' is beyond {Vocabulary.LargestId}, more than any vocabulary has");
            ids[token] = id;
        }
        return new(ids);
    }

    static BytePairEncoding ReadBytePairEncoding(JsonSection model, bool byteLevel)
    {
        var vocabulary = ReadVocabulary(model);
        var options = new BytePairOptions
        {
            UnknownToken = model.String("unk_token"),
            ContinuingSubwordPrefix = model.String("continuing_subword_prefix") ?? "",
            EndOfWordSuffix = model.String("end_of_word_suffix") ?? "",
            FuseUnknown = model.Bool("fuse_unk"),
            ByteFallback = model.Bool("byte_fallback"),
            IgnoreMerges = model.Bool("ignore_merges"),
            ByteLevel = byteLevel,
        };
        List<(int, int, int)> merges = [];
        char[] joined = new char[vocabulary.LongestToken * 2 + 1];
        foreach (var element in model.Array("merges"))
        {
            int number = merges.Count;
            if (element.ValueKind == JsonValueKind.String && element.GetString()!.StartsWith("#version", StringComparison.Ordinal)) continue;
            var (left, right) = ReadMerge(model, element, number);
            int leftId = Require(left), rightId = Require(right);
            var tail = right.AsSpan(Math.Min(right.Length, options.ContinuingSubwordPrefix.Length));
            left.CopyTo(joined);
            tail.CopyTo(joined.AsSpan(left.Length));
            var product = joined.AsSpan(0, left.Length + tail.Length);
            if (!vocabulary.TryGetId(product, out int productId)) throw Missing(product.ToString());
            merges.Add((leftId, rightId, productId));

            int Require(string token) => vocabulary.TryGetId(token, out int id) ? id : throw Missing(token);
            ModelFormatException Missing(string token) => model.Error($"merge {number} ('{left}' + '{right}') needs the token '{token}', which is not in the vocabulary");
        }
        return new(vocabulary, merges, options);
    }

    /// <summary>A pair as two strings or, in old files, as one with a space between.</summary>
    static (string Left, string Right) ReadMerge(JsonSection model, JsonElement element, int number)
    {
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2)
            return (model.AsString(element[0], $"merges[{number}]"), model.AsString(element[1], $"merges[{number}]"));
        string text = model.AsString(element, $"merges[{number}]");
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || text.IndexOf(' ', space + 1) >= 0) throw model.Error($"merges[{number}]: expected two tokens with one space between, found '{text}'");
        return (text[..space], text[(space + 1)..]);
    }

    static Unigram ReadUnigram(JsonSection model)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        List<double> scores = [];
        foreach (var entry in model.Array("vocab"))
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[1].ValueKind != JsonValueKind.Number)
                throw model.Error($"vocab[{scores.Count}]: expected a token and its score");
            ids[model.AsString(entry[0], $"vocab[{scores.Count}]")] = scores.Count;
            scores.Add(entry[1].GetDouble());
        }
        int? unknown = model.Find("unk_id") is { } value ? model.AsInt(value, "unk_id") : null;
        if (unknown >= scores.Count) throw model.Error($"unk_id {unknown} is not in the vocabulary of {scores.Count} tokens");
        return new(new(ids), [.. scores], unknown, model.Bool("byte_fallback"));
    }
}

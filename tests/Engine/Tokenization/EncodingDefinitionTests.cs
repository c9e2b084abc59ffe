using System.Text.Json.Nodes;
using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.EngineTests.Tokenization;

/// <summary>What is quick about encoding (automaton, tables, borders, remembered words) against the plain definition: words by backtracking, then merging whatever has the lowest rank, over strings.</summary>
public sealed class EncodingDefinitionTests
{
    const string Words = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ids_of_random_text_are_those_of_the_definition(bool ignoreMerges)
    {
        string[] texts = [.. AwkwardText.Lines(1500, seed: 5), .. LongRuns()];
        var (json, merges, vocabulary) = Trained(texts, ignoreMerges);
        var tokenizer = SmallTokenizer.Parse(json);
        var pattern = Pattern.Parse(Words);
        foreach (string text in texts)
        {
            int[] expected = Definition(text, pattern, merges, vocabulary, ignoreMerges);
            Assert.Equal(expected, tokenizer.Encode(text)); // the words are new, or nearly
            Assert.Equal(expected, tokenizer.Encode(text)); // and now remembered
        }
        // Lone surrogates count as U+FFFD, wherever they stand.
        foreach (string text in texts.Take(300))
            Assert.Equal(Definition(text + "\uFFFDx\uFFFD", pattern, merges, vocabulary, ignoreMerges), tokenizer.Encode(text + "\uDC00x\uD800"));
    }

    static IEnumerable<string> LongRuns() =>
        from part in (string[])[" ", "a", "ab", "é", "你", "你好", "e\u0301", "😀", "\n", "1", "\0"]
        from count in (int[])[39, 41, 64, 65, 300]
        select string.Concat(Enumerable.Repeat(part, count));

    /// <summary>Merges of random neighbours that occur in the texts, so that tokens end within characters as well as between them, some longer than any word part.</summary>
    static (JsonObject Json, Dictionary<(string, string), int> Ranks, Dictionary<string, int> Ids) Trained(string[] texts, bool ignoreMerges)
    {
        var random = new Random(3);
        Dictionary<string, int> ids = Enumerable.Range(0, 256).ToDictionary(value => ByteAlphabet.Characters[value].ToString());
        Dictionary<(string, string), int> ranks = [];
        var pattern = Pattern.Parse(Words);
        List<string> words = [.. texts.SelectMany(text => WordsOf(text, pattern)).Where(word => word.Length > 1)];
        while (ranks.Count < 1200)
        {
            List<string> parts = Merge(words[random.Next(words.Count)], ranks);
            if (parts.Count < 2) continue;
            int at = random.Next(parts.Count - 1);
            if (!ranks.TryAdd((parts[at], parts[at + 1]), ranks.Count)) continue;
            ids.TryAdd(parts[at] + parts[at + 1], ids.Count);
        }
        // Whole words that no merges lead to: they are tokens only where the model says so.
        foreach (string word in words.Where(_ => random.Next(20) == 0)) ids.TryAdd(word, ids.Count);
        var json = SmallTokenizer.ByteLevel();
        json["added_tokens"] = new JsonArray();
        json["pre_tokenizer"] = JsonNode.Parse($$"""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":{{System.Text.Json.JsonSerializer.Serialize(Words)}}},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""");
        json["model"]!["ignore_merges"] = ignoreMerges;
        json["model"]!["vocab"] = new JsonObject(ids.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        json["model"]!["merges"] = new JsonArray([.. ranks.OrderBy(pair => pair.Value).Select(pair => new JsonArray(pair.Key.Item1, pair.Key.Item2))]);
        return (json, ranks, ids);
    }

    static List<string> WordsOf(string text, Pattern pattern)
    {
        List<string> words = [];
        using var matches = pattern.MatchesByBacktracking(text);
        while (matches.MoveNext()) words.Add(ByteAlphabet.Spell(text.AsSpan()[matches.Start..matches.End]));
        return words;
    }

    static List<string> Merge(string word, Dictionary<(string, string), int> ranks)
    {
        List<string> parts = [.. word.Select(character => character.ToString())];
        while (true)
        {
            int best = -1, rank = int.MaxValue;
            for (int i = 0; i + 1 < parts.Count; i++)
                if (ranks.TryGetValue((parts[i], parts[i + 1]), out int found) && found < rank) (best, rank) = (i, found);
            if (best < 0) return parts;
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }

    static int[] Definition(string text, Pattern pattern, Dictionary<(string, string), int> ranks, Dictionary<string, int> ids, bool ignoreMerges) =>
        [.. WordsOf(text, pattern).SelectMany(word => ignoreMerges && ids.TryGetValue(word, out int id) ? [id] : Merge(word, ranks).Select(part => ids[part]))];

    [Fact]
    public void A_table_of_merges_finds_what_was_put_in()
    {
        var random = new Random(1);
        Dictionary<(int, int), (int, int)> expected = [];
        List<(int, int, int)> merges = [];
        foreach (int most in (int[])[300, 5000, 200_000])
        {
            for (int i = 0; i < 2000; i++)
            {
                var (left, right) = (random.Next(most), random.Next(most));
                expected[(left, right)] = (merges.Count, i);
                merges.Add((left, right, i));
            }
        }
        var table = new MergeTable(merges);
        foreach (var ((left, right), merge) in expected) Assert.Equal(merge, table.Find(left, right));
        for (int i = 0; i < 20_000; i++)
        {
            var pair = (random.Next(400), random.Next(400));
            Assert.Equal(expected.GetValueOrDefault(pair, (MergeTable.NoRank, -1)), table.Find(pair.Item1, pair.Item2));
        }
    }
}

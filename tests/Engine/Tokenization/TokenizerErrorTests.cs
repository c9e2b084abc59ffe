using System.Text;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Tokenization;

namespace Juxta.EngineTests.Tokenization;

public sealed class TokenizerErrorTests
{
    static ModelFormatException Refused(Action<JsonObject> change)
    {
        var json = SmallTokenizer.ByteLevel();
        change(json);
        return Assert.Throws<ModelFormatException>(() => SmallTokenizer.Parse(json));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{\"model\":", "not valid JSON")]
    [InlineData("[]", "expected an object, found an array")]
    [InlineData("{}", "'model' is missing")]
    [InlineData("{\"model\":7}", "expected an object, found a number")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"merges\":[]}}", "'vocab' is missing")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"\\ud800\":0},\"merges\":[]}}", "not valid Unicode")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\"]]}}", "expected a token and its score")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]],\"unk_id\":5}}", "unk_id 5 is not in the vocabulary of 1 tokens")]
    public void Malformed_files_are_refused(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string json = string.Concat(Enumerable.Repeat("{\"model\":", 100_000));
        Assert.Contains("not valid JSON", Assert.Throws<ModelFormatException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absurd_ids_are_refused() =>
        Assert.Contains("more than any vocabulary has", Refused(json => json["model"]!["vocab"]!["x!"] = 2_000_000_000).Message, StringComparison.Ordinal);

    [Fact]
    public void Negative_ids_are_refused() =>
        Assert.Contains("'x!': expected a whole number", Refused(json => json["model"]!["vocab"]!["x!"] = -1).Message, StringComparison.Ordinal);

    [Fact]
    public void A_merge_of_unknown_tokens_is_refused() =>
        Assert.Contains("needs the token 'qq', which is not in the vocabulary", Refused(json => json["model"]!["merges"]!.AsArray().Add("q q")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_merge_of_three_tokens_is_refused() =>
        Assert.Contains("expected two tokens with one space between", Refused(json => json["model"]!["merges"]!.AsArray().Add("q q q")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("normalizer", "the normalizer 'Strange' is not supported")]
    [InlineData("pre_tokenizer", "the pre-tokenizer 'Strange' is not supported")]
    [InlineData("decoder", "the decoder 'Strange' is not supported")]
    [InlineData("post_processor", "the post-processor 'Strange' is not supported")]
    [InlineData("model", "the model type 'Strange' is unknown")]
    public void Unknown_parts_are_named(string section, string expected) =>
        Assert.Contains(expected, Refused(json => json[section] = new JsonObject { ["type"] = "Strange" }).Message, StringComparison.Ordinal);

    static JsonObject Split(string pattern) => new()
    {
        ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false,
    };

    [Theory]
    [InlineData("(a", "a group that is never closed")]
    [InlineData("a)", "a closing parenthesis without an opening one")]
    [InlineData("[a", "a class that is never closed")]
    [InlineData("*a", "a quantifier with nothing before it")]
    [InlineData("\\p{Nonsense}", "the unknown property 'Nonsense'")]
    [InlineData("(a)\\1", "the unsupported escape \\1")]
    [InlineData("(?<=a+)b", "a look-behind whose length is not fixed")]
    [InlineData("(?:(?:(?:a{1000}){1000}){1000})", "unrolls to more than")]
    [InlineData("a{5000}", "a repetition of more than 1000")]
    public void Bad_patterns_are_refused(string pattern, string expected) =>
        Assert.Contains(expected, Refused(json => json["pre_tokenizer"] = Split(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_of_many_brackets_is_refused() =>
        Assert.Contains("nested more than", Refused(json => json["pre_tokenizer"] = Split(new string('(', 100_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_that_explodes_ends_in_an_error()
    {
        var json = SmallTokenizer.ByteLevel();
        json["pre_tokenizer"] = Split("(?:(?:a|a)+)+$");
        var tokenizer = SmallTokenizer.Parse(json);
        var error = Assert.Throws<ModelFormatException>(() => tokenizer.Encode(new string('a', 60) + "b"));
        Assert.Contains("backtracks without end", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_says_what_to_do()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        var error = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(folder));
        Assert.Contains("there is none of tokenizer.json, ice_text.model, tokenizer.model, spiece.model, sentencepiece.bpe.model; copy the one", error.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(folder, "tokenizer.json"), error.File);
    }

    [Fact]
    public void An_unknown_character_without_an_unknown_token_in_the_vocabulary_is_an_error_that_says_so()
    {
        var json = SmallTokenizer.ByteFallback();
        json["model"]!["byte_fallback"] = false;
        json["model"]!["unk_token"] = "<missing>";
        var tokenizer = SmallTokenizer.Parse(json);
        Assert.Contains("its unk_token (\"<missing>\") is not in the vocabulary", Assert.Throws<ModelFormatException>(() => tokenizer.Encode("z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lone_surrogates_count_as_the_replacement_character()
    {
        var tokenizer = SmallTokenizer.Parse(SmallTokenizer.ByteLevel());
        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD"), tokenizer.Encode("a\uD83Db\uDE00"));
    }

    [Fact]
    public void Ids_without_a_token_add_nothing()
    {
        var tokenizer = SmallTokenizer.Parse(SmallTokenizer.ByteLevel());
        Assert.Equal("a", tokenizer.Decode([int.MinValue, -1, 'a', 267, int.MaxValue]));
        Assert.Null(tokenizer.TokenOf(-5));
        Assert.Empty(tokenizer.BytesOf(1_000_000));
        Assert.False(tokenizer.IsSpecial(-1));
        Assert.Equal("", tokenizer.StreamDecoder().Push(-1));
    }

    [Theory]
    [InlineData(' ')]
    [InlineData('a')]
    [InlineData('\n')]
    [InlineData('你')]
    public void Ten_megabytes_of_one_character_take_no_quadratic_time(char character)
    {
        var text = new string(character, 10_000_000 / Encoding.UTF8.GetByteCount([character]));
        foreach (var json in new[] { SmallTokenizer.ByteLevel(), SmallTokenizer.ByteFallback() })
        {
            var tokenizer = SmallTokenizer.Parse(json);
            int[] ids = tokenizer.Encode(text);
            Assert.True(ids.Length >= text.Length / 8);
        }
    }
}

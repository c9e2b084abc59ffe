using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.Engine.Tokenization.PreTokenizers;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>The vocabularies of the original ChatGLM and GLM-4 downloads, with the rules that their code adds.</summary>
public sealed class OriginalTokenizerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-original").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Tokenizer Load(params (string Name, object Content)[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        foreach (var (name, content) in files)
        {
            if (content is byte[] bytes) File.WriteAllBytes(Path.Combine(folder, name), bytes);
            else File.WriteAllText(Path.Combine(folder, name), (string)content);
        }
        return Tokenizer.Load(folder);
    }

    static byte[] ChatGlm6(int specials = 4) => OriginalVocabulary.ChatGlm6(specials).ToBytes();

    [Fact]
    public void ChatGLM_6B_spells_white_space_in_pieces_and_closes_a_prompt_with_gMASK_and_sop()
    {
        var tokenizer = Load(("ice_text.model", ChatGlm6()), ("tokenizer_config.json", """{"tokenizer_class":"ChatGLMTokenizer","num_image_tokens":0,"bos_token":"<sop>","eos_token":"<eop>","mask_token":"[MASK]","pad_token":"<pad>","unk_token":"<unk>"}"""));
        Assert.Equal(TokenizerKind.ChatGlm, tokenizer.Kind);
        string[] pieces = [.. tokenizer.Encode("a\n\tb  a" + new string(' ', 83) + "b").Select(id => tokenizer.TokenOf(id)!)];
        Assert.Equal(["▁a", "<n>", "<|tab|>", "b", "<|blank_2|>", "a", "<|blank_80|>", "<|blank_3|>", "b"], pieces);
        Assert.Equal([tokenizer.IdOf("▁你"), tokenizer.IdOf("好"), tokenizer.IdOf("[gMASK]"), tokenizer.IdOf("<sop>")], tokenizer.Encode("你好", addSpecial: true).Select(id => (int?)id));
        string text = "a\n\tb  a" + new string(' ', 83) + "b\n\n";
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal(tokenizer.IdOf("<eop>"), tokenizer.EosId);
        Assert.Equal(tokenizer.IdOf("<sop>"), tokenizer.BosId);
        Assert.Equal(3, tokenizer.PadId);
    }

    [Theory]
    [InlineData("{}", null, 20_000)]
    [InlineData("""{"num_image_tokens":20000}""", null, 20_000)]
    [InlineData("""{"num_image_tokens":0}""", null, 0)]
    [InlineData("{}", 130_528, 20_000)]
    [InlineData("{}", 200, 0)]
    public void The_early_release_of_ChatGLM_6B_has_ids_of_images_in_front(string config, int? embedding, int first)
    {
        (string, object)[] files = [("ice_text.model", ChatGlm6()), ("tokenizer_config.json", config)];
        var tokenizer = Load(embedding is null ? files : [.. files, ("config.json", $$"""{"vocab_size":{{embedding}}}""")]);
        Assert.Equal(first, tokenizer.IdOf("<unk>"));
        Assert.Equal(first + 4, tokenizer.Encode("a\n")[1]);
        Assert.Equal(first == 0 ? "<unk>" : null, tokenizer.TokenOf(0));
        Assert.Equal("a\n", tokenizer.Decode([0, .. tokenizer.Encode("a\n")], skipSpecial: true));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_special_token_typed_by_a_user_stays_text_even_where_the_model_would_find_it(int type)
    {
        var tokenizer = Load(("ice_text.model", ChatGlm6(type)), ("tokenizer_config.json", """{"num_image_tokens":0}"""));
        int[] typed = tokenizer.Encode(PromptText.Plain("[gMASK]<sop>"));
        Assert.DoesNotContain(tokenizer.IdOf("[gMASK]")!.Value, typed);
        Assert.DoesNotContain(tokenizer.IdOf("<sop>")!.Value, typed);
        Assert.Equal("[gMASK]<sop>", tokenizer.Decode(typed));
        Assert.Equal([tokenizer.IdOf("[gMASK]"), tokenizer.IdOf("<sop>")], tokenizer.Encode(PromptText.Trusted("[gMASK]<sop>")).Select(id => (int?)id));
    }

    [Theory]
    [InlineData("{}", """{"model_type":"chatglm","_name_or_path":"THUDM/chatglm2-6b"}""", "", TokenizerKind.ChatGlm2)]
    [InlineData("{}", """{"model_type":"chatglm","_name_or_path":"THUDM/chatglm3-6b"}""", "", TokenizerKind.ChatGlm3)]
    [InlineData("""{"tokenizer_class":"ChatGLMTokenizer","name_or_path":"THUDM/chatglm2-6b"}""", "{}", "", TokenizerKind.ChatGlm2)]
    [InlineData("""{"auto_map":{"AutoTokenizer":["tokenization_chatglm.ChatGLMTokenizer",null]}}""", "{}", "role = '<|observation|>'", TokenizerKind.ChatGlm3)]
    [InlineData("""{"auto_map":{"AutoTokenizer":["tokenization_chatglm.ChatGLMTokenizer",null]}}""", "{}", "import os; os.remove('config.json')", TokenizerKind.ChatGlm2)]
    [InlineData("""{"tokenizer_class":"ChatGLMTokenizer","chat_template":"<|assistant|>"}""", "{}", "", TokenizerKind.ChatGlm3)]
    [InlineData("""{"tokenizer_class":"LlamaTokenizer"}""", """{"model_type":"llama"}""", "", TokenizerKind.SentencePiece)]
    public void The_files_beside_a_model_say_whose_it_is_and_code_is_only_looked_at(string tokenizerConfig, string config, string code, TokenizerKind kind)
    {
        var model = new SentencePieceModel { ByteFallback = true };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>");
        model.AddBytes();
        model.AddWords("▁", "a", "▁a");
        var tokenizer = Load(("tokenizer.model", model.ToBytes()), ("tokenizer_config.json", tokenizerConfig), ("config.json", config), ("tokenization_chatglm.py", code));
        Assert.Equal(kind, tokenizer.Kind);
        int pieces = model.Pieces.Count;
        Assert.Equal(kind == TokenizerKind.SentencePiece ? null : pieces + 1, tokenizer.IdOf("[gMASK]"));
        Assert.Equal(kind == TokenizerKind.ChatGlm3 ? pieces + 8 : null, tokenizer.IdOf("<|observation|>"));
        Assert.Equal(kind == TokenizerKind.SentencePiece ? [1, pieces - 1] : [pieces + 1, pieces + 3, pieces - 1], tokenizer.Encode("a", addSpecial: true));
    }

    [Fact]
    public void ChatGLM3_keeps_its_role_tokens_special_though_its_configuration_calls_them_ordinary()
    {
        var model = new SentencePieceModel { ByteFallback = true };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>");
        model.AddBytes();
        model.AddWords("▁", "a", "▁a");
        int user = model.Pieces.Count + 6;
        var tokenizer = Load(("tokenizer.model", model.ToBytes()), ("tokenizer_config.json",
            $$"""{"tokenizer_class":"ChatGLMTokenizer","added_tokens_decoder":{"{{user}}":{"content":"<|user|>","normalized":true,"special":false} } }"""));
        Assert.Equal([user, model.Pieces.Count - 1], tokenizer.Encode(PromptText.Trusted("<|user|>a")));
        Assert.DoesNotContain(user, tokenizer.Encode(PromptText.Plain("<|user|>a")));
        Assert.Equal("<|user|>a", tokenizer.Decode([user, model.Pieces.Count - 1]));
        Assert.Equal("a", tokenizer.Decode([user, model.Pieces.Count - 1], skipSpecial: true)[^1..]);
    }

    /// <summary>The published ChatGLM3 vocabulary exists as tokenizer.json; as a model file with the same order of merges it must give the same ids.</summary>
    [Theory]
    [InlineData("chatglm3")]
    [InlineData("yi")]
    public void A_published_vocabulary_as_a_model_file_gives_the_reference_ids(string name)
    {
        string? json = TokenizerFixtures.PathOf(name);
        Assert.SkipWhen(json is null, $"no tokenizer.json for {name} (tests/get-tokenizers fetches it)");
        var tokenizer = Load(("tokenizer.model", AsModel(json!)), ("tokenizer_config.json", """{"tokenizer_class":"ChatGLMTokenizer"}"""));
        int count = 0;
        List<string> failures = [];
        foreach (var vector in TokenizerCase.Read(Path.Combine(TokenizerFixtures.Folder, $"{name}.jsonl")).Where(vector => vector.Text is not null))
        {
            // What our special tokens, which the fixture's tokenizer lacks, could be found in.
            if (vector.Special == "parse" && SpecialParts.Any(part => vector.Text!.Contains(part, StringComparison.Ordinal))) continue;
            count++;
            int[] ids = tokenizer.Encode(vector.Text!, parseSpecial: vector.Special == "parse");
            if (!ids.SequenceEqual(vector.Ids)) failures.Add($"{vector.Id} {JsonSerializer.Serialize(vector.Text)}: expected {string.Join(' ', vector.Ids)}, got {string.Join(' ', ids)}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} differences in {count} cases of {name}:\n" + string.Join("\n", failures.Take(10)));
        Assert.True(count > 100);
    }

    static readonly string[] SpecialParts = ["<", "[", "sop", "eop"];

    static byte[] AsModel(string path)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        Dictionary<string, int> rank = [];
        foreach (var (merge, index) in json["model"]!["merges"]!.AsArray().Select((merge, index) => (merge!, index)))
            rank.TryAdd(merge is JsonArray pair ? $"{pair[0]}{pair[1]}" : merge.GetValue<string>().Replace(" ", "", StringComparison.Ordinal), index);
        var model = new SentencePieceModel { ByteFallback = true, AddDummyPrefix = json["normalizer"]!["normalizers"]!.AsArray().Any(step => (string?)step!["type"] == "Prepend") };
        HashSet<string> added = [.. json["added_tokens"]!.AsArray().Select(token => token!["content"]!.GetValue<string>())];
        foreach (var (text, id) in json["model"]!["vocab"]!.AsObject().Select(pair => (pair.Key, pair.Value!.GetValue<int>())).OrderBy(pair => pair.Item2))
            model.Pieces.Add((text, -(rank.TryGetValue(text, out int order) ? order : 1e6f), text == "<unk>" ? 2 : added.Contains(text) ? 3 : text.StartsWith("<0x", StringComparison.Ordinal) ? 6 : 1));
        return model.ToBytes();
    }

    static string Ranks(IEnumerable<KeyValuePair<string, JsonNode?>> vocabulary, string lineEnd = "\n") =>
        string.Concat(vocabulary.OrderBy(pair => pair.Value!.GetValue<int>()).Select(pair => $"{Convert.ToBase64String([.. pair.Key.Select(c => (byte)ByteAlphabet.ByteOf(c))])} {pair.Value}{lineEnd}"));

    /// <summary>Llama 3 cuts words by GLM-4's pattern and merges by rank, so its vectors hold for its vocabulary in GLM-4's file format.</summary>
    [Fact]
    public void A_published_vocabulary_as_a_list_of_ranks_gives_the_reference_ids()
    {
        string? json = TokenizerFixtures.PathOf("llama3_1");
        Assert.SkipWhen(json is null, "no tokenizer.json for llama3_1 (tests/get-tokenizers fetches it)");
        var tokenizer = Load(("tokenizer.model", Ranks(JsonNode.Parse(File.ReadAllText(json!))!["model"]!["vocab"]!.AsObject())), ("tokenizer_config.json", """{"tokenizer_class":"ChatGLM4Tokenizer"}"""));
        Assert.Equal(TokenizerKind.Glm4, tokenizer.Kind);
        int count = 0;
        List<string> failures = [];
        foreach (var vector in TokenizerCase.Read(Path.Combine(TokenizerFixtures.Folder, "llama3_1.jsonl")))
        {
            // Everything from 128,000 on is a special token, GLM-4's other than Llama's.
            if (vector.Ids.Any(id => id >= 128_000) || vector.Kind == "stream") continue;
            count++;
            if (vector.Text is { } text && !tokenizer.Encode(text, parseSpecial: false).SequenceEqual(vector.Ids))
                failures.Add($"{vector.Id} {JsonSerializer.Serialize(text)}: expected {string.Join(' ', vector.Ids)}, got {string.Join(' ', tokenizer.Encode(text, parseSpecial: false))}");
            if (tokenizer.Decode(vector.Ids) != vector.Decoded) failures.Add($"{vector.Id}: expected {JsonSerializer.Serialize(vector.Decoded)}, got {JsonSerializer.Serialize(tokenizer.Decode(vector.Ids))}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} differences in {count} cases:\n" + string.Join("\n", failures.Take(10)));
        Assert.True(count > 100);
    }

    [Fact]
    public void GLM_4_numbers_its_special_tokens_from_the_end_of_the_ranks_and_opens_with_two_of_them()
    {
        string ranks = Ranks(SmallTokenizer.ByteLevel()["model"]!["vocab"]!.AsObject(), "\r\n");
        var tokenizer = Load(("tokenizer.model", ranks), ("tokenizer_config.json", """{"tokenizer_class":"ChatGLM4Tokenizer"}"""));
        Assert.Equal([264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274], new[] { "<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>", "<|begin_of_image|>" }
            .Select(token => tokenizer.IdOf(token)!.Value));
        Assert.Equal(278, tokenizer.VocabularySize);
        Assert.Equal([266, 268, 271, .. tokenizer.Encode("hello world")], tokenizer.Encode("<|user|>hello world", addSpecial: true));
        Assert.Equal(264, tokenizer.EosId);
        Assert.Equal(264, tokenizer.PadId);
        Assert.DoesNotContain(271, tokenizer.Encode(PromptText.Plain("<|user|>")));
    }

    [Fact]
    public void GLM_4_takes_the_ids_that_its_configuration_declares()
    {
        string ranks = Ranks(SmallTokenizer.ByteLevel()["model"]!["vocab"]!.AsObject());
        var tokenizer = Load(("tokenizer.model", ranks), ("tokenizer_config.json", """{"tokenizer_class":"ChatGLM4Tokenizer","added_tokens_decoder":{"300":{"content":"<|user|>","special":true,"normalized":false},"299":{"content":"<|code|>","special":true}},"additional_special_tokens":["<|more|>"]}"""));
        Assert.Equal((300, 299, 301, null), (tokenizer.IdOf("<|user|>"), tokenizer.IdOf("<|code|>"), tokenizer.IdOf("<|more|>"), tokenizer.IdOf("[gMASK]")));
    }

    [Fact]
    public void Tokens_added_by_a_fine_tune_have_the_ids_of_added_tokens_json()
    {
        var model = new SentencePieceModel { ByteFallback = true };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>");
        model.AddBytes();
        var tokenizer = Load(("tokenizer.model", model.ToBytes()), ("added_tokens.json", """{"[PAD]":270}"""), ("special_tokens_map.json", """{"pad_token":"[PAD]"}"""));
        Assert.Equal(270, tokenizer.PadId);
        Assert.Equal(271, tokenizer.VocabularySize);
        Assert.Equal("", tokenizer.Decode([270], skipSpecial: true));
    }

    [Fact]
    public void Only_legacy_tokenizers_put_a_space_before_text_that_follows_a_special_token()
    {
        var model = new SentencePieceModel { ByteFallback = true };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>");
        model.AddBytes();
        model.AddWords("▁", "a", "▁a");
        foreach (var (legacy, expected) in new[] { ("true", new[] { 261, 2, 261 }), ("false", [261, 2, 260]) })
        {
            var tokenizer = Load(("tokenizer.model", model.ToBytes()), ("tokenizer_config.json", $$"""{"tokenizer_class":"LlamaTokenizer","eos_token":"</s>","legacy":{{legacy}}}"""));
            Assert.Equal(expected, tokenizer.Encode("a</s>a"));
            Assert.Equal("a</s>a", tokenizer.Decode(expected));
        }
    }
}

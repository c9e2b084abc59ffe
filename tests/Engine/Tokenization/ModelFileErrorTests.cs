using System.Text;
using Juxta.Engine;
using Juxta.Engine.Tokenization;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>Damaged and hostile model files are refused with a reason, and never hang, crash or read out of bounds.</summary>
public sealed class ModelFileErrorTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-model").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Tokenizer Load(byte[] model, string config = "{}", string name = "tokenizer.model")
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        File.WriteAllBytes(Path.Combine(folder, name), model);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config);
        return Tokenizer.Load(folder);
    }

    static SentencePieceModel Small(bool bytes = false)
    {
        var model = new SentencePieceModel { ByteFallback = bytes };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>");
        if (bytes) model.AddBytes();
        model.AddWords("▁", "a", "▁a");
        return model;
    }

    void Refused(byte[] model, string reason, string config = "{}", string name = "tokenizer.model")
    {
        var error = Assert.Throws<ModelFormatException>(() => Load(model, config, name));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    static byte[] With(Action<SentencePieceModel> change, SentencePieceModel? model = null)
    {
        model ??= Small();
        change(model);
        return model.ToBytes();
    }

    [Fact]
    public void What_is_no_model_is_refused()
    {
        Refused([], "it has no pieces");
        Refused("not a model at all"u8.ToArray(), "it is no SentencePiece model");
        Refused(Small().ToBytes()[..50], "it is no SentencePiece model");
        Refused([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "only 0 are left");
        Refused([.. Enumerable.Repeat((byte)0xFF, 20)], "longer than 64 bits");
        Refused([0x00, 0x00], "a field has number 0");
        Refused([0x0B], "wire type 3");
    }

    [Fact]
    public void A_vocabulary_that_contradicts_itself_is_refused()
    {
        Refused(With(model => model.Add(2, "<unk2>")), "are both the unknown piece");
        Refused(With(model => model.Pieces.RemoveAt(0)), "no piece is the unknown piece");
        Refused(With(model => model.Add(1, "a")), "('a') is there twice");
        Refused(With(model => model.Add(1, "")), "is empty");
        Refused(With(model => model.Add(6, "<0x41>")), "byte_fallback is off");
        Refused(With(model => model.Add(9, "x")), "unknown type 9");
        Refused(With(model => model.Pieces.Add(("x", float.NaN, 1))), "expected a finite number");
        Refused(With(model => model.Pieces.RemoveAt(100), Small(bytes: true)), "255 byte pieces");
        Refused(With(model => model.Pieces[100] = ("byte", 0, 6), Small(bytes: true)), "expected a text such as <0x0A>");
        Refused(With(model => model.Add(1, new string('x', 600))), "more than the 512 a piece may have");
    }

    [Fact]
    public void What_is_not_supported_is_refused_by_name()
    {
        Refused([.. Small().ToBytes(), .. SentencePieceModel.Field(2, [.. SentencePieceModel.Field(3, 4)])], "the model type is char");
        Refused([.. Small().ToBytes(), .. SentencePieceModel.Field(5, [.. SentencePieceModel.Field(2, [1, 2])])], "denormalization rules");
        Refused(Small().ToBytes(), "XGLMTokenizer gives its pieces other ids", """{"tokenizer_class":"XGLMTokenizer"}""");
        Refused(Small().ToBytes(), "switches do_lower_case on", """{"do_lower_case":true}""", "ice_text.model");
        Refused(Encoding.UTF8.GetBytes("IQ== 0\n"), "whose words are cut as LlamaTokenizer does", """{"tokenizer_class":"LlamaTokenizer"}""");
        Refused(With(_ => { }, new SentencePieceModel { CharacterMap = [1, 2, 3], Pieces = { ("<unk>", 0, 2) } }), "normalisation rules (precompiled_charsmap, 3 bytes) are damaged");
    }

    [Fact]
    public void A_list_of_ranks_is_checked_line_by_line()
    {
        string bytes = string.Concat(Enumerable.Range(0, 256).Select(value => $"{Convert.ToBase64String([(byte)value])} {value}\n"));
        Assert.Equal([97], Load(Encoding.UTF8.GetBytes(bytes)).Encode("a"));
        Refused(Encoding.UTF8.GetBytes(bytes[..^9]), "is no token; expected all 256 bytes");
        Refused(Encoding.UTF8.GetBytes(bytes + "!!! 256\n"), "line 257: expected a token in base64");
        Refused(Encoding.UTF8.GetBytes(bytes + "YWI= two\n"), "line 257: expected a token in base64");
        Refused(Encoding.UTF8.GetBytes(bytes + "YWI= 99999999\n"), "beyond 16000000");
        Refused(Encoding.UTF8.GetBytes(bytes + "YQ== 256\n"), "line 257: the token is there twice");
        Refused(Encoding.UTF8.GetBytes(bytes + "YWI= 97\n"), "two tokens have the same rank");
        Refused(Encoding.UTF8.GetBytes(bytes + $"{Convert.ToBase64String(new byte[600])} 256\n"), "more than the 512 a token may have");
    }

    [Fact]
    public void An_added_token_beyond_any_vocabulary_is_refused() =>
        Refused(Small().ToBytes(), "more than any vocabulary has", """{"added_tokens_decoder":{"2000000000":{"content":"<x>"} } }""");

    [Fact]
    public void Random_damage_is_refused_or_harmless()
    {
        byte[] good = Small(bytes: true).ToBytes();
        byte[] rules = File.ReadAllBytes(Path.Combine(Fixtures.Repository, "tests", "golden", "tokenizers", "unigram.model"));
        var random = new Random(11);
        for (int round = 0; round < 400; round++)
        {
            byte[] damaged = [.. round % 2 == 0 ? good : rules];
            for (int hits = random.Next(1, 5); hits > 0; hits--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                var tokenizer = Load(damaged);
                int[] ids = tokenizer.Encode("Hello, ａ world! 你好\t\n\u0001 end", addSpecial: true);
                _ = tokenizer.Decode(ids);
                Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            }
            catch (ModelFormatException)
            {
            }
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("你")]
    [InlineData("ab ")]
    public void A_text_of_a_million_characters_takes_no_quadratic_time(string part)
    {
        string text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        foreach (bool pairs in new[] { true, false })
        {
            var model = new SentencePieceModel { BytePairs = pairs, ByteFallback = true };
            model.Add(2, "<unk>");
            model.AddBytes();
            model.AddWords("▁", "a", "b", "aa", "aaaa", "aaaaaaaa", "▁▁", "▁▁▁▁", "ab", "▁ab");
            var tokenizer = Load(model.ToBytes());
            // Quadratic work on a million characters would not end within the test run.
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }
}

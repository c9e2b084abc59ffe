using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juxta.Demo;
using Juxta.Demo.Talk;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Juxta.Training.Dialogues;

namespace Juxta.DemoTests;

/// <summary>What is measured was never taught.</summary>
public sealed class HeldOutSetsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-heldout-").FullName;
    readonly StringWriter _said = new();

    public void Dispose()
    {
        _said.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void WriteSet(string question, params string[] references)
    {
        string samples = JsonSerializer.Serialize(new { id = "one", messages = new[] { new { role = "user", content = question } }, references }) + "\n";
        File.WriteAllText(Path.Combine(_folder, "samples.jsonl"), samples);
        File.WriteAllText(Path.Combine(_folder, EvalSet.FileName), JsonSerializer.Serialize(new
        {
            id = "s", version = 1, language = "en", source = "here", licence = "CC0-1.0", task = "chat", metrics = new[] { "did-not-stop" }, samples = "samples.jsonl", sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(samples))),
        }));
    }

    [Fact]
    public void No_sample_of_any_set_occurs_in_what_the_demo_model_and_its_adapters_were_trained_on() =>
        Assert.True(HeldOutSets.Check(Path.Combine(Fixtures.Repository, "evalsets"), _said), _said.ToString());

    [Fact]
    public void A_taught_sample_is_found_whatever_its_case_and_punctuation()
    {
        Dialogue taught = Beginning.Dialogues().Training[7];
        int answer = taught.Messages.ToList().FindLastIndex(message => message.IsAnswer);
        string question = taught.Messages[answer - 1].Content, reply = taught.Messages[answer].Content;
        WriteSet($" {question.ToUpperInvariant()} !", "never said", reply + "…");
        Assert.False(HeldOutSets.Check(_folder, _said));
        Assert.Contains("one (line 1) was taught", _said.ToString(), StringComparison.Ordinal);

        WriteSet(question, "never said");
        Assert.True(HeldOutSets.Check(_folder, _said), "the answer is another one");
        WriteSet(question);
        Assert.False(HeldOutSets.Check(_folder, _said), "without references the question alone decides");
    }

    [Fact]
    public void What_an_adapter_was_taught_in_its_own_words_counts_too()
    {
        Dialogue taught = StyleLessons.Dialogues().Training[1];
        WriteSet(taught.Messages[^2].Content, Styles.Spoken(taught.Messages[^2].Content, taught.Messages[^1].Content).Last());
        Assert.False(HeldOutSets.Check(_folder, _said));
    }

    [Fact]
    public void A_folder_without_sets_is_no_proof() => Assert.Contains("there is no evalset.json", Assert.Throws<SuiteException>(() => HeldOutSets.Check(_folder, _said)).Message);

    [Fact]
    public void The_set_of_lengths_is_what_its_command_writes()
    {
        Lengths.Write(Path.Combine(Fixtures.Repository, "models", "demo"), _folder);
        foreach (string file in new[] { "samples.jsonl", "evalset.json" })
            Assert.Equal(File.ReadAllText(Path.Combine(Fixtures.Repository, "evalsets", "demo-lengths", file)), File.ReadAllText(Path.Combine(_folder, file)));
    }
}

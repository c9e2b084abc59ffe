using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>The held-out guard as a command, over a set that ships.</summary>
public sealed class EvalGuardTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-guard").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static string Set => Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour");

    string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void A_sample_in_the_training_data_is_listed_with_file_and_line_and_exit_code_1()
    {
        string leaky = Write("train.jsonl", "{\"text\":\"nothing\"}\n{\"instruction\":\"what is the opposite of HOT? one word\",\"output\":\"Cold\"}\n");
        Juxta.Result result = Juxta.Run("eval", "guard", "--train", leaky, "--set", Set);
        Assert.Equal(1, result.Code);
        Assert.Contains("en-word-01", result.Out);
        Assert.Contains("1 of 120 samples of stop-behaviour", result.Out);
        JsonElement json = Juxta.Run("eval", "guard", "--train", leaky, "--set", Set, "--json").Json;
        JsonElement hit = Assert.Single(json.GetProperty("hits").EnumerateArray());
        Assert.Equal((leaky, 2, "en-word-01", "question"), (hit.GetProperty("file").GetString(), hit.GetProperty("line").GetInt32(), hit.GetProperty("sample").GetString(), hit.GetProperty("kind").GetString()));
        Assert.Equal((2, 1), (json.GetProperty("records").GetInt32(), json.GetProperty("samples_found").GetInt32()));
    }

    [Fact]
    public void Clean_training_data_passes_and_a_validation_file_that_is_the_test_set_is_warned_of()
    {
        string clean = Write("clean.txt", "一只鸟飞过田野\nA bird flies over the field\n");
        Juxta.Result result = Juxta.Run("eval", "guard", "--train", clean, "--set", Set, "--validation", Path.Combine(Set, "samples.jsonl"));
        Assert.Equal(0, result.Code);
        Assert.Contains("none of the 120 samples", result.Out);
        Assert.Contains("validation = test", result.Error);
    }

    [Fact]
    public void A_missing_file_and_a_senseless_option_are_refused()
    {
        Juxta.Refuses(["eval", "guard", "--train", Path.Combine(_folder, "absent.jsonl"), "--set", Set], "no such file");
        Juxta.Refuses(["eval", "guard", "--train", Write("t.txt", "x"), "--set", Set, "--near", "2"], "above 0 and up to 1");
    }
}

using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>The eval command over the sets that ship, and over a damaged one.</summary>
public sealed class EvalTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-eval").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static string Shipped => Path.Combine(Fixtures.Repository, "evalsets");

    [Fact]
    public void The_sets_that_ship_are_listed_and_pass_the_check()
    {
        Assert.Contains("stop-behaviour", Juxta.Run("eval", "list", Shipped).Out);
        JsonElement[] sets = Juxta.Run("eval", "list", Shipped, "--json").Lines;
        JsonElement stop = Assert.Single(sets, set => set.GetProperty("id").GetString() == "stop-behaviour");
        Assert.Equal(120, stop.GetProperty("samples").GetInt32());
        Juxta.Result check = Juxta.Run("eval", "check", Shipped);
        Assert.Equal(0, check.Code);
        Assert.Contains("stop-behaviour: 120 samples", check.Out);
    }

    [Fact]
    public void A_changed_set_fails_the_check_with_1_and_cannot_be_listed()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Shipped, "stop-behaviour"))) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        File.AppendAllText(Path.Combine(_folder, "samples.jsonl"), "\n");
        Juxta.Result check = Juxta.Run("eval", "check", _folder);
        Assert.Equal(1, check.Code);
        Assert.Contains("the samples were changed", check.Out);
        Assert.Contains("the samples were changed", Juxta.Run("eval", "check", _folder, "--json").Json.GetProperty("error").GetString());
        Juxta.Refuses(["eval", "list", _folder], "the samples were changed");
    }

    [Fact]
    public void A_run_answers_every_sample_and_goes_on_where_it_was_cut()
    {
        string model = Path.Combine(_folder, "tiny"), runs = Path.Combine(_folder, "runs"), log = Path.Combine(runs, "tiny+loud", "stop-behaviour", "answers.jsonl");
        TinyModel.Write(model);
        string[] command = ["eval", "run", "--model", model, "--adapter", Path.Combine(model, "adapters", "loud"), "--set", Path.Combine(Shipped, "stop-behaviour"), "--out", runs];
        Juxta.Result run = Juxta.Run(command);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("tiny+loud over stop-behaviour: 120 answers", run.Out);
        string[] whole = File.ReadAllLines(log);
        Assert.Equal(120, whole.Length);
        Assert.All(whole, line => Assert.Matches("\"outcome\":\"(eos:[0-9]+|length)\".*\"ids\":\\[.*\"logprobs\":\\[", line));
        string text = File.ReadAllText(log);
        File.WriteAllText(log, text[..(text.Length / 2)]);
        Assert.Equal(0, Juxta.Run(command).Code);
        Assert.Equal(whole.Order(StringComparer.Ordinal), File.ReadAllLines(log).Order(StringComparer.Ordinal));
        string[] bare = [.. command[..4], .. command[6..]];
        Assert.Equal(0, Juxta.Run(bare).Code);
        Assert.NotEmpty(File.ReadAllLines(Path.Combine(runs, "tiny", "stop-behaviour", "answers.jsonl")).Except(whole)); // the adapter acted
    }

    [Fact]
    public void A_folder_without_sets_is_refused()
    {
        Juxta.Refuses(["eval", "list", _folder], "there is no evalset.json");
        Juxta.Refuses(["eval", "check", Path.Combine(_folder, "absent")], "no such folder");
    }
}

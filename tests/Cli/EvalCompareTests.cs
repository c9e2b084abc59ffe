using System.Security.Cryptography;
using System.Text.Json;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.CliTests;

/// <summary>Compare, gate and report as commands, over runs with known answers.</summary>
public sealed class EvalCompareTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-compare").FullName;
    readonly string _good, _bad, _part;

    public EvalCompareTests()
    {
        EvalSet set = Set("words", 40);
        _good = Run(set, "good", i => new SampleResult(0, "", $"word {i}", "eos:2") { Ids = [i, 2], Logprobs = [-0.1f, 0] });
        _bad = Run(set, "bad", i => new SampleResult(0, "", i < 10 ? $"word {i}" : $"wörd {i}\u001b[31m", i < 10 ? "eos:2" : "length") { Ids = [i < 10 ? i : 100 + i, 2], Logprobs = [-0.2f, 0] });
        _part = Run(set, "part", i => i < 5 ? new SampleResult(0, "", $"word {i}", "eos:2") : null);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    EvalSet Set(string id, int count)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "sets", id)).FullName;
        byte[] samples = [.. Enumerable.Range(0, count).SelectMany(i => JsonSerializer.SerializeToUtf8Bytes(new { id = $"s{i}", messages = new[] { new { role = "user", content = $"Say word {i}" } }, references = new[] { $"word {i}" } }).Append((byte)'\n'))];
        File.WriteAllBytes(Path.Combine(folder, "samples.jsonl"), samples);
        File.WriteAllText(Path.Combine(folder, EvalSet.FileName), JsonSerializer.Serialize(new
        {
            id, version = 1, language = "en", source = "a test", licence = "CC0-1.0", task = "chat", metrics = new[] { "exact-match", "length-ratio" }, samples = "samples.jsonl",
            sha256 = Convert.ToHexStringLower(SHA256.HashData(samples)),
        }));
        return EvalSet.Open(folder);
    }

    string Run(EvalSet set, string model, Func<int, SampleResult?> answer)
    {
        using RunFolder run = RunFolder.Open(Path.Combine(_folder, "runs", model, set.Id), set, RunManifest.Of(new ModelIdentity(model), set, "1"));
        for (int i = 0; i < set.Samples.Count; i++)
            if (answer(i) is { } result) run.Add(result with { Sample = set.Samples[i].Id });
        return run.Folder;
    }

    [Fact]
    public void Compare_shows_the_figures_and_the_answers_that_differ()
    {
        Juxta.Result result = Juxta.Run("eval", "compare", _good, _bad, "--trials", "500", "--resamples", "200");
        Assert.True(result.Code == 0, result.Error);
        foreach (string part in (string[])["the baseline is good", "exact-match", "−75.00", "0/30/10", "cut for length", "30 of 40 samples differ", "most lost by exact-match", "first different token 0"]) Assert.Contains(part, result.Out);
        Assert.DoesNotContain("\u001b[31m", result.Out); // what a model wrote does not steer the terminal
        Assert.DoesNotContain("s25", result.Out);
        Assert.Contains("s25", Juxta.Run("eval", "compare", _good, _bad, "--trials", "500", "--different").Out);
        Assert.Contains("w⟦ö⟧rd 25", Juxta.Run("eval", "compare", _good, _bad, "--trials", "500", "--different", "--characters").Out);
    }

    [Fact]
    public void Compare_gives_everything_as_json()
    {
        JsonElement json = Juxta.Run("eval", "compare", _good, _bad, "--trials", "500", "--different", "--json").Json;
        JsonElement exact = json.GetProperty("differences")[0];
        Assert.Equal(("good", "bad", "exact-match", "worse"), (exact.GetProperty("baseline").GetString(), exact.GetProperty("candidate").GetString(), exact.GetProperty("metric").GetString(), exact.GetProperty("finding").GetString()));
        Assert.Equal((100.0, 25.0, -75.0), (exact.GetProperty("baseline_score").GetDouble(), exact.GetProperty("candidate_score").GetDouble(), exact.GetProperty("difference").GetDouble()));
        Assert.Equal(1.0 / 501, exact.GetProperty("p").GetDouble(), 12);
        Assert.Equal(3.0 / 501, exact.GetProperty("corrected_p").GetDouble(), 12);
        Assert.Equal(30, json.GetProperty("samples").GetArrayLength());
        JsonElement token = json.GetProperty("samples")[0].GetProperty("first_different_token");
        Assert.Equal((10, 110), (token.GetProperty("baseline_id").GetInt32(), token.GetProperty("candidate_id").GetInt32()));
        Assert.Equal(Math.Exp(-0.1f), token.GetProperty("baseline_probability").GetDouble(), 6);
        Assert.Equal(30, json.GetProperty("runs")[1].GetProperty("settings")[0].GetProperty("answers").GetProperty("length").GetInt32());
    }

    [Fact]
    public void The_gate_answers_with_its_exit_code()
    {
        string[] Gate(string candidate, string metric, string drop) => ["eval", "gate", "--baseline", _good, "--candidate", candidate, "--metric", metric, "--max-drop", drop];
        Juxta.Result failed = Juxta.Run(Gate(_bad, "exact-match", "5"));
        Assert.Equal((1, true), (failed.Code, failed.Out.StartsWith("FAIL exact-match 100.00 → 25.00 over 40 samples: worse by 75.00, 5 allowed", StringComparison.Ordinal)));
        JsonElement json = Juxta.Run([.. Gate(_bad, "exact-match", "5"), "--json"]).Json;
        Assert.Equal((false, 75.0), (json.GetProperty("passes").GetBoolean(), json.GetProperty("settings")[0].GetProperty("drop").GetDouble()));
        Assert.Equal(0, Juxta.Run(Gate(_bad, "exact-match", "80")).Code);
        Assert.Equal(1, Juxta.Run(Gate(_bad, "did-not-stop", "0.5")).Code);
        Juxta.Refuses(Gate(_bad, "bleu", "0"), "take one of exact-match, length-ratio, did-not-stop");
        Juxta.Refuses(Gate(_part, "exact-match", "0"), "has 5 of 40 answers");
    }

    [Fact]
    public void The_report_is_written_in_every_form_and_the_same_each_time()
    {
        string votes = Path.Combine(_folder, "votes.jsonl"), folder = Path.Combine(_folder, "report"), again = Path.Combine(_folder, "again.html");
        File.WriteAllText(votes, string.Concat(Enumerable.Range(0, 12).Select(i => JsonSerializer.Serialize(new { item = $"s{i}", a = "good", b = "bad", winner = i == 0 ? "b" : "a", annotator = "x" }) + "\n")));
        string[] command = ["eval", "report", _bad, _good, "--votes", votes, "--trials", "500", "--title", "Words", "--out"];
        Juxta.Result result = Juxta.Run([.. command, folder]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(0, Juxta.Run([.. command, again]).Code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "report.html")), File.ReadAllBytes(again));
        Assert.Contains("People prefer good: 11 of 12 decided votes", File.ReadAllText(Path.Combine(folder, "report.md")));
        Assert.Equal("candidate", JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "report.json"))).RootElement.GetProperty("conclusions")[0].GetProperty("winner").GetString());
        Assert.StartsWith("# good on words", Juxta.Run("eval", "report", _good).Out);
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        string other = Run(Set("others", 3), "good", i => new SampleResult(0, "", "x", "eos:2")), votes = Path.Combine(_folder, "votes.jsonl");
        File.WriteAllText(votes, "{\"a\":\"x\",\"b\":\"y\",\"winner\":\"a\"}\n");
        Juxta.Refuses(["eval", "compare", _good, other], "not of the same samples", "samples (");
        Juxta.Refuses(["eval", "compare", _good, _folder], "no such file (a folder with manifest.json is a run");
        Juxta.Refuses(["eval", "compare", _good, _bad, "--metric", "bleu"], "not measured by 'bleu'");
        Juxta.Refuses(["eval", "compare", _good, _bad, "--alpha", "2"], "alpha is a share");
        Juxta.Refuses(["eval", "report", _good, _bad, "--out", Path.Combine(_folder, "x.pdf")], "take .html, .md or .json");
        Juxta.Refuses(["eval", "report", _good, _bad, "--votes", votes], "none of the 1 votes");
        Juxta.Refuses(["eval", "report", _good, _bad, "--votes", votes + "2"], "no such file");
    }
}

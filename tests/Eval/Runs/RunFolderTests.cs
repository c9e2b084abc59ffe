using System.Text.Json;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;

namespace Juxta.EvalTests.Runs;

public sealed class RunFolderTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("juxta-run").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    string Folder => Path.Combine(_root, "run");

    static EvalSet Set => EvalSet.Open(Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour"));

    static RunManifest Manifest => RunManifest.Of(new ModelIdentity("m") { Weights = "aa", Adapters = [new AdapterIdentity("poet", 0.5f, "bb") { Folder = "/here" }], Folder = "/there" }, Set, "1.0");

    RunFolder Open(RunManifest? manifest = null) => RunFolder.Open(Folder, Set, manifest ?? Manifest);

    void Refuses(RunManifest manifest, params string[] says)
    {
        SuiteException error = Assert.Throws<SuiteException>(() => Open(manifest));
        foreach (string part in says) Assert.Contains(part, error.Message);
    }

    [Fact]
    public void A_run_reads_by_itself()
    {
        using (RunFolder run = Open())
        {
            run.Add(new SampleResult(0, "en-word-01", "Paris 你好", "eos:2") { Ids = [1, 2], Logprobs = [-0.5f, 0], Nats = 3.25, LossTokens = 2, LossBytes = 5 });
            Assert.Equal((1, 120), (run.Count, run.Total));
        }
        Assert.Equal("""{"setting":0,"sample":"en-word-01","answer":"Paris 你好","outcome":"eos:2","ids":[1,2],"logprobs":[-0.5,0],"nats":3.25,"loss_tokens":2,"loss_bytes":5}""" + "\n", File.ReadAllText(Path.Combine(Folder, "answers.jsonl")));
        RunRecord record = RunRecord.Open(Folder);
        Assert.Equal(("m", 120, 1, false), (record.Manifest.Model.Name, record.Set.Samples.Count, record.Results.Count, record.IsComplete));
        Assert.Equal(["answers.jsonl", "manifest.json", "set/evalset.json", "set/samples.jsonl"], Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal));
        JsonElement json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "manifest.json"))).RootElement;
        Assert.Equal(("aa", "stop-behaviour", 0, "1.0"), (json.GetProperty("model").GetProperty("weights").GetString(), json.GetProperty("set").GetProperty("id").GetString(), json.GetProperty("settings")[0].GetProperty("few_shot").GetInt32(), json.GetProperty("code").GetString()));
    }

    [Fact]
    public void Where_files_lay_does_not_make_another_run()
    {
        Open().Dispose();
        Open(Manifest with { Model = Manifest.Model with { Folder = "/elsewhere", Adapters = [Manifest.Model.Adapters[0] with { Folder = null }] } }).Dispose();
    }

    [Fact]
    public void Answers_of_another_run_do_not_come_in()
    {
        Open().Dispose();
        Refuses(Manifest with { Model = Manifest.Model with { Weights = "cc" } }, "another run", "model.weights is aa there and cc here", "do not belong together");
        Refuses(Manifest with { Model = Manifest.Model with { Adapters = [new AdapterIdentity("poet", 0.5f, "dd")] } }, "model.adapters[0].hash is bb there and dd here");
        Refuses(Manifest with { Model = Manifest.Model with { Adapters = [] } }, "model.adapters[0].scale is 0.5 there and absent here");
        Refuses(Manifest with { Code = "2.0" }, "code is 1.0 there and 2.0 here");
        Refuses(Manifest with { Seed = 1 }, "seed is 0 there and 1 here");
        Refuses(RunManifest.Of(Manifest.Model, Set with { System = "Be brief." }, "1.0"), "prompts is");
        Refuses(RunManifest.Of(Manifest.Model, Set with { Settings = [new SuiteSetting { MaxTargetLength = 8 }] }, "1.0"), "settings[0].max_target_length is absent there and 8 here");
    }

    [Fact]
    public void Damage_is_named_with_file_and_line()
    {
        string answers = Path.Combine(Folder, "answers.jsonl");
        using (RunFolder run = Open())
            foreach (EvalSample sample in run.Set.Samples.Take(3)) run.Add(new SampleResult(0, sample.Id, "x", null));
        string[] lines = File.ReadAllLines(answers);
        File.WriteAllLines(answers, [.. lines, lines[1]]);
        Says("answers.jsonl:4:", "'en-word-02' was answered before");
        File.WriteAllLines(answers, [lines[0], "nonsense", lines[2]]);
        Says("answers.jsonl:2:", "no answer of a run");
        File.WriteAllLines(answers, [lines[0], lines[1].Replace("en-word-02", "elsewhere", StringComparison.Ordinal)]);
        Says("answers.jsonl:2:", "no sample 'elsewhere'");
        File.WriteAllLines(answers, [lines[0].Replace("\"setting\":0", "\"setting\":9", StringComparison.Ordinal)]);
        Says("answers.jsonl:1:", "under a setting 9");
        File.WriteAllLines(answers, lines);
        File.AppendAllText(Path.Combine(Folder, "set", "samples.jsonl"), "\n");
        Says("the samples were changed");
    }

    /// <summary>Both who reads the run and who goes on with it.</summary>
    void Says(params string[] parts)
    {
        foreach (Exception error in (Exception[])[Assert.Throws<SuiteException>(() => RunRecord.Open(Folder)), Assert.Throws<SuiteException>(() => Open())])
            foreach (string part in parts) Assert.Contains(part, error.Message);
    }

    [Fact]
    public void What_is_no_run_is_refused()
    {
        Directory.CreateDirectory(Folder);
        Assert.Contains("a folder with manifest.json is a run", Assert.Throws<SuiteException>(() => RunRecord.Open(Folder)).Message);
        File.WriteAllText(Path.Combine(Folder, "manifest.json"), "{}");
        Assert.Contains("is no manifest of a run", Assert.Throws<SuiteException>(() => RunRecord.Open(Folder)).Message);
        File.Delete(Path.Combine(Folder, "manifest.json"));
        File.WriteAllText(Path.Combine(Folder, "answers.jsonl"), "");
        Refuses(Manifest, "there are answers in it and no manifest.json");
        Directory.Delete(Folder, recursive: true);
        File.WriteAllText(Folder, "");
        Refuses(Manifest, "this is a file; a run is a folder");
    }

    [Fact]
    public void Another_set_of_the_same_hash_check_is_not_taken_for_the_run_s()
    {
        Open().Dispose();
        string manifest = Path.Combine(Folder, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(Set.Sha256, new string('0', 64), StringComparison.Ordinal));
        Assert.Contains("restore the folder as the run made it", Assert.Throws<SuiteException>(() => RunRecord.Open(Folder)).Message);
    }

    [Fact]
    public void One_process_writes_at_a_time_and_others_read()
    {
        using RunFolder run = Open();
        Refuses(Manifest, "another process is writing this run");
        run.Add(new SampleResult(0, "en-word-01", "x", null));
        Assert.Single(RunRecord.Open(Folder).Results);
    }
}

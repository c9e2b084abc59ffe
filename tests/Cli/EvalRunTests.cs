using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>Runs of several models, their replays, and a run that is killed again and again.</summary>
public sealed class EvalRunTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-eval").FullName;

    public EvalRunTests() => TinyModel.Write(Model);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Model => Path.Combine(_folder, "tiny");

    string Out => Path.Combine(_folder, "runs");

    /// <summary>A set with references, of so many samples under two settings.</summary>
    string Set(int samples)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, $"set-{samples}")).FullName;
        string lines = string.Concat(Enumerable.Range(0, samples).Select(i => $$"""{"id":"s{{i}}","messages":[{"role":"user","content":"Say {{i * 7919 % 1009}} hello world"}],"references":["hello world {{i}}"]}""" + "\n"));
        File.WriteAllText(Path.Combine(folder, "samples.jsonl"), lines);
        File.WriteAllText(Path.Combine(folder, "evalset.json"), new JsonObject
        {
            ["id"] = "many", ["version"] = 1, ["language"] = "en", ["source"] = "here", ["licence"] = "CC0-1.0", ["task"] = "chat", ["metrics"] = new JsonArray("did-not-stop"),
            ["generation"] = new JsonObject { ["temperature"] = 0.8 }, ["axes"] = new JsonObject { ["max_source_length"] = new JsonArray(32), ["max_target_length"] = new JsonArray(12, 40) },
            ["samples"] = "samples.jsonl", ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))),
        }.ToJsonString());
        return folder;
    }

    [Fact]
    public void A_run_may_do_it_otherwise_than_its_set_says()
    {
        string set = Set(3);
        Juxta.Result run = Juxta.Run("eval", "run", "--model", Model, "--set", set, "--out", Out, "--with", "max_target_length=2,3,4", "--with", "max_source_length=24", "--with", "temperature=0", "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(9, run.Lines[0].GetProperty("answers").GetInt32());
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "tiny", "many", "manifest.json"))).RootElement;
        Assert.Equal([(24, 2), (24, 3), (24, 4)], manifest.GetProperty("settings").EnumerateArray().Select(setting => (setting.GetProperty("max_source_length").GetInt32(), setting.GetProperty("max_target_length").GetInt32())));
        Assert.Equal(0, manifest.GetProperty("generation").GetProperty("temperature").GetDouble());
        // A prompt that was too long is written as the model got it, beside what it lost.
        Assert.All(File.ReadAllLines(Path.Combine(Out, "tiny", "many", "answers.jsonl")).Select(line => JsonDocument.Parse(line).RootElement), line =>
        {
            Assert.Equal(24, line.GetProperty("prompt_tokens").GetInt32());
            string got = line.GetProperty("prompt")[0].GetProperty("content").GetString()!;
            Assert.True(got.Length is > 0 and < 20 && "Say 0 hello world Say 856 hello world Say 703 hello world".Contains(got, StringComparison.Ordinal), got);
            Assert.InRange(line.GetProperty("cut_tokens").GetInt32(), 1, 19);
        });
        Juxta.Result same = Juxta.Run("eval", "replay", Path.Combine(Out, "tiny", "many"));
        Assert.Equal((0, "same: 9 answers\n"), (same.Code, same.Out));
        Juxta.Result other = Juxta.Run("eval", "run", "--model", Model, "--set", set, "--out", Out);
        Assert.Equal(2, other.Code);
        Assert.Contains("there is another run in it", other.Error);
        Assert.Contains("settings[0].max_target_length is 2 there and 12 here", other.Error);
        Juxta.Result wrong = Juxta.Run("eval", "run", "--model", Model, "--set", set, "--out", Out, "--with", "length=4");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("'length' cannot be overridden; there are few_shot, history_turns", wrong.Error);
    }

    [Fact]
    public void Models_over_one_base_run_together_and_replay_to_the_same()
    {
        Juxta.Result run = Juxta.Run("eval", "run", "--model", Model, "--model", $"{Model}:loud=0.5", "--set", Set(40), "--out", Out, "--json");
        Assert.True(run.Code == 0, run.Error);
        JsonElement[] lines = run.Lines;
        Assert.Equal(["tiny", "tiny+loud=0.5"], lines[..2].Select(line => line.GetProperty("model").GetString()));
        Assert.All(lines[..2], line => Assert.Equal((80, true), (line.GetProperty("answers").GetInt32(), line.GetProperty("loss").GetDouble() > 0)));
        Assert.Equal((2, 160), (lines[2].GetProperty("runs").GetInt32(), lines[2].GetProperty("answers").GetInt32()));
        Assert.InRange(lines[2].GetProperty("full_share").GetDouble(), 0.01, 1);
        string loud = Path.Combine(Out, "tiny+loud=0.5", "many");
        Assert.All(File.ReadAllLines(Path.Combine(loud, "answers.jsonl")), line => Assert.InRange(JsonDocument.Parse(line).RootElement.GetProperty("prompt_tokens").GetInt32(), 20, 32));

        Juxta.Result same = Juxta.Run("eval", "replay", loud);
        Assert.Equal((0, "same: 80 answers\n"), (same.Code, same.Out));
        JsonElement other = Replay(1, loud, "--model", Model, "--json").Json;
        Assert.Equal("different", other.GetProperty("verdict").GetString());
        Assert.Contains(other.GetProperty("changes").EnumerateArray(), change => change.GetProperty("field").GetString() == "model.adapters[0].hash");
        Assert.Equal(("s0", 0), (other.GetProperty("first").GetProperty("sample").GetString(), other.GetProperty("first").GetProperty("setting").GetInt32()));
        Assert.Contains("token", Replay(1, loud, "--model", Model).Out);
        // Where answers part is told with the text of the tokens.
        Juxta.Result compared = Juxta.Run("eval", "compare", Path.Combine(Out, "tiny", "many"), loud, "--trials", "50", "--resamples", "50");
        Assert.True(compared.Code == 0, compared.Error);
        Assert.Matches("first different token [0-9]+: [0-9]+ “[^”]+” \\(probability 0\\.[0-9]+\\) against", compared.Out);
        // One answer that was altered by hand is found.
        string answers = Path.Combine(loud, "answers.jsonl"), text = File.ReadAllText(answers);
        File.WriteAllText(answers, text.Replace("\"nats\":", "\"nats\":1", StringComparison.Ordinal));
        Assert.Contains("80 of 80 answers differ; first setting 0, sample s0: nats then 1", Replay(1, loud).Out);
        File.WriteAllText(answers, text);
        Directory.Move(Model, Model + "-moved");
        Juxta.Refuses(["eval", "replay", loud], "tiny+loud=0.5 lay in", "say with --model where it lies now");
        Assert.Contains("same: 80 answers", Replay(0, loud, "--model", $"{Model}-moved:loud=0.5").Out);
    }

    [Fact]
    public void Rounded_weights_are_a_model_of_their_own_and_replay_to_the_same()
    {
        Juxta.Result run = Juxta.Run("eval", "run", "--model", Model, "--weights", "q8_0", "--set", Set(8), "--out", Out, "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("tiny@q8_0", run.Lines[0].GetProperty("model").GetString());
        Assert.Contains("same: 16 answers", Replay(0, Path.Combine(Out, "tiny@q8_0", "many")).Out);
        Juxta.Refuses(["eval", "run", "--model", Model, "--weights", "q5", "--set", Set(8), "--out", Out], "--weights q5", "q4_0");
    }

    [Fact]
    public void A_rounded_cache_is_a_model_of_its_own_and_replays_to_the_same()
    {
        Juxta.Result run = Juxta.Run("eval", "run", "--model", Model, "--cache", "q8_0", "--set", Set(8), "--out", Out, "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("tiny@cache-q8_0", run.Lines[0].GetProperty("model").GetString());
        string folder = Path.Combine(Out, "tiny@cache-q8_0", "many");
        Assert.EndsWith(":cache-q8_0", JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json"))).RootElement.GetProperty("model").GetProperty("weights").GetString());
        Assert.Contains("same: 16 answers", Replay(0, folder).Out);
        Juxta.Refuses(["eval", "run", "--model", Model, "--cache", "q4_0", "--set", Set(8), "--out", Out], "--cache q4_0", "expected f32, f16, bf16, q8_0");
    }

    [Fact]
    public void A_replay_takes_the_backend_of_its_run_or_says_that_it_cannot()
    {
        Juxta.Result run = Juxta.Run("eval", "run", "--model", Model, "--set", Set(8), "--out", Out);
        Assert.True(run.Code == 0, run.Error);
        string folder = Path.Combine(Out, "tiny", "many"), manifest = Path.Combine(folder, "manifest.json");
        string weights = JsonDocument.Parse(File.ReadAllText(manifest)).RootElement.GetProperty("model").GetProperty("weights").GetString()!;
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(weights, $"{weights}:torchsharp cuda:1 bf16", StringComparison.Ordinal));
        Juxta.Result absent = Juxta.RunIn(new Dictionary<string, string> { ["JUXTA_TORCHSHARP"] = _folder }, "eval", "replay", folder);
        Assert.Equal((2, ""), (absent.Code, absent.Out));
        Assert.Contains("the run was computed by torchsharp cuda:1 bf16, and so is its replay; --backend cpu takes the engine's own kernels", absent.Error);
        Assert.Contains("the backend torchsharp is not installed", absent.Error);
        string told = Replay(0, folder, "--backend", "cpu").Out;
        Assert.Contains($"changed: model.weights was {weights}:torchsharp cuda:1 bf16 and is {weights}", told);
        Assert.Contains("same: 16 answers", told);
        Juxta.Refuses(["eval", "replay", folder, "--dtype", "f16"], "--dtype f16 goes with --backend torchsharp");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("torchsharp cuda:1 bf16", "q3", StringComparison.Ordinal));
        Juxta.Refuses(["eval", "replay", folder], "'q3' is neither a way to keep weights nor a backend that this version knows");
    }

    static Juxta.Result Replay(int code, params string[] arguments)
    {
        Juxta.Result result = Juxta.Run(["eval", "replay", .. arguments]);
        Assert.True(result.Code == code, result.Out + result.Error);
        return result;
    }

    [Fact]
    public void What_cannot_be_run_is_refused()
    {
        string set = Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour");
        Refuses([], "there is no model to ask");
        Refuses(["--model", Path.Combine(_folder, "absent")], "there is no folder", "DIR[:ADAPTER[=scale]…]");
        Refuses(["--model", $"{Model}:poet"], "'poet' is neither a folder nor an adapter in", "loud, silent");
        Refuses(["--model", $"{Model}:loud=much"], "'much' is not a scale");
        Refuses(["--model", Model, "--model", $"{Model}/"], "two models are called tiny");
        Refuses(["--model", Model, "--model", $"{Model}:loud", "--adapter", "x"], "--adapter goes with one --model");
        Refuses(["--model", Model, "--set", set], "are both called stop-behaviour");
        Refuses(["--endpoint", "http://127.0.0.1:9"], "say which of its models with --endpoint-model");
        Refuses(["--endpoint-model", "m"], "say which with --endpoint URL");
        Refuses(["--endpoint", "nowhere", "--endpoint-model", "m"], "'nowhere' is no address of an API");
        Refuses(["--endpoint", "http://127.0.0.1:9", "--endpoint-model", "owner/m"], "owner--m could not be asked", "cannot be asked");
        Juxta.Refuses(["eval", "replay", _folder], "a folder with manifest.json is a run");
        Juxta.Refuses(["eval", "replay", Path.Combine(Out, "owner--m", "stop-behaviour")], "there is no answer in it");

        void Refuses(string[] arguments, params string[] says) => Juxta.Refuses(["eval", "run", "--set", set, "--out", Out, .. arguments], says);
    }

    [Fact]
    public void A_run_that_is_killed_again_and_again_gives_what_one_without_kills_gives()
    {
        int kills = Endurance.Asked ? 20 : 6;
        string set = Set(300);
        string[] command = ["eval", "run", "--model", $"{Model}:loud", "--set", set, "--threads", "1", "--json", "--out"];
        Assert.Equal(0, Juxta.Run([.. command, Path.Combine(_folder, "whole")]).Code);
        string log = Path.Combine(Out, "tiny+loud", "many", "answers.jsonl");
        var random = new Random(11);
        var lengths = new List<int>();
        for (int i = 0; i < kills; i++)
        {
            using Process process = Start([.. command, Out]);
            int before = Lines(log), enough = before + random.Next(0, 20);
            // The last kill must still find the run under way: most come after some answers, some before the first.
            var waited = Stopwatch.StartNew();
            while (!process.HasExited && Lines(log) <= enough && (i % 5 != 0 || waited.ElapsedMilliseconds < random.Next(200, 3000))) Thread.Sleep(1);
            Assert.False(process.HasExited, $"the run was over before kill {i + 1}");
            process.Kill();
            process.WaitForExit();
            lengths.Add(Lines(log));
        }
        Assert.True(lengths.Distinct().Count() > kills / 2, string.Join(' ', lengths));
        Juxta.Result rest = Juxta.Run([.. command, Out]);
        Assert.True(rest.Code == 0, rest.Error);
        string[] killed = File.ReadAllLines(log);
        Assert.Equal(600, killed.Length);
        Assert.Equal(File.ReadAllLines(Path.Combine(_folder, "whole", "tiny+loud", "many", "answers.jsonl")).Order(StringComparer.Ordinal), killed.Order(StringComparer.Ordinal));
        TestContext.Current.SendDiagnosticMessage($"answers at the kills: {string.Join(' ', lengths)}");
    }

    [Fact]
    public async Task Ctrl_C_keeps_the_answers_and_says_that_the_same_command_goes_on()
    {
        Interrupts.Require();
        string[] command = ["eval", "run", "--model", Model, "--set", Set(300), "--threads", "1", "--out", Out];
        string log = Path.Combine(Out, "tiny", "many", "answers.jsonl");
        using (Process process = Start(command))
        {
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            while (!process.HasExited && Lines(log) < 5) await Task.Delay(1, TestContext.Current.CancellationToken);
            Interrupts.Send(process);
            Assert.EndsWith($"juxta: stopped: {Lines(log)} of 600 answers of tiny are there, and the same command goes on\n", await error, StringComparison.Ordinal);
        }
        Assert.InRange(Lines(log), 5, 599);
        Juxta.Result rest = Juxta.Run([.. command, "--json"]);
        Assert.True(rest.Code == 0, rest.Error);
        Assert.Equal(600, Lines(log));
    }

    static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "juxta.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    static int Lines(string path)
    {
        if (!File.Exists(path)) return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Count(letter => letter == '\n');
    }
}

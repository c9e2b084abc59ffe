using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Runs;

namespace Juxta.Tests;

/// <summary>Runs over a small set in a folder that goes with the test. The set: samples s0, s1 … that ask "Question i" and want "red ball i", even ones tagged even; two settings.</summary>
sealed class WrittenRuns : IDisposable
{
    readonly string _root;

    /// <param name="root">A folder with <c>runs/</c> in it; null = a new one. It goes with the test.</param>
    public WrittenRuns(string? root = null)
    {
        _root = root ?? Directory.CreateTempSubdirectory("juxta-runs-").FullName;
        Library = new RunLibrary(Path.Combine(_root, "runs"));
    }

    public RunLibrary Library { get; }

    public string FolderOf(string name) => Path.Combine(Library.Folder, name);

    /// <summary>Writes a run, or goes on with it.</summary>
    /// <param name="name">Its place; the last part is its model's name.</param>
    /// <param name="answers">The answer to sample i under a setting and how it ended; a null answer = not answered.</param>
    /// <param name="samples">How many the set has.</param>
    public void Write(string name, Func<int, int, (string? Answer, string Outcome)> answers, int samples = 60)
    {
        EvalSet set = WriteSet(samples);
        var model = new ModelIdentity(name.Split('/')[^1]) { Weights = Hash(name), Tokenizer = Hash("tokenizer"), StopSet = Hash("stops") };
        using RunFolder run = RunFolder.Open(FolderOf(name), set, RunManifest.Of(model, set, "test"));
        var there = run.Record.Results.Select(result => (result.Setting, result.Sample)).ToHashSet();
        for (int setting = 0; setting < set.Settings.Count; setting++)
        {
            foreach ((int i, EvalSample sample) in set.Samples.Index())
            {
                (string? answer, string outcome) = answers(setting, i);
                if (answer is null || there.Contains((setting, sample.Id))) continue;
                run.Add(new SampleResult(setting, sample.Id, answer, outcome)
                {
                    CompletionTokens = answer.Length,
                    Ids = [.. answer.Select(c => (int)c)],
                    Logprobs = [.. answer.Select(_ => MathF.Log(0.5f))],
                });
            }
        }
    }

    /// <summary>Where the sets lie.</summary>
    public string SetFolder => Path.Combine(_root, "sets");

    public EvalSet WriteSet(int samples)
    {
        string folder = Directory.CreateDirectory(Path.Combine(SetFolder, $"set{samples}")).FullName;
        string lines = string.Concat(Enumerable.Range(0, samples).Select(i => new JsonObject
        {
            ["id"] = $"s{i}", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"Question {i}" }), ["references"] = new JsonArray($"red ball {i}"),
            ["tags"] = i % 2 == 0 ? new JsonArray("even") : new JsonArray(),
        }.ToJsonString() + "\n"));
        File.WriteAllText(Path.Combine(folder, "samples.jsonl"), lines);
        File.WriteAllText(Path.Combine(folder, EvalSet.FileName), new JsonObject
        {
            ["id"] = "small", ["version"] = 1, ["language"] = "en", ["source"] = "here", ["licence"] = "CC0-1.0", ["task"] = "chat", ["metrics"] = new JsonArray("exact-match", "chrf"),
            ["generation"] = new JsonObject { ["temperature"] = 0 }, ["axes"] = new JsonObject { ["max_target_length"] = new JsonArray(4, 16) },
            ["samples"] = "samples.jsonl", ["sha256"] = Hash(lines),
        }.ToJsonString());
        return EvalSet.Open(folder);
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

using System.Security.Cryptography;
using System.Text.Json;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Comparison;

/// <summary>Runs with answers that a test chooses, over a small set of its own.</summary>
internal sealed class Experiment : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-experiment").FullName;

    /// <param name="samples">Id, reference and tags (comma) of each sample.</param>
    /// <param name="metrics">As evalset.json has them.</param>
    /// <param name="axes">As evalset.json has them; null = none.</param>
    public Experiment((string Id, string Reference, string Tags)[] samples, object[] metrics, object? axes = null)
    {
        byte[] lines =
        [
            .. samples.SelectMany(s => JsonSerializer.SerializeToUtf8Bytes(new
            {
                id = s.Id, messages = new[] { new { role = "user", content = $"Say {s.Reference}" } }, references = new[] { s.Reference },
                tags = s.Tags.Split(',', StringSplitOptions.RemoveEmptyEntries),
            }).Append((byte)'\n')),
        ];
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "set")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "samples.jsonl"), lines);
        var set = new Dictionary<string, object>
        {
            ["id"] = "words", ["version"] = 1, ["language"] = "en", ["source"] = "a test", ["licence"] = "CC0-1.0", ["task"] = "chat", ["metrics"] = metrics,
            ["generation"] = new { temperature = 0 }, ["samples"] = "samples.jsonl", ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(lines)),
        };
        if (axes is not null) set["axes"] = axes;
        File.WriteAllText(Path.Combine(folder, EvalSet.FileName), JsonSerializer.Serialize(set));
        Set = EvalSet.Open(folder);
    }

    public EvalSet Set { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A run of its own folder.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="answer">Setting and index of the sample → the answer; null = not answered.</param>
    public RunRecord Run(string model, Func<int, int, SampleResult?> answer, Func<RunManifest, RunManifest>? change = null, EvalSet? set = null)
    {
        set ??= Set;
        var identity = new ModelIdentity(model) { Weights = new string('a', 64), Adapters = [new AdapterIdentity(model, 1, new string('b', 63) + model[0])], Tokenizer = new string('c', 64) };
        RunManifest manifest = RunManifest.Of(identity, set, "1.0");
        using RunFolder run = RunFolder.Open(Path.Combine(_folder, "runs", $"{model}-{Guid.NewGuid():N}", set.Id), set, change?.Invoke(manifest) ?? manifest);
        for (int setting = 0; setting < run.Set.Settings.Count; setting++)
        {
            for (int i = 0; i < set.Samples.Count; i++)
                if (answer(setting, i) is { } result) run.Add(result with { Setting = setting, Sample = set.Samples[i].Id });
        }
        return RunRecord.Open(run.Folder);
    }

    /// <summary>A run of one setting with these answers; null = not answered.</summary>
    public RunRecord Run(string model, params string?[] answers) => Run(model, (_, i) => answers[i] is { } text ? Said(text) : null);

    /// <summary>An answer that ended by itself.</summary>
    public static SampleResult Said(string text, string? outcome = "eos:2") => new(0, "", text, outcome);
}

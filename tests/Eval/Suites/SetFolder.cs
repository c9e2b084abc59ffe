using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Suites;

/// <summary>A folder with a set that goes when the test ends.</summary>
sealed class SetFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("juxta-evalset").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file of samples and an evalset.json that names it with its true hash.</summary>
    public void Write(string name, ReadOnlySpan<byte> samples, Action<JsonObject>? change = null)
    {
        var set = new JsonObject
        {
            ["id"] = "s", ["version"] = 1, ["language"] = "zh", ["source"] = "here", ["licence"] = "CC0-1.0", ["task"] = "chat", ["metrics"] = new JsonArray("length-ratio"),
            ["samples"] = name, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(samples)),
        };
        change?.Invoke(set);
        System.IO.File.WriteAllBytes(File(name), samples);
        System.IO.File.WriteAllText(File(EvalSet.FileName), set.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    public EvalSet Open(string name, string samples, Action<JsonObject>? change = null)
    {
        Write(name, Encoding.UTF8.GetBytes(samples), change);
        return EvalSet.Open(Path);
    }
}

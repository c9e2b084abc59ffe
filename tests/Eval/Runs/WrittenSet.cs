using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Runs;

/// <summary>Writes a small set to a folder.</summary>
static class WrittenSet
{
    public static EvalSet Open(string folder, string[] samples, JsonObject? axes = null)
    {
        Directory.CreateDirectory(folder);
        string lines = string.Join('\n', samples) + "\n";
        File.WriteAllText(Path.Combine(folder, "samples.jsonl"), lines);
        var set = new JsonObject
        {
            ["id"] = "small", ["version"] = 1, ["language"] = "en", ["source"] = "here", ["licence"] = "CC0-1.0", ["task"] = "chat", ["metrics"] = new JsonArray("did-not-stop"),
            ["generation"] = new JsonObject { ["temperature"] = 0, ["max_tokens"] = 8 }, ["samples"] = "samples.jsonl", ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))),
        };
        if (axes is not null) set["axes"] = axes;
        File.WriteAllText(Path.Combine(folder, EvalSet.FileName), set.ToJsonString());
        return EvalSet.Open(folder);
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>What decides the answers of a run: the first line of its log.</summary>
/// <param name="Model">What the caller calls the model; whoever knows its weights puts their hash in.</param>
/// <param name="Set">The set's id.</param>
/// <param name="Version">The set's version.</param>
/// <param name="Sha256">Of the samples.</param>
/// <param name="Prompts">SHA-256 of every prompt of every setting with its generation settings: system prompts, examples and lengths are in it.</param>
public sealed record RunHead(
    [property: JsonPropertyName("model")] string Model, [property: JsonPropertyName("set")] string Set, [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("sha256")] string Sha256, [property: JsonPropertyName("prompts")] string Prompts)
{
    internal static RunHead Of(string model, EvalSet set)
    {
        var text = new StringBuilder();
        foreach ((string name, JsonElement value) in set.Generation) text.Append(name).Append('=').Append(value.GetRawText()).Append('\n');
        foreach (SuiteSetting setting in set.Settings)
        {
            text.Append(setting).Append('\n');
            foreach (EvalSample sample in set.Samples)
                foreach (EvalMessage message in set.Prompt(sample, setting)) text.Append(message).Append('\n');
        }
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return new RunHead(model, set.Id, set.Version, set.Sha256, Convert.ToHexStringLower(hash));
    }
}

using System.Text.Json;
using Juxta.Eval.Suites;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Runs;

/// <summary>The generation settings of a set as a chat client reads them.</summary>
internal static class GenerationSettings
{
    static readonly string[] Known = ["temperature", "top_p", "top_k", "max_tokens", "seed", "stop"];

    /// <summary>The seed; 0 without one, for a run that is done again must give the same.</summary>
    /// <exception cref="SuiteException">A setting is not known, or the seed is no whole number.</exception>
    public static long Seed(EvalSet set) => Options(set, set.Settings[0], 0).Seed!.Value;

    /// <exception cref="SuiteException">A setting is not known or no value of its kind.</exception>
    public static ChatOptions Options(EvalSet set, SuiteSetting setting, long seed)
    {
        IReadOnlyDictionary<string, JsonElement> given = set.Generation;
        foreach (string name in given.Keys)
            if (!Known.Contains(name)) throw new SuiteException($"{set.Id}: the generation setting '{name}' is not known to a run; there are {string.Join(", ", Known)}");
        try
        {
            return new ChatOptions
            {
                Temperature = Find("temperature")?.GetSingle(),
                TopP = Find("top_p")?.GetSingle(),
                TopK = Find("top_k")?.GetInt32(),
                MaxOutputTokens = setting.MaxTargetLength ?? Find("max_tokens")?.GetInt32(),
                Seed = Find("seed")?.GetInt64() ?? seed,
                StopSequences = Find("stop") is { } stops ? [.. stops.EnumerateArray().Select(stop => stop.GetString()!)] : null,
            };
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw new SuiteException($"{set.Id}: a generation setting has no value of its kind ({error.Message})", error);
        }

        JsonElement? Find(string name) => given.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}

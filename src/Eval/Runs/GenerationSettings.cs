using System.Text.Json;
using Juxta.Eval.Suites;
using Microsoft.Extensions.AI;

namespace Juxta.Eval.Runs;

/// <summary>The generation settings of a set (<see cref="GenerationFields"/>) as a chat client reads them.</summary>
internal static class GenerationSettings
{
    /// <summary>The seed; 0 without one, for a run that is done again must give the same.</summary>
    public static long Seed(EvalSet set) => Find(set, "seed")?.GetInt64() ?? 0;

    public static ChatOptions Options(EvalSet set, SuiteSetting setting, long seed) => new()
    {
        Temperature = Find(set, "temperature")?.GetSingle(),
        TopP = Find(set, "top_p")?.GetSingle(),
        TopK = Find(set, "top_k")?.GetInt32(),
        MaxOutputTokens = setting.MaxTargetLength ?? Find(set, "max_tokens")?.GetInt32(),
        Seed = Find(set, "seed")?.GetInt64() ?? seed,
        StopSequences = Find(set, "stop") is { } stops ? [.. stops.EnumerateArray().Select(stop => stop.GetString()!)] : null,
    };

    static JsonElement? Find(EvalSet set, string name) => set.Generation.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

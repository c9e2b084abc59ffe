using System.Reflection;
using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.Workbench.Generation;

/// <summary>What came of running a stored generation again.</summary>
/// <param name="DiffersAt">Position of the first id that is not the same; null = all are, as far as the stored answer goes.</param>
/// <param name="Changes">What is not as it was then (weights, adapters, engine version); a difference is no surprise where this is not empty.</param>
/// <param name="Ids">What was drawn this time.</param>
public sealed record ReplayResult(int? DiffersAt, IReadOnlyList<string> Changes, IReadOnlyList<int> Ids)
{
    public bool Same => DiffersAt is null;

    /// <summary>"same", or "differs at token n".</summary>
    public override string ToString() => DiffersAt is int position ? $"differs at token {position}" : "same";
}

/// <summary>Runs a stored generation again and compares.</summary>
internal static class Replay
{
    public static async Task<ReplayResult> RunAsync(GenerationRecord stored, GenerationValue now, TokenStream tokens, CancellationToken cancel)
    {
        List<int> ids = [];
        int enough = CutOff(stored) ? stored.Ids.Count : int.MaxValue;
        try
        {
            await foreach ((GeneratedToken token, _) in tokens.Steps.WithCancellation(cancel))
            {
                if (ids.Count >= enough) break;
                if (token.Id is int id) ids.Add(id);
                if (token.Outcome is { Kind: OutcomeKind.Error } error) throw new WorkbenchException($"the replay failed: {error.Detail}");
            }
        }
        finally
        {
            tokens.Cancel();
        }
        return new ReplayResult(FirstDifference(stored, ids), [.. Changes(stored.Value, now)], ids);
    }

    static int? FirstDifference(GenerationRecord stored, List<int> again)
    {
        IReadOnlyList<int> then = stored.Ids;
        int common = then.Zip(again).TakeWhile(pair => pair.First == pair.Second).Count();
        if (common < then.Count) return common;
        return CutOff(stored) || again.Count == then.Count ? null : common;
    }

    static IEnumerable<string> Changes(GenerationValue then, GenerationValue now)
    {
        string[] before = then.WeightsHash.Split(':', 2), after = now.WeightsHash.Split(':', 2);
        if (before[0] != after[0]) yield return $"the weights of {then.Spec.Model} are others than then";
        else if (then.WeightsHash != now.WeightsHash) yield return $"{then.Spec.Model} is computed otherwise: {Rounding(before)} then, {Rounding(after)} now";
        for (int i = 0; i < then.AdapterHashes.Count; i++)
            if (then.AdapterHashes[i] != now.AdapterHashes[i]) yield return $"the adapter {then.Spec.Request.Adapters[i].Name} is another than then";
        if (then.EngineVersion != now.EngineVersion) yield return $"the engine was {then.EngineVersion} then and is {now.EngineVersion} now";
    }

    /// <summary>What stands behind a hash: q8_0, cache-bf16 …</summary>
    static string Rounding(string[] hash) => hash is [_, var rounding] ? rounding.Replace(':', ' ') : "nothing rounded";

    static bool CutOff(GenerationRecord stored) => stored.Outcome is null or { Kind: OutcomeKind.Cancelled or OutcomeKind.Error };
}

/// <summary>Which engine this is.</summary>
internal static class EngineVersion
{
    public static string Current { get; } =
        typeof(InferenceEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}

using System.Globalization;
using System.Text.Json;
using Juxta.Eval.Runs;

namespace Juxta.Eval.Comparison;

/// <summary>A line of the setting table: a fact of each run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">One for each run; null = it has none.</param>
/// <param name="IsControl">Should be the same in all runs: where it is not, a difference in scores may come from it.</param>
public sealed record RunFact(string Name, IReadOnlyList<string?> Values, bool IsControl)
{
    public bool Differs => Values.Any(value => value != Values[0]);
}

/// <summary>What decided the answers of some runs, side by side: the control variables of an experiment.</summary>
public static class RunFacts
{
    const int ShownHash = 12;

    static readonly (string Name, bool IsControl, Func<RunManifest, string?> Value)[] All =
    [
        ("model", false, m => m.Model.Name),
        ("weights", false, m => Hash(m.Model.Weights)),
        ("adapters", false, m => m.Model.Adapters.Count == 0 ? null : string.Join(" + ", m.Model.Adapters.Select(a => Say($"{a.Name} × {a.Scale} ({Hash(a.Hash)})")))),
        ("endpoint", false, m => m.Model.Endpoint is null ? null : $"{m.Model.Endpoint} {m.Model.EndpointModel}".TrimEnd()),
        ("tokenizer", true, m => Hash(m.Model.Tokenizer)),
        ("chat template", true, m => Hash(m.Model.Template)),
        ("stop set", true, m => Hash(m.Model.StopSet)),
        ("advised sampling", true, m => Hash(m.Model.Advice)),
        ("set", true, m => Say($"{m.Set.Id} version {m.Set.Version}")),
        ("samples", true, m => Hash(m.Set.Sha256)),
        ("prompts", true, m => Hash(m.Prompts)),
        ("settings", true, m => string.Join("; ", m.Settings.Select(SettingNames.Of))),
        ("seed", true, m => Say($"{m.Seed}")),
        ("program", true, m => m.Code),
    ];

    /// <summary>Facts that some run has, those of generation by their own names.</summary>
    public static IReadOnlyList<RunFact> Of(IReadOnlyList<RunManifest> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var facts = All.Select(fact => new RunFact(fact.Name, [.. runs.Select(fact.Value)], fact.IsControl)).ToList();
        string[] generation = [.. runs.SelectMany(run => run.Generation.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        facts.InsertRange(facts.Count - 2, generation.Where(name => name != "seed").Select(name =>
            new RunFact(name, [.. runs.Select(run => run.Generation.TryGetValue(name, out JsonElement value) ? value.GetRawText() : null)], true)));
        return [.. facts.Where(fact => fact.Values.Any(value => value is not null))];
    }

    /// <summary>Its beginning, with what stands behind it: how weights were kept, or what computed them.</summary>
    static string? Hash(string? hash)
    {
        if (hash is not { Length: > ShownHash }) return hash;
        int said = hash.IndexOf(':', StringComparison.Ordinal);
        return hash[..ShownHash] + (said < 0 ? "" : hash[said..]);
    }

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

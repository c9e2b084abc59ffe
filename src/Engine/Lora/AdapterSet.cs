using System.Collections.Immutable;

namespace Juxta.Engine.Lora;

/// <summary>The adapters that act on one sequence, each with its scale, in order. Immutable; rows with equal sets are computed together.</summary>
internal sealed class AdapterSet(IReadOnlyList<(LoraAdapter Adapter, float Scale)> entries)
{
    public static AdapterSet None { get; } = new([]);

    public ImmutableArray<(LoraAdapter Adapter, float Scale)> Entries { get; } = [.. entries.Where(entry => entry.Scale != 0)];

    public bool IsEmpty => Entries.Length == 0;

    /// <summary>The virtual tokens that one of the adapters puts before the text, whatever its scale; null = none.</summary>
    public KeyValuePrefix? Prefix
    {
        get
        {
            foreach ((LoraAdapter adapter, _) in Entries)
                if (adapter.Prefix is { } prefix) return prefix;
            return null;
        }
    }

    /// <summary>
    /// Two adapters of the set that replace the same module, and its receipt's path; null = none. Low-rank changes add up, but of two replacements only one
    /// could act.
    /// </summary>
    public (LoraAdapter First, LoraAdapter Second, string Module)? Conflict()
    {
        for (int second = 1; second < Entries.Length; second++)
        {
            for (int first = 0; first < second; first++)
            {
                if (Entries[first].Adapter.ReplacedModules.Intersect(Entries[second].Adapter.ReplacedModules).FirstOrDefault() is { } module)
                    return (Entries[first].Adapter, Entries[second].Adapter, module);
            }
        }
        return null;
    }
}

namespace Juxta.Engine.Lora;

/// <summary>The adapters that act on one sequence, each with its scale, in order. Immutable; rows with equal sets are computed together.</summary>
internal sealed class AdapterSet(IReadOnlyList<(LoraAdapter Adapter, float Scale)> entries)
{
    public static AdapterSet None { get; } = new([]);

    public IReadOnlyList<(LoraAdapter Adapter, float Scale)> Entries { get; } = [.. entries.Where(entry => entry.Scale != 0)];

    public bool IsEmpty => Entries.Count == 0;
}

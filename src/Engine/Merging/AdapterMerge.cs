using Juxta.Engine.Lora;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Merging;

/// <summary>
/// An adapter's changes written into the weights of its base: a new checkpoint in Hugging Face layout that answers as base and adapter did. The base stays in
/// its mapped files and is read row by row, so no more than a few megabytes of it are in memory at a time.
/// </summary>
public static class AdapterMerge
{
    /// <summary>Writes the merged checkpoint. It appears under its name in one step, when all of it is on disk.</summary>
    /// <param name="request">What to merge, and where to.</param>
    /// <param name="progress">Share of the bytes written, 0 … 1.</param>
    /// <exception cref="ModelFormatException">Base or adapter cannot be used, or the family cannot express the merged weights.</exception>
    /// <exception cref="IOException">The folder exists already, or the disk is full.</exception>
    public static MergeReport Run(MergeRequest request, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!float.IsFinite(request.Scale) || request.Scale == 0) throw new RequestException($"a scale of {request.Scale} merges nothing; expected a finite number other than 0", "scale");
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Out));
        if (Path.Exists(target)) throw new IOException($"{target} exists already, and nothing is ever overwritten; name a new folder");
        using var source = MergeSource.Open(request.Model, request.Adapter);
        MergePlan plan = MergePlan.Make(source, request);
        CompanionFiles companions = CompanionFiles.Of(source.Checkpoint.Folder, source.Adapter.Folder);

        string parent = Directory.CreateDirectory(Path.GetDirectoryName(target)!).FullName;
        ThrowIfFull(parent, plan.Bytes);
        string temporary = Path.Combine(parent, $".{Path.GetFileName(target)}.merging-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(temporary);
        try
        {
            var shards = new ShardWriter(temporary, request.ShardBytes, progress, cancel);
            shards.Write(plan.Tensors);
            plan.Config.Write(temporary);
            companions.CopyTo(temporary);
            MergeCheck.Compare(temporary, plan);
            cancel.ThrowIfCancellationRequested();
            Directory.Move(temporary, target);
            return new MergeReport(target, source.Adapter.Receipt)
            {
                Scale = request.Scale,
                TensorsMerged = plan.Tensors.Count(tensor => tensor.Merged),
                TensorsCopied = plan.Tensors.Count(tensor => !tensor.Merged),
                Bytes = plan.Bytes,
                WeightFiles = shards.Files,
                LargestRounding = shards.LargestRounding,
                LargestRoundingIn = shards.LargestRoundingIn,
                ConfigChanges = plan.Config.Changes,
                Copied = companions.Copied,
                LeftOut = companions.LeftOut,
            };
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    static void ThrowIfFull(string folder, long bytes)
    {
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes) throw new IOException($"{folder}: the merged weights take {bytes / 1e9:0.00} GB and the disk has {free / 1e9:0.00} GB left; nothing was written");
    }
}

/// <summary>What to merge.</summary>
/// <param name="Model">The base's folder.</param>
/// <param name="Adapter">The adapter's folder.</param>
/// <param name="Out">The folder to make; it must not exist.</param>
public sealed record MergeRequest(string Model, string Adapter, string Out)
{
    /// <summary>How much of the low-rank change is taken; replaced weights count whole at any scale.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>F32, F16 or BF16 for all weights; null keeps each tensor's own type.</summary>
    public DType? Type { get; init; }

    /// <summary>Most bytes of one file of weights.</summary>
    internal long ShardBytes { get; init; } = 5_000_000_000;
}

/// <summary>What a merge did.</summary>
/// <param name="Folder">The new checkpoint.</param>
/// <param name="Receipt">What the adapter changes.</param>
public sealed record MergeReport(string Folder, AdapterReceipt Receipt)
{
    public float Scale { get; init; }

    public int TensorsMerged { get; init; }

    public int TensorsCopied { get; init; }

    public long Bytes { get; init; }

    public IReadOnlyList<string> WeightFiles { get; init; } = [];

    /// <summary>Largest |stored − exact| over all weights, from rounding to the storage type, and where.</summary>
    public double LargestRounding { get; init; }

    public string? LargestRoundingIn { get; init; }

    /// <summary>Keys of config.json that are new or different, as <c>key = value</c>.</summary>
    public IReadOnlyList<string> ConfigChanges { get; init; } = [];

    /// <summary>Files copied as they are.</summary>
    public IReadOnlyList<CopiedFile> Copied { get; init; } = [];

    /// <summary>Files that were not copied, with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>A file of the merged folder that was copied as it is.</summary>
/// <param name="Name">Path in the folder.</param>
/// <param name="From">"model" or "adapter".</param>
public sealed record CopiedFile(string Name, string From);

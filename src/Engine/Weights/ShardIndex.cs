namespace Juxta.Engine.Weights;

/// <summary>A <c>*.index.json</c>: which shard holds which tensor. Shards are entries of the same folder, or below it.</summary>
internal sealed class ShardIndex
{
    ShardIndex(string file, IReadOnlyDictionary<string, string> weightMap)
    {
        File = file;
        WeightMap = weightMap;
        Shards = [.. weightMap.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The index file's path.</summary>
    public string File { get; }

    /// <summary>Tensor name → shard, relative to the folder.</summary>
    public IReadOnlyDictionary<string, string> WeightMap { get; }

    public IReadOnlyList<string> Shards { get; }

    /// <exception cref="ModelFormatException">The index is damaged, names a shard that is not there, or a path outside the folder.</exception>
    public static ShardIndex Read(string folder, string fileName)
    {
        CheckpointConfig json = CheckpointConfig.Read(Path.Combine(folder, fileName));
        string path = json.File;
        CheckpointConfig map = json.Section("weight_map") ?? throw new ModelFormatException($"{path}: no 'weight_map'; expected an object from tensor name to shard file", path);
        var weightMap = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in map.Keys)
            if (!weightMap.TryAdd(name, map.String(name))) throw new ModelFormatException($"{path}: weight_map names '{name}' twice", path);
        if (weightMap.Count == 0) throw new ModelFormatException($"{path}: 'weight_map' is empty", path);
        var index = new ShardIndex(path, weightMap);
        foreach (string shard in index.Shards) RefuseEscape(folder, shard, path);
        string[] missing = [.. index.Shards.Where(shard => !System.IO.File.Exists(Path.Combine(folder, shard)))];
        if (missing.Length > 0)
            throw new ModelFormatException($"{path}: missing {(missing.Length == 1 ? "shard" : "shards")} {NameList.Join(missing)} ({missing.Length} of {index.Shards.Count}); the download is incomplete", path) { Fault = ModelFault.MissingShard };
        return index;
    }

    /// <summary>
    /// The entry must lie in the folder; it may be a link to elsewhere, as in Hugging Face's cache, where snapshots link to ../../blobs.
    /// </summary>
    static void RefuseEscape(string folder, string shard, string path)
    {
        string root = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        bool inside = shard.Length > 0 && !shard.Contains('\0') && !shard.Contains('\\') && !Path.IsPathRooted(shard) && !shard.Split('/').Contains("..")
            && Path.GetFullPath(Path.Combine(root, shard)).StartsWith(root, StringComparison.Ordinal);
        if (!inside) throw new ModelFormatException($"{path}: shard path '{shard}' leaves the checkpoint's folder; refused", path);
    }
}

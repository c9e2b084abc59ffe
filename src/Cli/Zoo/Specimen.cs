using System.Text.Json.Nodes;

namespace Juxta.Cli.Zoo;

/// <summary>One broken folder, or a broken adapter over a sound one.</summary>
/// <param name="Name">Its folder's name: the code, with a further word where a code has several specimens.</param>
/// <param name="Code">What the doctor must say of it; null for a sound one.</param>
internal sealed record Specimen(string Name, string? Code)
{
    /// <summary>Spoils the checkpoint before it is written.</summary>
    public Action<TinyCheckpoint>? Model { get; init; }

    /// <summary>Spoils the written checkpoint's files.</summary>
    public Action<string>? Files { get; init; }

    /// <summary>Spoils the adapter; null for a specimen without one.</summary>
    public Action<TinyAdapter>? Adapter { get; init; }

    /// <summary>Spoils the written adapter's files.</summary>
    public Action<string>? AdapterFiles { get; init; }

    /// <summary>Writes <c>model</c> and, where there is one, <c>adapter</c> under the folder.</summary>
    public (string Model, string? Adapter) Write(string folder)
    {
        string model = Path.Combine(folder, Name, "model"), adapter = Path.Combine(folder, Name, "adapter");
        var checkpoint = new TinyCheckpoint();
        Model?.Invoke(checkpoint);
        checkpoint.Write(model);
        Files?.Invoke(model);
        if (Adapter is null) return (model, null);
        var lora = new TinyAdapter();
        Adapter(lora);
        lora.Write(adapter);
        AdapterFiles?.Invoke(adapter);
        return (model, adapter);
    }
}

/// <summary>All specimens on disk, for people to try the doctor on.</summary>
internal static class ZooFolder
{
    /// <exception cref="InputException">The folder is there and not empty.</exception>
    public static void Write(string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new InputException($"--zoo {folder}: the folder is not empty; name a new one");
        Directory.CreateDirectory(folder);
        var list = new JsonArray();
        foreach (Specimen specimen in Specimens.All)
        {
            (string model, string? adapter) = specimen.Write(folder);
            list.Add((JsonNode)new JsonObject { ["name"] = specimen.Name, ["code"] = specimen.Code, ["model"] = Relative(model), ["adapter"] = adapter is null ? null : Relative(adapter) });
        }
        TinyCheckpoint.Save(folder, "zoo.json", new JsonObject { ["specimens"] = list });

        string Relative(string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
    }
}

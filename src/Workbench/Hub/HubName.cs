using System.Text.Json;

namespace Juxta.Workbench.Hub;

/// <summary>What the rest of the world calls the model in a folder.</summary>
public static class HubName
{
    /// <summary>
    /// <c>owner/name</c> on the Hub, else the folder's name. A download of ours says which it is, and so does a folder of Hugging Face's own cache. What <c>_name_or_path</c> in config.json
    /// says is believed where it agrees with the folder's name: a checkpoint that was trained further has the name of what it was made from there.
    /// </summary>
    public static string Of(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), name = Path.GetFileName(path);
        return HubFolder.Origin(path)?.Model ?? InCache(path) ?? (InConfig(path) is { } said && (said.FolderName == name || said.Name == name) ? $"{said.Owner}/{said.Name}" : name);
    }

    /// <summary><c>models--owner--name/snapshots/commit</c>.</summary>
    static string? InCache(string path)
    {
        const string mark = "models--";
        string? snapshots = Path.GetDirectoryName(path), model = Path.GetFileName(Path.GetDirectoryName(snapshots));
        return Path.GetFileName(snapshots) == "snapshots" && model is not null && model.StartsWith(mark, StringComparison.Ordinal)
            && HubId.TryParse(model[mark.Length..].Replace("--", "/", StringComparison.Ordinal), out HubId? id) ? $"{id.Owner}/{id.Name}" : null;
    }

    static HubId? InConfig(string path)
    {
        const int mostBytes = 4 << 20;
        try
        {
            var file = new FileInfo(Path.Combine(path, "config.json"));
            if (!file.Exists || file.Length > mostBytes) return null;
            using var config = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            return config.RootElement is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty("_name_or_path", out JsonElement said) && said.ValueKind is JsonValueKind.String
                && HubId.TryParse(said.GetString()!, out HubId? id) ? id : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null; // whoever opens the model says what is wrong with its config
        }
    }
}

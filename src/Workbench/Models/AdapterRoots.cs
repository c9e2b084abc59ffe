using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Workbench.Hub;

namespace Juxta.Workbench.Models;

/// <summary>The folders that adapters of one model may come from. Nothing that a request names leads out of them.</summary>
/// <param name="modelFolder">The model's own, with its <c>adapters/</c>.</param>
/// <param name="configured">Folders of adapters, or adapters.</param>
/// <param name="modelRoots">Folders of models: what lies there is an adapter too when it is no model.</param>
internal sealed class AdapterRoots(string modelFolder, IReadOnlyList<string> configured, IReadOnlyList<string> modelRoots)
{
    readonly string[] _roots = [Path.Combine(Path.GetFullPath(modelFolder), "adapters"), .. configured.Select(Path.GetFullPath)];

    /// <summary>Every adapter folder, with its own unique name.</summary>
    public IReadOnlyList<(string Name, string Folder)> Find()
    {
        var names = new UniqueNames();
        IEnumerable<string> besideModels = modelRoots.SelectMany(AdaptersIn).Where(folder => !File.Exists(Path.Combine(folder, "config.json")));
        return [.. _roots.SelectMany(AdaptersIn).Concat(besideModels).Distinct().Select(folder => (names.For(folder), folder))];
    }

    /// <summary>The folder that a path of a request means: absolute, or relative to one of the roots.</summary>
    /// <exception cref="RequestException">It lies elsewhere or does not exist.</exception>
    public string Locate(string path)
    {
        if (path.Length == 0 || path.Contains('\0')) throw new RequestException("an adapter's path is empty or not a path", "adapter");
        string[] candidates = [.. _roots.Select(root => Path.GetFullPath(Path.Combine(root, path)))];
        string[] inside = [.. candidates.Where(Inside).Distinct()];
        if (inside.Length == 0)
            throw new RequestException($"the path '{path}' leads out of the folders that adapters may come from; put the adapter into the model's adapters folder or start with --adapters-dir", "adapter");
        return inside.FirstOrDefault(Directory.Exists)
            ?? throw new RequestException($"no adapter folder '{path}' in the folders that adapters may come from", "adapter");
    }

    bool Inside(string path) => _roots.Any(root =>
        path == root ? LoraAdapter.IsAdapter(root) : path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    static IEnumerable<string> AdaptersIn(string root)
    {
        if (!Directory.Exists(root)) return [];
        if (IsAdapter(root)) return [root];
        try
        {
            return Directory.GetDirectories(root).Where(IsAdapter).Order(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static bool IsAdapter(string folder) => !HubFolder.IsIncomplete(folder) && LoraAdapter.IsAdapter(folder);
}

using Juxta.Workbench.Hub;

namespace Juxta.Workbench.Models;

/// <summary>Where models may lie: folders (or models of the Hub) that were named one by one, and folders of model folders.</summary>
/// <param name="options">What was configured.</param>
/// <param name="own">A folder of models that is looked at too, when it is there; null = none.</param>
internal sealed class ModelFolders(WorkbenchOptions options, string? own)
{
    /// <summary>Folders of model folders, the configured ones first. Downloads go into the first.</summary>
    public IReadOnlyList<string> Roots { get; } = [.. options.ModelFolders.Append(own).OfType<string>().Select(Full).Distinct()];

    /// <summary>Folders of the models that were named one by one, as far as they are there.</summary>
    public IEnumerable<string> Named => options.Models.Select(Locate).OfType<string>().Distinct();

    /// <summary>Models of the Hub that were named and lie in none of the folders.</summary>
    public IReadOnlyList<HubId> Wanted => [.. options.Models.Where(name => Locate(name) is null).Select(OfHub).OfType<HubId>().Distinct()];

    /// <summary>Every model folder there is now, in the order of the configuration.</summary>
    public IEnumerable<string> Find() => Named.Concat(Roots.SelectMany(ModelsIn)).Distinct();

    /// <exception cref="WorkbenchException">A configured folder is not there, or holds an unfinished download.</exception>
    public static void Require(WorkbenchOptions options)
    {
        foreach (string folder in options.AdapterFolders.Concat(options.ModelFolders).Concat(options.Models.Where(name => OfHub(name) is null)))
        {
            if (!Directory.Exists(folder)) throw new WorkbenchException($"the folder {Full(folder)} does not exist");
            if (HubFolder.IsIncomplete(folder)) throw new WorkbenchException($"the folder {Full(folder)} holds an unfinished download: run the same 'juxta pull' again to finish it");
        }
    }

    /// <summary>The model of the Hub that a name means where a folder or a model of the Hub is asked for; null when it means a folder, there or not.</summary>
    public static HubId? OfHub(string name) =>
        !Directory.Exists(name) && HubId.TryParse(name, out HubId? id) && !Directory.Exists(id.Owner) ? id : null;

    /// <summary>The folder in one of <paramref name="roots"/> that a finished download of a model made; null when there is none.</summary>
    public static string? Downloaded(HubId id, IEnumerable<string> roots) => roots.Select(root => Path.Combine(root, id.FolderName)).FirstOrDefault(folder =>
        Gone(folder) is null && (id.Revision == "main" || HubFolder.Origin(folder) is { } origin && (origin.Revision == id.Revision || origin.Commit == id.Revision)));

    /// <summary>Why a folder that was offered cannot be opened any more; null when it can.</summary>
    public static string? Gone(string folder) =>
        !Directory.Exists(folder) ? $"its folder {folder} is gone"
        : HubFolder.IsIncomplete(folder) ? $"its folder {folder} holds an unfinished download: finish it first"
        : !File.Exists(Path.Combine(folder, "config.json")) ? $"its folder {folder} has no config.json"
        : null;

    string? Locate(string name) => OfHub(name) is { } id ? Downloaded(id, Roots) : Directory.Exists(name) ? Full(name) : null;

    static IEnumerable<string> ModelsIn(string root)
    {
        try
        {
            return !Directory.Exists(root) ? []
                : [.. Directory.GetDirectories(root).Where(model => File.Exists(Path.Combine(model, "config.json")) && !HubFolder.IsIncomplete(model)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static string Full(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}

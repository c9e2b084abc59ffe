using Juxta.Workbench.Models;

namespace Juxta.Workbench.Hub;

/// <summary>Models that <c>juxta pull</c> and the Models page have brought into the default data folder.</summary>
public static class PulledModels
{
    /// <summary>Where they lie.</summary>
    public static string Folder => Path.Combine(WorkbenchOptions.DefaultDataFolder, "models");

    /// <summary>The folder of a model that is named as a person names one: a folder, or <c>owner/name</c> of a model that was pulled.</summary>
    /// <exception cref="HubException">It names a model of the Hub that is not here.</exception>
    public static string Locate(string folderOrId) => ModelFolders.OfHub(folderOrId) is not { } id ? folderOrId
        : ModelFolders.Downloaded(id, [Folder])
            ?? throw new HubException($"there is no folder '{folderOrId}' here, and the model of that name is not in {Folder}: bring it with 'juxta pull {id}'");
}

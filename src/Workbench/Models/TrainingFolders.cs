using Juxta.Training.Output;

namespace Juxta.Workbench.Models;

/// <summary>Folders in which a training is under way, or was broken off: they have its log and not yet a model or an adapter.</summary>
internal static class TrainingFolders
{
    /// <summary>Those directly in <paramref name="root"/>, by name; none where it cannot be read.</summary>
    public static IEnumerable<string> In(string root)
    {
        try
        {
            return !Directory.Exists(root) ? [] : [.. Directory.GetDirectories(root).Where(IsOne).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static bool IsOne(string folder) =>
        File.Exists(Path.Combine(folder, TrainerState.FileName)) && !File.Exists(Path.Combine(folder, "adapter_config.json")) && !File.Exists(Path.Combine(folder, "config.json"));
}

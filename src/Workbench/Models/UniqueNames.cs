namespace Juxta.Workbench.Models;

/// <summary>Names for folders: each its own folder name, and from the second of one name on with -2, -3 …</summary>
internal sealed class UniqueNames
{
    readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>No folder gets this name from now on.</summary>
    public void Take(string name) => _taken.Add(name);

    public string For(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (name.Length == 0) name = "model";
        string unique = name;
        for (int i = 2; !_taken.Add(unique); i++) unique = $"{name}-{i}";
        return unique;
    }
}

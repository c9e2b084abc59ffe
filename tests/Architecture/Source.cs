using System.Text.RegularExpressions;
using Juxta.Tests;

namespace Juxta.ArchitectureTests;

/// <summary>The checkout's own source files.</summary>
internal static partial class Source
{
    /// <summary>Hand-written files under a folder of the repository, with their text; paths are relative to the repository and use '/'.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder, string pattern = "*.cs")
    {
        string root = Path.Combine(Fixtures.Repository, folder);
        foreach (string path in Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(Fixtures.Repository, path).Replace('\\', '/');
            if (Generated().IsMatch(relative)) continue;
            yield return (relative, File.ReadAllText(path));
        }
    }

    [GeneratedRegex("(^|/)(bin|obj|Migrations|node_modules|artifacts)/")]
    private static partial Regex Generated();
}

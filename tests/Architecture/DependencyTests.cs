using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Juxta.ArchitectureTests;

/// <summary>Dependencies run one way: between projects, and between the Engine's folders (docs/architecture.md).</summary>
public sealed partial class DependencyTests
{
    static readonly Dictionary<string, string[]> ProjectMayUse = new()
    {
        ["Ahead"] = [], // holds no code: compiles libraries
        ["Engine"] = [],
        ["Engine.TorchSharp"] = ["Engine"],
        ["Training"] = ["Engine"],
        ["Eval"] = [],
        ["Workbench"] = ["Engine", "Training", "Eval", "Ahead"],
        ["Web"] = ["Workbench"],
        ["Server"] = ["Workbench", "Web"],
        ["Cli"] = ["Server"],
    };

    /// <summary>Engine folders from the bottom up. A folder may use those before it and itself.</summary>
    static readonly Dictionary<string, string[]> FolderMayUse = new()
    {
        ["Memory"] = [],
        ["Generation"] = [],
        ["Weights"] = ["Memory", "Generation"],
        ["Kernels"] = ["Memory"],
        ["Tokenization"] = ["Chat"],
        ["Chat"] = ["Tokenization", "Generation"],
        ["Lora"] = ["Memory", "Weights", "Kernels", "Models"],
        ["Layers"] = ["Memory", "Kernels", "Lora", "Weights", "Models"],
        ["Models"] = ["Memory", "Kernels", "Layers", "Lora", "Weights"],
        ["Sampling"] = ["Kernels", "Generation", "Tokenization"],
        ["Scheduling"] = ["Memory", "Kernels", "Models", "Lora", "Sampling", "Generation", "Tokenization"],
        ["Merging"] = ["Memory", "Weights", "Kernels", "Tokenization", "Lora", "Models"],
        ["Backends"] = ["Weights", "Models"],
        ["Diagnosis"] = ["Memory", "Generation", "Weights", "Kernels", "Tokenization", "Chat", "Lora", "Models"],
    };

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        foreach ((string project, string[] allowed) in ProjectMayUse)
        {
            string path = Path.Combine(Juxta.Tests.Fixtures.Repository, "src", project, $"{project}.csproj");
            string[] references = [.. XDocument.Load(path).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))];
            string[] wrong = [.. references.Except(allowed)];
            Assert.True(wrong.Length == 0, $"src/{project}/{project}.csproj references {string.Join(", ", wrong)}; it may reference [{string.Join(", ", allowed)}]");
        }
    }

    [Fact]
    public void Every_project_under_src_has_its_place_in_the_order()
    {
        string[] found = [.. Directory.EnumerateDirectories(Path.Combine(Juxta.Tests.Fixtures.Repository, "src")).Select(p => Path.GetFileName(p)!).Order()];
        Assert.Equal([.. ProjectMayUse.Keys.Order()], found);
    }

    [Fact]
    public void Engine_folders_use_only_what_lies_below_them()
    {
        var wrong = new List<string>();
        foreach ((string path, string text) in Source.Files("src/Engine"))
        {
            string[] parts = path.Split('/');
            if (parts.Length < 4) continue; // the root: the engine itself, above all folders
            string folder = parts[2];
            if (!FolderMayUse.TryGetValue(folder, out string[]? allowed))
            {
                wrong.Add($"{path}: folder '{folder}' has no place in the order; add it to docs/architecture.md and to this test");
                continue;
            }
            foreach (Match match in EngineName().Matches(text))
            {
                string used = match.Groups[1].Value;
                if (used != folder && FolderMayUse.ContainsKey(used) && !allowed.Contains(used) && !Exceptions.Contains((path, used)))
                    wrong.Add($"{path} uses {used}; {folder} may use [{string.Join(", ", allowed)}]");
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Distinct()));
    }

    /// <summary>Bridges, each with its reason.</summary>
    static readonly HashSet<(string Path, string Uses)> Exceptions = [];

    [GeneratedRegex(@"Juxta\.Engine\.(\w+)")]
    private static partial Regex EngineName();
}

using System.Text.RegularExpressions;
using Juxta.Tests;

namespace Juxta.ArchitectureTests;

/// <summary>Habits of the house that a machine can check.</summary>
public sealed partial class HouseTests
{
    [Fact]
    public void A_file_holds_one_idea_and_stays_readable()
    {
        const int most = 300;
        string[] long_ = [.. Source.Files("src").Concat(Source.Files("src", "*.razor")).Select(f => (f.Path, Lines: f.Text.Count(c => c == '\n')))
            .Where(f => f.Lines > most).Select(f => $"{f.Path}: {f.Lines} lines")];
        Assert.True(long_.Length == 0, $"files of more than {most} lines want a sibling:\n{string.Join("\n", long_)}");
    }

    [Fact]
    public void Folders_are_nouns_of_the_domain()
    {
        string[] banned = ["Helpers", "Utils", "Utilities", "Managers", "Services", "Common", "Misc"];
        string[] wrong = [.. Source.Files("src").Where(f => f.Path.Split('/').Intersect(banned, StringComparer.OrdinalIgnoreCase).Any()).Select(f => f.Path)];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Libraries_take_time_from_TimeProvider_and_leave_the_console_alone()
    {
        var wrong = new List<string>();
        foreach (string project in (string[])["Engine", "Training", "Eval", "Workbench", "Web"])
        {
            foreach ((string path, string text) in Source.Files($"src/{project}"))
            {
                foreach (Match match in WallClock().Matches(text)) wrong.Add($"{path}: {match.Value}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Every_model_family_file_is_in_the_table()
    {
        string table = File.ReadAllText(Path.Combine(Fixtures.Repository, "src/Engine/Models/ModelFamilies.cs"));
        string[] missing = [.. Source.Files("src/Engine/Models").Where(f => f.Text.Contains("static ModelFamily Family", StringComparison.Ordinal))
            .Select(f => $"{Path.GetFileNameWithoutExtension(f.Path)}.Family,").Where(line => !table.Contains(line, StringComparison.Ordinal))];
        Assert.True(missing.Length == 0, $"ModelFamilies.All lacks:\n{string.Join("\n", missing)}");
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = new List<string>();
        foreach ((string path, string text) in Source.Files("docs", "*.md").Concat([("README.md", File.ReadAllText(Path.Combine(Fixtures.Repository, "README.md")))]))
        {
            foreach (Match link in RelativeLink().Matches(text))
            {
                string target = Path.Combine(Fixtures.Repository, Path.GetDirectoryName(path)!, link.Groups[1].Value);
                if (!Path.Exists(target)) broken.Add($"{path}: {link.Groups[1].Value}");
            }
        }
        Assert.True(broken.Count == 0, string.Join("\n", broken));
    }

    [GeneratedRegex(@"\b(DateTime(Offset)?\.(Now|UtcNow)|Random\.Shared|Console\.(Write|Out|Error|In)\w*)")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex RelativeLink();
}

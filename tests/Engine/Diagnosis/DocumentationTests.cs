using System.Text.RegularExpressions;
using Juxta.Engine.Diagnosis;
using Juxta.Tests;

namespace Juxta.EngineTests.Diagnosis;

/// <summary>docs/doctor.md explains every code, and no other.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_code_has_its_section()
    {
        string text = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "doctor.md"));
        string[] documented = [.. Heading().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.Equal(CheckTable.All.Select(check => check.Code).Order(), documented.Order());
        Assert.Equal(CheckTable.All.Length, CheckTable.All.DistinctBy(check => check.Code).Count());
    }

    [GeneratedRegex("^### `([a-z-]+)`$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

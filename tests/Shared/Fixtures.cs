using System.Runtime.CompilerServices;

namespace Juxta.Tests;

/// <summary>Where the expected values of independent programs lie: <c>../shared/fixtures</c> beside the checkout, or $JUXTA_FIXTURES.</summary>
public static class Fixtures
{
    /// <summary>The checkout's root folder.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The fixtures' root, or null where this machine has none.</summary>
    public static string? Root { get; } =
        new[] { Environment.GetEnvironmentVariable("JUXTA_FIXTURES"), Path.Combine(Repository, "..", "shared", "fixtures") }
            .Where(path => !string.IsNullOrEmpty(path)).Select(path => Path.GetFullPath(path!)).FirstOrDefault(Directory.Exists);

    /// <summary>The path of a fixture, or of its copy in tests/golden; skips the test, saying where it looked, when there is neither.</summary>
    public static string Require(params string[] parts)
    {
        string golden = Path.Combine([Repository, "tests", "golden", .. parts]);
        if (!(Root is not null && Path.Exists(Path.Combine([Root, .. parts]))) && Path.Exists(golden)) return golden;
        Assert.SkipWhen(Root is null, $"fixtures absent: neither $JUXTA_FIXTURES nor {Path.GetFullPath(Path.Combine(Repository, "..", "shared", "fixtures"))} exists");
        string path = Path.Combine([Root!, .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"fixture absent: {path}");
        return path;
    }

    static string FindRepository([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}

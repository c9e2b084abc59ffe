namespace Juxta.EngineTests.Memory;

/// <summary>A folder in /dev/shm, whose files most systems keep in small pages. Deleted at the end of a test.</summary>
sealed class SharedMemoryFolder : IDisposable
{
    const string Root = "/dev/shm", Setting = "/sys/kernel/mm/transparent_hugepage/shmem_enabled";

    SharedMemoryFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Skips the test where there is no such folder, or its files do get huge pages.</summary>
    public static SharedMemoryFolder Require()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Directory.Exists(Root) && (!File.Exists(Setting) || File.ReadAllText(Setting) is var text && (text.Contains("[never]", StringComparison.Ordinal) || text.Contains("[deny]", StringComparison.Ordinal))),
            "no folder whose files are surely in small pages");
        return new SharedMemoryFolder(Directory.CreateDirectory(System.IO.Path.Combine(Root, "juxta-" + Guid.NewGuid().ToString("N"))).FullName);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

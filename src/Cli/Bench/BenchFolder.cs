namespace Juxta.Cli.Bench;

/// <summary>The checkpoint to measure: somebody's, or a temporary one of random weights that goes afterwards.</summary>
internal sealed class BenchFolder : IDisposable
{
    readonly bool _temporary;

    BenchFolder(string path, bool temporary) => (Path, _temporary) = (path, temporary);

    public string Path { get; }

    public static BenchFolder Given(string path) => new(path, temporary: false);

    /// <exception cref="InputException">There is no such shape.</exception>
    public static BenchFolder Random(string shape)
    {
        string path = Directory.CreateTempSubdirectory("juxta-bench-").FullName;
        var folder = new BenchFolder(path, temporary: true);
        try
        {
            RandomCheckpoint.Write(shape, path);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_temporary) Directory.Delete(Path, recursive: true);
    }
}

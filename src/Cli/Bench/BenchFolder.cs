namespace Juxta.Cli.Bench;

/// <summary>The checkpoint to measure: somebody's, or a temporary one of random weights that goes afterwards.</summary>
internal sealed class BenchFolder : IDisposable
{
    readonly TemporaryFolder? _temporary;

    BenchFolder(string path, TemporaryFolder? temporary) => (Path, _temporary) = (path, temporary);

    public string Path { get; }

    public static BenchFolder Given(string path) => new(path, null);

    /// <exception cref="InputException">There is no such shape.</exception>
    public static BenchFolder Random(string shape, CancellationToken cancel)
    {
        var folder = new TemporaryFolder("juxta-bench-");
        try
        {
            RandomCheckpoint.Write(shape, folder.Path, cancel);
            return new BenchFolder(folder.Path, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose() => _temporary?.Dispose();
}

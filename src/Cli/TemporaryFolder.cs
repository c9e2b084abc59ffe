namespace Juxta.Cli;

/// <summary>A folder that goes with what it is for, also where the command is ended in the middle of that.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string prefix)
    {
        Path = Directory.CreateTempSubdirectory(prefix).FullName;
        AppDomain.CurrentDomain.ProcessExit += Remove;
    }

    public string Path { get; }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Remove;
        Remove(null, EventArgs.Empty);
    }

    void Remove(object? sender, EventArgs e)
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}

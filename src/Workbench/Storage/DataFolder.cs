namespace Juxta.Workbench.Storage;

/// <summary>The folder that one process keeps its things in, held by a lock that goes with the process however it ends.</summary>
internal sealed class DataFolder : IDisposable
{
    readonly FileStream _lock;
    readonly bool _temporary;

    DataFolder(string path, FileStream held, bool temporary)
    {
        FullPath = path;
        _lock = held;
        _temporary = temporary;
    }

    public string FullPath { get; }

    public string Database => Path.Combine(FullPath, "juxta.db");

    /// <summary>Makes the folder where it is absent and takes it.</summary>
    /// <exception cref="WorkbenchException">It cannot be made or written, or another process has it.</exception>
    public static DataFolder Take(string path, bool temporary = false)
    {
        path = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkbenchException($"the data folder {path} cannot be made: {e.Message} Give another with --data DIR.", e);
        }
        string file = Path.Combine(path, "juxta.lock");
        try
        {
            return new DataFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), temporary);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new WorkbenchException($"the data folder {path} cannot be written: {e.Message} Give another with --data DIR.", e);
        }
        catch (IOException e)
        {
            throw new WorkbenchException($"the data folder {path} is in use by another juxta. Stop that one, or give this one its own folder with --data DIR.", e);
        }
    }

    /// <summary>A folder of its own that is deleted when let go.</summary>
    public static DataFolder TakeTemporary() => Take(Directory.CreateTempSubdirectory("juxta-").FullName, temporary: true);

    public void Dispose()
    {
        _lock.Dispose();
        if (_temporary) Directory.Delete(FullPath, recursive: true);
    }
}

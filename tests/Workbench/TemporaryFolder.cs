namespace Juxta.WorkbenchTests;

/// <summary>A folder that goes with the test.</summary>
sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public string File(params string[] parts) => Path.Combine([FullPath, .. parts]);

    /// <summary>Makes a folder inside with an empty file.</summary>
    public string Folder(string name, string file)
    {
        string folder = Directory.CreateDirectory(File(name)).FullName;
        System.IO.File.WriteAllText(Path.Combine(folder, file), "{}");
        return folder;
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}

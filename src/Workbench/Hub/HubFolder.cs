using System.Text.Json;

namespace Juxta.Workbench.Hub;

/// <summary>
/// A model's folder on disk. While a download is unfinished it holds a folder <c>.juxta-incomplete</c>: there lie the parts, and nobody offers the model.
/// Once complete it holds <c>.juxta-hub.json</c>: where the files came from, with their hashes. Only files that carry such a hash are ever replaced or removed.
/// </summary>
internal sealed class HubFolder : IDisposable
{
    const string ReceiptName = ".juxta-hub.json", IncompleteName = ".juxta-incomplete", KnownName = "known.json", AskedName = "asked.json";

    /// <summary>Which model an unfinished download is of.</summary>
    sealed record Asked(string Model);

    /// <summary>What <c>.juxta-hub.json</c> says.</summary>
    sealed record Receipt(string Model, string Revision, string Commit, IReadOnlyList<HubFile> Files);

    readonly string _path;
    readonly FileStream _lock;
    readonly bool _new;

    HubFolder(string path, FileStream @lock, bool @new) => (_path, _lock, _new) = (path, @lock, @new);

    /// <summary>The folder is one that a download has begun to fill and not finished.</summary>
    public static bool IsIncomplete(string folder) => Path.Exists(Path.Combine(folder, IncompleteName));

    /// <summary>Where a complete folder's files came from; null when no download brought them.</summary>
    public static HubOrigin? Origin(string folder) =>
        Read<Receipt>(Path.Combine(folder, ReceiptName)) is { Model: { } model, Revision: { } revision, Commit: { } commit } ? new HubOrigin(model, revision, commit) : null;

    /// <summary>The model whose download the folder holds unfinished; null when it holds none, or one of nobody knows what.</summary>
    public static HubId? Unfinished(string folder)
    {
        if (!IsIncomplete(folder)) return null;
        string name = Path.GetFileName(folder), asked = Read<Asked>(Path.Combine(folder, IncompleteName, AskedName))?.Model ?? name.Replace("--", "/", StringComparison.Ordinal);
        return HubId.TryParse(asked, out HubId? id) && id.FolderName == name ? id : null;
    }

    /// <summary>Bytes of an unfinished download that have arrived.</summary>
    public static long UnfinishedBytes(string folder)
    {
        try
        {
            return Known(folder).Select(file => new FileInfo(Path.Combine(folder, file.Name))).Where(file => file.Exists).Select(file => file.FullName).Distinct()
                    .Sum(path => new FileInfo(path).Length)
                + new DirectoryInfo(Path.Combine(folder, IncompleteName)).EnumerateFiles("*.part").Sum(part => part.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Marks the folder as incomplete and takes it for this process.</summary>
    /// <exception cref="HubException">Another process downloads into it, or it cannot be written.</exception>
    public static HubFolder Begin(string path)
    {
        string incomplete = Path.Combine(path, IncompleteName);
        bool isNew = !Directory.Exists(incomplete);
        try
        {
            if (IsLink(incomplete)) throw new HubException($"{incomplete} is a link; remove it and run the same again");
            Directory.CreateDirectory(incomplete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException($"cannot write to {path}: {e.Message}", e);
        }
        try
        {
            return new HubFolder(path, new FileStream(Path.Combine(incomplete, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), isNew);
        }
        catch (IOException e)
        {
            throw new HubException($"{path} is being downloaded by another process; wait for it", e);
        }
    }

    /// <summary>A file of this download has come to its place.</summary>
    public bool Changed { get; set; }

    /// <summary>
    /// Gives the folder free. Where the download began here and nothing has arrived (a gated model, no network), no trace of it stays: a complete model
    /// that was to be renewed is as it was.
    /// </summary>
    public void Dispose()
    {
        try
        {
            var incomplete = new DirectoryInfo(Path.Combine(_path, IncompleteName));
            if (_new && !Changed && incomplete.Exists && incomplete.EnumerateFiles("*.part").All(part => part.Length == 0)) incomplete.Delete(recursive: true);
            if (_new && !Changed && !Directory.EnumerateFileSystemEntries(_path).Any()) Directory.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The mark stays; the next download goes on from it.
        }
        _lock.Dispose();
    }

    /// <summary>Every (file, hash) that a download of ours brought or was to bring.</summary>
    public static IReadOnlyCollection<HubFile> Known(string path) =>
        [.. new[] { Read<Receipt>(Path.Combine(path, ReceiptName))?.Files, Read<HubFile[]>(Path.Combine(path, IncompleteName, KnownName)) }
            .SelectMany(files => files ?? []).Where(file => file is { Name: not null, Hash: not null })]; // people edit files

    /// <summary>Remembers what is about to be brought, so that a later download of another revision may replace it.</summary>
    public void Remember(HubModel model)
    {
        Write(Path.Combine(_path, IncompleteName, KnownName), Known(_path).Concat(model.Files).Distinct().ToArray());
        Write(Path.Combine(_path, IncompleteName, AskedName), new Asked(model.Id.ToString()));
    }

    /// <summary>Opens what there is of a file.</summary>
    public PartFile Part(HubFile file) => new(Path.Combine(_path, IncompleteName, $"{file.Name}.part"), Path.Combine(_path, file.Name), file);

    /// <summary>Bytes of parts that lie there, at most as many as the files have.</summary>
    public static long PartBytes(string path, HubFile file) =>
        new FileInfo(Path.Combine(path, IncompleteName, $"{file.Name}.part")) is { Exists: true } part ? Math.Min(part.Length, file.Bytes) : 0;

    /// <summary>All files are there: writes the receipt, removes files of a former revision that this one lacks, and the mark.</summary>
    public async Task CompleteAsync(HubModel model, CancellationToken cancel)
    {
        foreach (HubFile former in Known(_path).Where(known => model.Files.All(file => file.Name != known.Name)).ToArray())
        {
            string path = Path.Combine(_path, former.Name);
            if (HubListing.Problem(former.Name) is null && File.Exists(path) && await FileHash.OfAsync(path, former.Hash, cancel) == former.Hash) File.Delete(path);
        }
        Write(Path.Combine(_path, ReceiptName), new Receipt($"{model.Id.Owner}/{model.Id.Name}", model.Id.Revision, model.Commit, model.Files));
        Directory.Delete(Path.Combine(_path, IncompleteName), recursive: true);
    }

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // unknown: then nothing that is there gets replaced
        }
    }

    static void Write<T>(string path, T value)
    {
        string temporary = path + ".new";
        File.Delete(temporary);
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web));
        File.Move(temporary, path, overwrite: true);
    }
}

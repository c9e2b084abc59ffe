using System.Net;

namespace Juxta.Workbench.Hub;

/// <summary>The download of one model. What arrives is kept whatever happens; running it again goes on from there.</summary>
public sealed class HubDownload
{
    readonly HubConnection _connection;
    readonly HubOptions _options;
    readonly HubModel _model;

    internal HubDownload(HubConnection connection, HubOptions options, HubModel model, string folder)
    {
        (_connection, _options, _model, Folder) = (connection, options, model, folder);
        BytesHere = model.Files.Sum(file => new FileInfo(Path.Combine(folder, file.Name)) is { Exists: true } there && there.Length == file.Bytes
            ? file.Bytes
            : HubFolder.PartBytes(folder, file));
    }

    /// <summary>The model's own folder.</summary>
    public string Folder { get; }

    /// <summary>Bytes that lie in the folder already, by their sizes; their hashes are looked at when running.</summary>
    public long BytesHere { get; }

    /// <summary>Brings the files one after the other, each into its place once its hash is right, and completes the folder.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Stops; the parts stay.</param>
    /// <exception cref="HubException">
    /// There is no room, a file of somebody else's is in the way, a file is not what the Hub said it would be, or the Hub cannot be reached.
    /// </exception>
    public async Task RunAsync(IProgress<HubProgress>? progress = null, CancellationToken cancel = default)
    {
        var meter = new DownloadMeter(_model, progress, _options.Time);
        HashSet<string> here = await FilesHereAsync(cancel);
        if (here.Count == _model.Files.Count && !HubFolder.IsIncomplete(Folder) && HubFolder.Known(Folder).ToHashSet().SetEquals(_model.Files)) return;
        RequireRoom(here);
        using HubFolder folder = HubFolder.Begin(Folder);
        folder.Remember(_model);
        foreach ((int index, HubFile file) in _model.Files.Index())
        {
            meter.Begin(index + 1, 0);
            if (!here.Contains(file.Name)) await BringAsync(folder, file, index + 1, meter, cancel);
            meter.End();
        }
        await folder.CompleteAsync(_model, cancel);
    }

    /// <summary>The files that are in their places with the right content.</summary>
    async Task<HashSet<string>> FilesHereAsync(CancellationToken cancel)
    {
        var here = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyCollection<HubFile> known = HubFolder.Known(Folder);
        foreach (HubFile file in _model.Files)
        {
            string path = Path.Combine(Folder, file.Name);
            if (Directory.Exists(path)) throw InTheWay(path);
            if (!File.Exists(path)) continue;
            if (await FileHash.OfAsync(path, file.Hash, cancel) == file.Hash)
            {
                here.Add(file.Name);
                continue;
            }
            bool ours = false;
            foreach (HubFile former in known.Where(former => former.Name == file.Name)) ours |= await FileHash.OfAsync(path, former.Hash, cancel) == former.Hash;
            if (!ours) throw InTheWay(path);
        }
        return here;
    }

    HubException InTheWay(string path) =>
        new($"{path} is not the file that {_model.Id} has, and no download brought it: it stays. Move it away, or choose another folder with --to");

    void RequireRoom(HashSet<string> here)
    {
        long needed = _model.Files.Where(file => !here.Contains(file.Name)).Sum(file => file.Bytes - HubFolder.PartBytes(Folder, file)), free = _options.FreeBytes(NearestFolder(Folder));
        if (needed > free)
            throw new HubException($"{_model.Id} needs {ByteSize.Format(needed)} more and {Folder} has {ByteSize.Format(free)} left; make room, or choose another disk with --to");
    }

    static string NearestFolder(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent) path = parent;
        return path;
    }

    async Task BringAsync(HubFolder folder, HubFile file, int number, DownloadMeter meter, CancellationToken cancel)
    {
        // A part that an earlier process left may have suffered with it (power, disk): then the file is brought once more as a whole.
        for (bool again = false; ; again = true)
        {
            using PartFile part = folder.Part(file);
            await part.TakeUpAsync(cancel);
            meter.Begin(number, part.Length);
            await _connection.RetryAsync(() => part.Length, () => ReceiveAsync(part, file, number, meter, cancel), cancel);
            bool resumed = part.Resumed;
            if (part.Finish())
            {
                folder.Changed = true;
                return;
            }
            if (!resumed || again)
                throw new HubException($"{file.Name} of {_model.Id} arrived with another content than the Hub says it has (hash {HubId.Shown(file.Hash)}); it was removed. Run the same again; if it stays so, do not trust the source");
        }
    }

    /// <summary>One request for what is missing of a file.</summary>
    async Task<bool> ReceiveAsync(PartFile part, HubFile file, int number, DownloadMeter meter, CancellationToken cancel)
    {
        if (part.Length == file.Bytes) return true;
        using HttpResponseMessage response = await _connection.GetAsync(_model.Id, HubClient.Address(_model.Id, _model.Commit, file), part.Length, part.ETag, cancel);
        string? etag = response.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;
        bool goesOn = part.Length > 0 && response.StatusCode is HttpStatusCode.PartialContent && response.Content.Headers.ContentRange is { From: { } from } range
            && from == part.Length && (range.Length ?? file.Bytes) == file.Bytes && (part.ETag is null || etag is null || etag == part.ETag);
        if (!goesOn)
        {
            bool hadBytes = part.Length > 0;
            part.Restart(etag);
            meter.Begin(number, 0);
            if (hadBytes && response.StatusCode is not HttpStatusCode.OK) throw new PassingHubException($"the Hub does not go on with {file.Name} where it was left");
            if (response.StatusCode is not HttpStatusCode.OK) throw WrongSize(part, file, $"status {(int)response.StatusCode}");
            if (response.Content.Headers.ContentLength is { } length && length != file.Bytes) throw WrongSize(part, file, ByteCount(length));
        }
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[1 << 17];
        for (int read; (read = await _connection.ReadAsync(body, buffer, cancel)) > 0; meter.Arrived(read))
        {
            if (part.Length + read > file.Bytes) throw WrongSize(part, file, "more");
            part.Append(buffer.AsSpan(0, read));
        }
        return part.Length == file.Bytes ? true : throw new PassingHubException($"{file.Name} broke off after {ByteCount(part.Length)} of {ByteCount(file.Bytes)}");
    }

    HubException WrongSize(PartFile part, HubFile file, string found)
    {
        part.Discard();
        return new HubException($"{file.Name} of {_model.Id} should have {ByteCount(file.Bytes)} and arrives with {found}; it was removed. Run the same again; if it stays so, do not trust the source");
    }

    static string ByteCount(long bytes) => FormattableString.Invariant($"{bytes:#,0} bytes");
}

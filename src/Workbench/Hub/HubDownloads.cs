using Juxta.Workbench.Models;

namespace Juxta.Workbench.Hub;

/// <summary>
/// Downloads of models into the shelf's folder. They belong to the server: they go on when the page that began them has left, and what one of them has
/// brought is offered at once. What an earlier process left unfinished is listed too.
/// </summary>
public sealed class HubDownloads
{
    readonly WorkbenchOptions _options;
    readonly ModelShelf _shelf;
    readonly Lock _gate = new();

    /// <summary>By folder, in the order in which they came.</summary>
    readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);
    IReadOnlyList<DownloadEntry> _unfinished = [];
    HubClient? _client;
    bool _closed;

    internal HubDownloads(WorkbenchOptions options, ModelShelf shelf, string folder)
    {
        (_options, _shelf, Folder) = (options, shelf, folder);
        LookAgain();
    }

    /// <summary>Something about <see cref="All"/> changed. Raised on any thread, ten times a second at most while bytes arrive.</summary>
    public event Action? Changed;

    /// <summary>The folder of models that downloads go into.</summary>
    public string Folder { get; }

    /// <summary>Nothing is asked of the network.</summary>
    public bool Offline => _options.Hub?.Offline ?? (_options.Offline || HubOptions.SaysOffline(Environment.GetEnvironmentVariable));

    /// <summary>Models that were named at start and lie in none of the folders.</summary>
    public IReadOnlyList<HubId> Wanted => _shelf.Folders.Wanted;

    /// <summary>Those of this process, then those that an earlier one left unfinished.</summary>
    public IReadOnlyList<DownloadEntry> All
    {
        get
        {
            lock (_gate) return [.. _running.Values.Select(download => download.Entry), .. _unfinished.Where(entry => !_running.ContainsKey(entry.Folder))];
        }
    }

    /// <summary>Looks for unfinished downloads in the folders of models, and for new models.</summary>
    public void LookAgain()
    {
        DownloadEntry[] found = [.. _shelf.Folders.Roots.Where(Directory.Exists).SelectMany(root => Directory.EnumerateDirectories(root, "*--*").Order(StringComparer.Ordinal))
            .Select(folder => (folder, id: HubFolder.Unfinished(folder))).Where(pair => pair.id is not null)
            .Select(pair => new DownloadEntry(pair.id!, pair.folder, DownloadStatus.Interrupted, HubFolder.UnfinishedBytes(pair.folder), null, null, null))];
        lock (_gate) _unfinished = found;
        Changed?.Invoke();
    }

    /// <summary>Asks the Hub what a model consists of. Nothing is written.</summary>
    /// <param name="id"><c>owner/name</c> or <c>owner/name@revision</c>.</param>
    /// <exception cref="HubException">It is no such name, there is no such model, one may not read it, or the Hub cannot be asked (<see cref="Offline"/>).</exception>
    public async Task<HubOffer> FindAsync(string id, CancellationToken cancel = default)
    {
        HubId asked = HubId.Parse(id.Trim());
        HubModel model = await Client().FindAsync(asked, cancel);
        HubDownload download = Client().Download(model, FolderOf(asked));
        return new HubOffer(model, download.Folder, download.BytesHere);
    }

    /// <summary>Begins a download, or goes on with it; nothing happens while it runs. How it ends is in its entry.</summary>
    /// <exception cref="HubException">The Hub cannot be asked.</exception>
    public void Start(HubModel model)
    {
        HubDownload download = Client().Download(model, FolderOf(model.Id));
        var running = new Running(model, download);
        lock (_gate)
        {
            if (_closed || _running.GetValueOrDefault(download.Folder) is { Entry.Status: DownloadStatus.Running }) return;
            _running[download.Folder] = running;
            running.Task = Task.Run(() => RunAsync(running));
        }
        Changed?.Invoke();
    }

    /// <summary>Goes on with a download that was stopped, that failed, or that an earlier process left.</summary>
    /// <exception cref="HubException">The Hub cannot be asked, or no longer has the model.</exception>
    public async Task ResumeAsync(DownloadEntry entry, CancellationToken cancel = default)
    {
        HubModel? known;
        lock (_gate) known = _running.GetValueOrDefault(entry.Folder)?.Model;
        Start(known ?? await Client().FindAsync(entry.Id, cancel));
    }

    /// <summary>Stops a download; what has arrived is kept.</summary>
    public void Cancel(DownloadEntry entry)
    {
        Running? running;
        lock (_gate) running = _running.GetValueOrDefault(entry.Folder);
        running?.Stop.Cancel();
    }

    /// <summary>Takes an entry that has ended off the list.</summary>
    public void Forget(DownloadEntry entry)
    {
        lock (_gate)
        {
            if (_running.GetValueOrDefault(entry.Folder) is { Entry.Status: not DownloadStatus.Running }) _running.Remove(entry.Folder);
        }
        LookAgain();
    }

    /// <summary>Stops all downloads and waits until their parts are safe.</summary>
    internal async ValueTask CloseAsync()
    {
        Running[] all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _running.Values];
        }
        foreach (Running download in all) await download.Stop.CancelAsync();
        foreach (Running download in all) await download.Task;
        _client?.Dispose();
    }

    async Task RunAsync(Running download)
    {
        DownloadStatus status = DownloadStatus.Complete;
        string? error = null;
        try
        {
            await download.Download.RunAsync(new Told(download, () => Changed?.Invoke()), download.Stop.Token);
            _shelf.LookAgain();
        }
        catch (OperationCanceledException) when (download.Stop.IsCancellationRequested)
        {
            status = DownloadStatus.Interrupted;
        }
        catch (Exception e)
        {
            (status, error) = (DownloadStatus.Failed, e is HubException ? e.Message : $"{download.Model.Id} could not be downloaded: {e.Message}; what has arrived is kept");
        }
        download.End(status, error);
        LookAgain();
    }

    /// <summary>The folder of models that has that model, whole or in part, else the one that new ones go into.</summary>
    string FolderOf(HubId id) => _shelf.Folders.Roots.FirstOrDefault(root => Directory.Exists(Path.Combine(root, id.FolderName))) ?? Folder;

    /// <summary>Made when first asked for: what the environment says wrong is told to who asks, and a server that asks nothing starts all the same.</summary>
    HubClient Client()
    {
        lock (_gate) return _client ??= new HubClient(_options.Hub ?? HubOptions.FromEnvironment(_options.Offline));
    }

    /// <summary>A download of this process.</summary>
    sealed class Running(HubModel model, HubDownload download)
    {
        public HubModel Model => model;

        public HubDownload Download => download;

        public CancellationTokenSource Stop { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        /// <summary>Replaced as a whole.</summary>
        public DownloadEntry Entry { get; private set; } = new(model.Id, download.Folder, DownloadStatus.Running, download.BytesHere, model.TotalBytes, null, null);

        public void Reach(HubProgress progress) => Entry = Entry with { Bytes = progress.Bytes, Progress = progress };

        public void End(DownloadStatus status, string? error) =>
            Entry = Entry with { Status = status, Error = error, Progress = null, Bytes = status is DownloadStatus.Complete ? model.TotalBytes : HubFolder.UnfinishedBytes(download.Folder) };
    }

    /// <summary>Told on the download's own thread, so that no report comes after the end.</summary>
    sealed class Told(Running download, Action changed) : IProgress<HubProgress>
    {
        public void Report(HubProgress value)
        {
            download.Reach(value);
            changed();
        }
    }
}

using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Hub;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Hub;

/// <summary>Downloads that belong to the server, from a stand-in Hub onto a real shelf.</summary>
public sealed class HubDownloadsTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    StandInHub _hub = null!;
    JuxtaWorkbench? _workbench;

    HubDownloads Downloads => _workbench!.Downloads;

    public async ValueTask InitializeAsync()
    {
        _hub = (await StandInHub.StartAsync()).WithModel();
        _workbench = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _workbench!.DisposeAsync();
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    JuxtaWorkbench Open(bool offline = false, string? models = null) => JuxtaWorkbench.Open(new WorkbenchOptions
    {
        DataFolder = _folder.File("data"),
        ModelFolders = models is null ? [] : [Directory.CreateDirectory(models).FullName],
        Hub = new HubOptions { Endpoint = _hub.Address, Offline = offline, Delays = [], Silence = TimeSpan.FromSeconds(20) },
    });

    DownloadEntry Only => Assert.Single(Downloads.All);

    [Fact]
    public async Task The_size_is_known_before_and_the_model_is_offered_afterwards_without_a_restart()
    {
        HubOffer offer = await Downloads.FindAsync($" {StandInHub.Repository} ");
        Assert.Equal(_folder.File("data", "models", "acme--tiny"), offer.Folder);
        Assert.Equal((0, 3), (offer.BytesHere, offer.Model.Files.Count));
        Assert.False(Directory.Exists(offer.Folder));
        Assert.Empty(_workbench!.Models.Models);

        int told = 0;
        Downloads.Changed += () => Interlocked.Increment(ref told);
        Downloads.Start(offer.Model);
        await EndedAsync();
        Assert.Equal((DownloadStatus.Complete, offer.Model.TotalBytes, offer.Model.TotalBytes, null), (Only.Status, Only.Bytes, Only.TotalBytes, Only.Error));
        Assert.True(told > 2);
        ModelEntry model = Assert.Single(_workbench.Models.Models);
        Assert.Equal(("acme--tiny", new HubOrigin(StandInHub.Repository, "main", StandInHub.Commit)), (model.Id, model.Origin));
        Downloads.Forget(Only);
        Assert.Empty(Downloads.All);
    }

    [Fact]
    public async Task A_download_is_stopped_and_resumed_here_and_by_the_next_process()
    {
        await HangAsync();
        Assert.Equal(DownloadStatus.Running, Only.Status);
        Downloads.Start((await Downloads.FindAsync(StandInHub.Repository)).Model); // a second one does not begin
        Downloads.Cancel(Only);
        await EndedAsync();
        Assert.Equal(DownloadStatus.Interrupted, Only.Status);
        Assert.InRange(Only.Bytes, 400_000, 400_100);
        Assert.Empty(_workbench!.Models.Models);

        await HangAsync(resume: true);
        await _workbench.DisposeAsync(); // as when the server stops
        _workbench = Open();
        Assert.Equal((DownloadStatus.Interrupted, null, StandInHub.Repository), (Only.Status, Only.TotalBytes, Only.Id.ToString()));
        Assert.InRange(Only.Bytes, 400_000, 900_000);
        await Downloads.ResumeAsync(Only);
        await EndedAsync();
        Assert.Equal(DownloadStatus.Complete, Only.Status);
        Assert.Contains(_hub.RequestsOf("model.safetensors"), seen => seen.Status == 206);
        Assert.Single(_workbench.Models.Models);
    }

    [Fact]
    public async Task A_content_with_another_checksum_is_refused_and_told_and_can_be_tried_again()
    {
        byte[] wrong = [.. _hub.Files["model.safetensors"]];
        wrong[7] ^= 1;
        _hub.Tampered["model.safetensors"] = wrong;
        Downloads.Start((await Downloads.FindAsync(StandInHub.Repository)).Model);
        await EndedAsync();
        Assert.Equal(DownloadStatus.Failed, Only.Status);
        Assert.Contains("another content than the Hub says", Only.Error);
        Assert.Empty(_workbench!.Models.Models);
        _hub.Tampered.Clear();
        await Downloads.ResumeAsync(Only);
        await EndedAsync();
        Assert.Equal((DownloadStatus.Complete, null), (Only.Status, Only.Error));
    }

    [Fact]
    public async Task Downloads_go_into_the_first_models_folder_and_a_revision_is_remembered()
    {
        await _workbench!.DisposeAsync();
        _workbench = Open(models: _folder.File("mine"));
        Assert.Equal(_folder.File("mine"), Downloads.Folder);
        await HangAsync($"{StandInHub.Repository}@v2");
        await _workbench.DisposeAsync();
        _workbench = Open(models: _folder.File("mine"));
        Assert.Equal(($"{StandInHub.Repository}@v2", _folder.File("mine", "acme--tiny")), (Only.Id.ToString(), Only.Folder));
    }

    [Fact]
    public async Task Offline_nothing_is_asked_of_the_network()
    {
        await HangAsync();
        await _workbench!.DisposeAsync();
        int before = _hub.Requests.Count;
        _workbench = Open(offline: true);
        Assert.True(Downloads.Offline);
        Assert.Contains("offline", (await Assert.ThrowsAsync<HubException>(() => Downloads.FindAsync("acme/tiny"))).Message);
        Assert.Contains("offline", (await Assert.ThrowsAsync<HubException>(() => Downloads.ResumeAsync(Only))).Message);
        Assert.Equal(before, _hub.Requests.Count);
    }

    [Fact]
    public async Task An_adapter_that_was_downloaded_can_be_loaded_over_the_models()
    {
        string tiny = _folder.File("data", "models", "tiny");
        TinyModel.Write(tiny);
        foreach (string file in Directory.GetFiles(Path.Combine(tiny, "adapters", "loud"))) _hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        foreach (string file in (string[])["config.json", "tokenizer.json", "model.safetensors", "pytorch_model.bin"]) _hub.Files.Remove(file);
        _workbench!.Models.LookAgain();
        Downloads.Start((await Downloads.FindAsync(StandInHub.Repository)).Model);
        await EndedAsync();
        Assert.Equal((DownloadStatus.Complete, null), (Only.Status, Only.Error));
        Assert.Equal(["acme--tiny", "loud", "silent"], Assert.Single(_workbench.Models.Models).Adapters.Select(adapter => adapter.Name));
        Assert.NotNull((await _workbench.Models.LoadAdapterAsync("tiny", "acme--tiny")).Receipt);
    }

    /// <summary>Begins a download whose connection hangs after 400,000 bytes, and waits until they are on disk.</summary>
    async Task HangAsync(string id = StandInHub.Repository, bool resume = false)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _hub.Hanging = () => waiting.TrySetResult();
        _hub.HangsInsteadOfCutting = true;
        _hub.Cut("model.safetensors", after: 400_000);
        if (resume) await Downloads.ResumeAsync(Only);
        else Downloads.Start((await Downloads.FindAsync(id)).Model);
        await waiting.Task;
        long expected = resume ? 800_000 : 400_000;
        await UntilAsync(() => Directory.EnumerateFiles(_folder.FullPath, "*.part", SearchOption.AllDirectories).Any(part => new FileInfo(part).Length >= expected));
    }

    Task EndedAsync() => UntilAsync(() => Downloads.All is [{ Status: not DownloadStatus.Running }]);

    static async Task UntilAsync(Func<bool> happened, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(happened))] string what = "")
    {
        for (int tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 3000, $"in 30 s it did not come about: {what}");
            await Task.Delay(10);
        }
    }
}

using System.Text.Json;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Hub;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Hub;

public sealed class HubDownloadTests : IAsyncLifetime, IDisposable
{
    static readonly HubId Id = HubId.Parse(StandInHub.Repository);

    readonly TemporaryFolder _models = new();
    StandInHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = (await StandInHub.StartAsync()).WithModel();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    public void Dispose() => _models.Dispose();

    string Folder => _models.File("acme--tiny");

    string Weights => Path.Combine(Folder, "model.safetensors");

    string Part => Path.Combine(Folder, ".juxta-incomplete", "model.safetensors.part");

    HubOptions Options(string? token = null, long free = long.MaxValue, double silence = 20) => new()
    {
        Endpoint = _hub.Address, Token = token, Delays = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero], FreeBytes = _ => free, Silence = TimeSpan.FromSeconds(silence),
    };

    async Task PullAsync(HubOptions? options = null, IProgress<HubProgress>? progress = null, CancellationToken cancel = default)
    {
        using var client = new HubClient(options ?? Options());
        await client.Download(await client.FindAsync(Id, cancel), _models.FullPath).RunAsync(progress, cancel);
    }

    Task<HubException> RefusedAsync(HubOptions? options = null) => Assert.ThrowsAsync<HubException>(() => PullAsync(options));

    void AssertComplete(params string[] files)
    {
        if (files.Length == 0) files = ["config.json", "model.safetensors", "tokenizer.json"];
        Assert.Equal([".juxta-hub.json", .. files], Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        foreach (string file in files) Assert.Equal(_hub.Files[file], File.ReadAllBytes(Path.Combine(Folder, file)));
    }

    string[] Offered => [.. new ModelShelf(new WorkbenchOptions { ModelFolders = [_models.FullPath] }).Models.Select(model => model.Id)];

    [Fact]
    public async Task What_a_checkpoint_needs_is_brought_and_nothing_else()
    {
        using var client = new HubClient(Options());
        HubModel model = await client.FindAsync(Id);
        Assert.Equal(["config.json", "tokenizer.json", "model.safetensors"], model.Files.Select(file => file.Name));
        Assert.Equal(_hub.Files["config.json"].Length + _hub.Files["tokenizer.json"].Length + 1_000_000, model.TotalBytes);
        Assert.Equal((StandInHub.Commit, 4), (model.Commit, model.OtherFiles));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_models.FullPath)); // the size is known before anything is written
        await client.Download(model, _models.FullPath).RunAsync();
        AssertComplete();
        Assert.Equal(["acme--tiny"], Offered);
        using JsonDocument receipt = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, ".juxta-hub.json")));
        Assert.Equal((StandInHub.Repository, StandInHub.Commit), (receipt.RootElement.GetProperty("model").GetString(), receipt.RootElement.GetProperty("commit").GetString()));
    }

    [Fact]
    public async Task A_cut_connection_is_resumed_where_it_broke()
    {
        _hub.Cut("model.safetensors", after: 300_000);
        await PullAsync();
        AssertComplete();
        StandInHub.Seen[] requests = [.. _hub.RequestsOf("model.safetensors")];
        Assert.Equal([200, 206], requests.Select(seen => seen.Status));
        Assert.Equal(("bytes=300000-", "\"v1-model.safetensors\""), (requests[1].Range, requests[1].IfRange));
    }

    [Fact]
    public async Task An_interrupted_download_is_not_offered_and_a_later_one_goes_on_with_it()
    {
        using var cancel = new CancellationTokenSource();
        _hub.Cut("model.safetensors", after: 400_000);
        _hub.HangsInsteadOfCutting = true;
        var waiting = new TaskCompletionSource();
        _hub.Hanging = () => waiting.TrySetResult();
        Task pulling = PullAsync(cancel: cancel.Token);
        await waiting.Task;
        while (!File.Exists(Part) || new FileInfo(Part).Length < 400_000) await Task.Delay(10);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pulling);
        Assert.Equal(400_000, new FileInfo(Part).Length);
        Assert.False(File.Exists(Weights));
        Assert.Empty(Offered);
        Assert.Contains("unfinished", Assert.Throws<WorkbenchException>(() => new ModelShelf(new WorkbenchOptions { Models = [Folder] })).Message);
        using (var client = new HubClient(Options())) Assert.InRange(client.Download(await client.FindAsync(Id), _models.FullPath).BytesHere, 400_000, 400_100);

        await PullAsync();
        AssertComplete();
        Assert.Contains(_hub.RequestsOf("model.safetensors"), seen => seen is { Range: "bytes=400000-", Status: 206 });
        Assert.Single(_hub.RequestsOf("config.json")); // it was whole
        Assert.Equal(["acme--tiny"], Offered);
    }

    [Fact]
    public async Task Another_tag_starts_the_file_anew()
    {
        _hub.Cut("model.safetensors", after: 300_000, times: 4);
        await RefusedAsync(new HubOptions { Endpoint = _hub.Address, Delays = [] });
        _hub.Cut("model.safetensors", 0, times: 0);
        _hub.Tag = "v2";
        await PullAsync();
        AssertComplete();
        StandInHub.Seen last = _hub.RequestsOf("model.safetensors").Last();
        Assert.Equal((200, "bytes=300000-", "\"v1-model.safetensors\""), (last.Status, last.Range, last.IfRange));
    }

    [Theory]
    [InlineData(true, "v1")]
    [InlineData(false, null)]
    public async Task A_server_without_ranges_or_without_tags_will_do(bool ignoresRanges, string? tag)
    {
        (_hub.IgnoresRanges, _hub.Tag) = (ignoresRanges, tag);
        _hub.Cut("model.safetensors", after: 300_000);
        await PullAsync();
        AssertComplete();
        Assert.Equal(ignoresRanges ? 200 : 206, _hub.RequestsOf("model.safetensors").Last().Status);
    }

    [Theory]
    [InlineData("model.safetensors")] // SHA-256
    [InlineData("config.json")] // git's blob name
    public async Task Another_content_is_refused_and_removed(string file)
    {
        byte[] other = [.. _hub.Files[file]];
        other[^1] ^= 1;
        _hub.Tampered[file] = other;
        HubException error = await RefusedAsync();
        Assert.Contains(file, error.Message);
        Assert.Contains("another content", error.Message);
        Assert.Empty(Directory.EnumerateFiles(_models.FullPath, $"{file}*", SearchOption.AllDirectories));
        Assert.Empty(Offered);
        _hub.Tampered.Clear();
        await PullAsync();
        AssertComplete();
    }

    [Theory]
    [InlineData(999_000)]
    [InlineData(1_001_000)]
    public async Task Another_size_is_refused_and_removed(int bytes)
    {
        _hub.Tampered["model.safetensors"] = new byte[bytes];
        HubException error = await RefusedAsync();
        Assert.Contains("should have 1,000,000 bytes", error.Message);
        Assert.False(File.Exists(Weights) || File.Exists(Part));
    }

    [Fact]
    public async Task A_part_that_went_bad_on_disk_is_brought_again_as_a_whole()
    {
        _hub.Cut("model.safetensors", after: 300_000, times: 4);
        await RefusedAsync(new HubOptions { Endpoint = _hub.Address, Delays = [] });
        _hub.Cut("model.safetensors", 0, times: 0);
        using (FileStream part = File.OpenWrite(Part)) part.Write([1, 2, 3, 4]);
        await PullAsync();
        AssertComplete();
        Assert.Equal([206, 200], _hub.RequestsOf("model.safetensors").TakeLast(2).Select(seen => seen.Status));
    }

    [Theory]
    [InlineData(".juxta-incomplete/model.safetensors.part.json")]
    [InlineData(".juxta-incomplete/known.json")]
    [InlineData(".juxta-hub.json")]
    public async Task Broken_notes_cost_bytes_and_nothing_else(string note)
    {
        foreach (string content in (string[])["", "null", "[null]", "{}", "7", """{"files":[null,{}]}""", """{"hash":"sha256:","eTag":"no tag"}"""])
        {
            _hub.Cut("model.safetensors", after: 300_000);
            await RefusedAsync(new HubOptions { Endpoint = _hub.Address, Delays = [] });
            File.WriteAllText(Path.Combine(Folder, note), content);
            await PullAsync();
            AssertComplete();
            Directory.Delete(Folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_tag_that_is_none_is_not_sent()
    {
        _hub.Cut("model.safetensors", after: 300_000);
        await RefusedAsync(new HubOptions { Endpoint = _hub.Address, Delays = [] });
        string note = File.ReadAllText(Part + ".json");
        Assert.Contains("v1-model.safetensors", note);
        File.WriteAllText(Part + ".json", note.Replace("\\u0022", "", StringComparison.Ordinal));
        await PullAsync();
        AssertComplete();
        StandInHub.Seen last = _hub.RequestsOf("model.safetensors").Last();
        Assert.Equal((206, null), (last.Status, last.IfRange));
    }

    [Fact]
    public async Task A_part_of_another_revision_is_not_mixed_in()
    {
        _hub.Cut("model.safetensors", after: 300_000, times: 4);
        await RefusedAsync(new HubOptions { Endpoint = _hub.Address, Delays = [] });
        _hub.Cut("model.safetensors", 0, times: 0);
        _hub.Files["model.safetensors"] = [.. _hub.Files["model.safetensors"].Reverse()];
        await PullAsync();
        AssertComplete();
        Assert.Null(_hub.RequestsOf("model.safetensors").Last().Range);
    }

    [Fact]
    public async Task A_new_revision_replaces_what_was_downloaded_and_removes_what_it_lacks()
    {
        await PullAsync();
        _hub.Files["model.safetensors"] = new byte[500];
        _hub.Files["chat_template.jinja"] = "{{ x }}"u8.ToArray();
        _hub.Files.Remove("tokenizer.json");
        await PullAsync();
        AssertComplete("chat_template.jinja", "config.json", "model.safetensors");
    }

    [Fact]
    public async Task A_renewal_that_brings_nothing_leaves_the_model_as_it_was()
    {
        await PullAsync();
        byte[] before = File.ReadAllBytes(Weights);
        _hub.Files["model.safetensors"] = new byte[500];
        _hub.Gated = true;
        await RefusedAsync();
        Assert.Equal(before, File.ReadAllBytes(Weights));
        Assert.Equal(["acme--tiny"], Offered);

        _hub.Gated = false;
        _hub.Files["config.json"] = "{ }"u8.ToArray();
        _hub.Tampered["model.safetensors"] = new byte[400];
        await RefusedAsync();
        Assert.Empty(Offered); // half old, half new
    }

    [Fact]
    public async Task A_file_of_somebody_else_stays()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Weights, "my own weights");
        HubException error = await RefusedAsync();
        Assert.Contains(Weights, error.Message);
        Assert.Contains("--to", error.Message);
        Assert.Equal("my own weights", File.ReadAllText(Weights));

        File.Delete(Weights);
        await PullAsync();
        File.AppendAllText(Weights, "fine-tuned in place");
        await RefusedAsync();
        Assert.EndsWith("fine-tuned in place", File.ReadAllText(Weights));
    }

    [Fact]
    public async Task A_complete_model_is_checked_and_not_brought_again()
    {
        await PullAsync();
        int before = _hub.RequestsOf("model.safetensors").Count();
        await PullAsync();
        Assert.Equal(before, _hub.RequestsOf("model.safetensors").Count());
        AssertComplete();
    }

    [Fact]
    public async Task A_disk_without_room_is_refused_before_anything_is_written()
    {
        HubException error = await RefusedAsync(Options(free: 900_000));
        Assert.Contains("1.0 MB", error.Message);
        Assert.Contains("900.0 kB", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_models.FullPath));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_says_so()
    {
        File.WriteAllText(Folder, "a file is in the way");
        Assert.Contains("cannot write to", (await RefusedAsync()).Message);
    }

    [Fact]
    public async Task Links_are_not_followed()
    {
        string outside = _models.File("outside.txt");
        File.WriteAllText(outside, "untouched");
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        File.CreateSymbolicLink(Part, outside);
        await PullAsync();
        AssertComplete();
        Assert.Equal("untouched", File.ReadAllText(outside));

        Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
        Directory.CreateSymbolicLink(Path.GetDirectoryName(Part)!, Directory.CreateDirectory(_models.File("elsewhere")).FullName);
        Assert.Contains("is a link", (await RefusedAsync()).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_models.File("elsewhere")));
    }

    [Fact]
    public async Task Two_downloads_into_one_folder_do_not_meet()
    {
        _hub.Cut("model.safetensors", after: 400_000);
        _hub.HangsInsteadOfCutting = true;
        var waiting = new TaskCompletionSource();
        _hub.Hanging = () => waiting.TrySetResult();
        using var cancel = new CancellationTokenSource();
        Task first = PullAsync(cancel: cancel.Token);
        await waiting.Task;
        Assert.Contains("another process", (await RefusedAsync()).Message);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_and_given_up_in_the_end()
    {
        _hub.BeBusy(3);
        await PullAsync();
        AssertComplete();
        Directory.Delete(Folder, recursive: true);
        _hub.BeBusy(100);
        HubException error = await RefusedAsync();
        Assert.Contains("503", error.Message);
        Assert.Contains("4 attempts", error.Message);
    }

    [Fact]
    public async Task A_silent_server_is_left_and_asked_again()
    {
        _hub.Cut("model.safetensors", after: 400_000);
        _hub.HangsInsteadOfCutting = true;
        await PullAsync(Options(silence: 1));
        AssertComplete();
        Assert.Contains(_hub.RequestsOf("model.safetensors"), seen => seen.Range == "bytes=400000-");
    }

    [Fact]
    public async Task Connections_that_break_again_and_again_come_to_an_end_as_long_as_bytes_arrive()
    {
        _hub.Cut("model.safetensors", after: 150_000, times: 6);
        await PullAsync();
        AssertComplete();
        Assert.Equal(7, _hub.RequestsOf("model.safetensors").Count());
    }

    [Fact]
    public async Task Progress_counts_every_byte_once()
    {
        _hub.Cut("model.safetensors", after: 300_000);
        var reports = new Reports();
        await PullAsync(progress: reports);
        Assert.Equal(3, reports.Seen[^1].Number);
        Assert.Equal(reports.Seen[^1].TotalBytes, reports.Seen[^1].Bytes);
        Assert.Equal(reports.Seen.Select(report => report.Bytes).Order(), reports.Seen.Select(report => report.Bytes));
        Assert.All(reports.Seen, report => Assert.Equal(3, report.Count));
        Assert.True(reports.Seen[^1].BytesPerSecond > 0);
        Assert.Equal(TimeSpan.Zero, reports.Seen[^1].Left);
    }

    sealed class Reports : IProgress<HubProgress>
    {
        public List<HubProgress> Seen { get; } = [];

        public void Report(HubProgress value) => Seen.Add(value);
    }
}

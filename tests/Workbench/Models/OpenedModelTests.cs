using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Models;

/// <summary>The shelf with a real, small model and its adapters.</summary>
public sealed class OpenedModelTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ModelShelf _shelf;

    public OpenedModelTests() => _shelf = new ModelShelf(new WorkbenchOptions
    {
        Models = [Fixtures.Require("models", "stories260k"), _folder.Folder("broken", "config.json")],
        AdapterFolders = [_folder.FullPath],
        Engine = new EngineOptions { Threads = 1, CacheTokens = 1024 },
    });

    public async ValueTask DisposeAsync()
    {
        await _shelf.CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_is_opened_once_for_all_who_ask_and_its_progress_is_told()
    {
        var seen = new HashSet<LoadStatus>();
        _shelf.Changed += () =>
        {
            lock (seen) seen.Add(_shelf.Model("stories260k").Status);
        };
        OpenModel[] opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _shelf.OpenAsync("stories260k")));
        Assert.All(opened, model => Assert.Same(opened[0], model));
        ModelEntry entry = _shelf.Model("stories260k");
        Assert.Equal(LoadStatus.Ready, entry.Status);
        Assert.Equal("llama", entry.Description!.Family);
        Assert.Same(opened[0], entry.Open);
        lock (seen) Assert.Contains(LoadStatus.Loading, seen);
    }

    [Fact]
    public async Task A_model_that_cannot_be_opened_says_why_and_is_tried_again_when_asked()
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => _shelf.OpenAsync("broken"));
        ModelEntry entry = _shelf.Model("broken");
        Assert.Equal(LoadStatus.Failed, entry.Status);
        Assert.Equal(error.Message, entry.Error);
        Assert.NotSame(error, await Assert.ThrowsAsync<ModelFormatException>(() => _shelf.OpenAsync("broken")));
    }

    [Fact]
    public async Task An_adapter_is_loaded_with_its_receipt_used_by_name_and_unloaded()
    {
        AdapterEntry entry = await _shelf.LoadAdapterAsync("stories260k", "lora-toy-chat");
        Assert.Equal("stories260k:lora-toy-chat", entry.Id);
        Assert.Equal(LoadStatus.Ready, entry.Status);
        Assert.NotEmpty(entry.Receipt!.Modules);
        Assert.True(entry.Receipt.ProbeMaxLogitDifference > 0);
        Assert.Equal(entry.Receipt.Hash, _shelf.AdapterHash("stories260k", "lora-toy-chat"));

        Assert.True(_shelf.UnloadAdapter("stories260k", "lora-toy-chat"));
        Assert.False(_shelf.UnloadAdapter("stories260k", "lora-toy-chat"));
        Assert.Equal(LoadStatus.NotLoaded, _shelf.Model("stories260k").Adapters.Single(adapter => adapter.Name == "lora-toy-chat").Status);
        OpenModel model = await _shelf.OpenAsync(_shelf.Resolve("lora-toy-chat"));
        Assert.Equal(["lora-toy-chat"], model.Engine.Adapters.Select(adapter => adapter.Name));
    }

    [Fact]
    public async Task One_adapter_folder_can_be_loaded_under_two_names()
    {
        await _shelf.LoadAdapterAsync("stories260k", "lora-toy-chat");
        AdapterEntry second = await _shelf.LoadAdapterAsync("stories260k", "lora-toy-chat", name: "again");
        Assert.Equal("again", second.Name);
        Assert.Equal("again", second.Receipt!.Name);
        Assert.Equal(("stories260k", "again"), (_shelf.Resolve("again").Model, _shelf.Resolve("again").Adapters[0].Name));
    }

    [Fact]
    public async Task An_adapter_that_does_not_fit_is_refused_and_its_entry_says_why()
    {
        foreach (string file in Directory.GetFiles(Fixtures.Require("models", "qwen3", "adapters", "lora-qv")))
            File.Copy(file, Path.Combine(Directory.CreateDirectory(_folder.File("stranger")).FullName, Path.GetFileName(file)));
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => _shelf.LoadAdapterAsync("stories260k", "stranger"));
        AdapterEntry entry = _shelf.Model("stories260k").Adapters.Single(adapter => adapter.Name == "stranger");
        Assert.Equal(LoadStatus.Failed, entry.Status);
        Assert.Equal(error.Message, entry.Error);
        await Assert.ThrowsAsync<ModelFormatException>(() => _shelf.OpenAsync(new ModelChoice("stories260k", [new AdapterUse("stranger")])));
    }
}

using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Models;

/// <summary>Memory comes back when nobody uses a model, and only then.</summary>
public sealed class UnloadTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ModelShelf _shelf;

    public UnloadTests()
    {
        TinyModel.Write(_folder.File("tiny"));
        _shelf = new ModelShelf(new WorkbenchOptions { Models = [_folder.File("tiny")], Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 } });
    }

    public async ValueTask DisposeAsync()
    {
        await _shelf.CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_idle_model_is_unloaded_with_its_adapters_and_read_again_when_asked_for()
    {
        OpenModel first = await _shelf.OpenAsync(new ModelChoice("tiny", [new AdapterUse("loud")]));
        int[] before = await AnswerAsync(first, new AdapterUse("loud"));
        Assert.True(await _shelf.UnloadAsync("tiny"));
        ModelEntry entry = _shelf.Model("tiny");
        Assert.Equal((LoadStatus.NotLoaded, 0.0), (entry.Status, entry.Progress));
        Assert.Null(entry.Open);
        Assert.All(entry.Adapters, adapter => Assert.Equal(LoadStatus.NotLoaded, adapter.Status));
        Assert.Contains("tiny was unloaded just before it could answer", Assert.Throws<WorkbenchException>(() => first.Submit(Request())).Message);
        Assert.False(await _shelf.UnloadAsync("tiny"));

        OpenModel second = await _shelf.OpenAsync(new ModelChoice("tiny", [new AdapterUse("loud")]));
        Assert.NotSame(first.Engine, second.Engine);
        Assert.Equal(before, await AnswerAsync(second, new AdapterUse("loud")));
    }

    [Fact]
    public async Task A_model_that_answers_is_not_unloaded()
    {
        OpenModel model = await _shelf.OpenAsync("tiny");
        RunningGeneration running = model.Engine.Submit(Request() with { MaxTokens = 4000, Stop = new StopOptions { IgnoreEos = true } });
        var refusal = await Assert.ThrowsAsync<WorkbenchException>(() => _shelf.UnloadAsync("tiny"));
        Assert.Contains("tiny is answering 1 request; stop it", refusal.Message);
        Assert.Equal(LoadStatus.Ready, _shelf.Model("tiny").Status);
        running.Cancel();
        await foreach (GeneratedToken _ in running.ReadAsync(TestContext.Current.CancellationToken)) { }
        IsIdle(model);
        Assert.True(await _shelf.UnloadAsync("tiny"));
    }

    [Fact]
    public async Task A_model_that_is_being_read_is_not_unloaded()
    {
        var refusals = new List<Exception?>();
        _shelf.Changed += () =>
        {
            // Within the progress report the reading thread waits for us.
            if (_shelf.Model("tiny") is { Status: LoadStatus.Loading, Progress: > 0 }) refusals.Add(_shelf.UnloadAsync("tiny").Exception?.InnerException);
        };
        await _shelf.OpenAsync("tiny");
        Assert.NotEmpty(refusals);
        Assert.All(refusals, refusal => Assert.Contains("still being read", Assert.IsType<WorkbenchException>(refusal).Message));
    }

    [Fact]
    public async Task A_model_that_failed_or_was_never_asked_for_has_nothing_to_unload()
    {
        Assert.False(await _shelf.UnloadAsync("tiny"));
        File.WriteAllText(_folder.File("tiny/config.json"), "{}");
        await Assert.ThrowsAsync<ModelFormatException>(() => _shelf.OpenAsync("tiny"));
        Assert.False(await _shelf.UnloadAsync("tiny"));
        Assert.Equal(LoadStatus.Failed, _shelf.Model("tiny").Status);
        await Assert.ThrowsAsync<NotFoundException>(() => _shelf.UnloadAsync("nobody"));
    }

    [Fact]
    public async Task A_folder_tells_what_it_holds_before_it_is_read()
    {
        ModelPeek peek = await _shelf.PeekAsync("tiny", TestContext.Current.CancellationToken);
        Assert.Equal(LoadStatus.NotLoaded, _shelf.Model("tiny").Status);
        Assert.NotNull(await _shelf.TokenizerAsync("tiny", TestContext.Current.CancellationToken));
        Assert.Equal(LoadStatus.NotLoaded, _shelf.Model("tiny").Status);

        ModelDescription loaded = (await _shelf.OpenAsync("tiny")).Model.Description;
        Assert.Equal((loaded.Family, loaded.WeightType, loaded.Parameters, loaded.ContextLength), (peek.Family, peek.WeightType, peek.Parameters, peek.ContextLength));
        Assert.Equal(new FileInfo(_folder.File("tiny/model.safetensors")).Length, peek.DiskBytes);
        Assert.Equal(4 * peek.Parameters, peek.WeightBytes);
    }

    [Fact]
    public async Task Models_are_opened_with_the_storage_that_the_options_ask_for()
    {
        var shelf = new ModelShelf(new WorkbenchOptions { Models = [_folder.File("tiny")], Weights = WeightStorage.Find("q8_0"), Cache = CacheStorage.Find("bf16"), Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 } });
        OpenModel model = await shelf.OpenAsync("tiny");
        Assert.Equal(["q8_0", "cache-bf16"], model.Model.Roundings);
        Assert.NotEmpty(await AnswerAsync(model));
        await shelf.CloseAsync();
    }

    [Theory]
    [InlineData("model.safetensors", "", "truncated")]
    [InlineData("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS pointer")]
    [InlineData("config.json", "{\"model_type\":\"nobody\"}", "no family")]
    [InlineData("config.json", "[", "config.json")]
    public async Task A_folder_that_cannot_be_used_says_so_before_it_is_read(string file, string content, string message)
    {
        File.WriteAllText(_folder.File("tiny/" + file), content);
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => _shelf.PeekAsync("tiny"));
        Assert.Contains(message, error.Message);
    }

    static GenerationRequest Request() => new() { PromptIds = [1, 2, 3], MaxTokens = 8, Sampling = new SamplingOptions { Temperature = 0 } };

    /// <summary>An answer has its last token a moment before the engine has cleared its place.</summary>
    static void IsIdle(OpenModel model) => Assert.True(SpinWait.SpinUntil(() => model.Engine.Load is { Running: 0, Waiting: 0 }, TimeSpan.FromSeconds(10)));

    static async Task<int[]> AnswerAsync(OpenModel model, params AdapterUse[] adapters)
    {
        var ids = new List<int>();
        await foreach (GeneratedToken token in model.Engine.Submit(Request() with { Adapters = adapters }).ReadAsync()) if (token.Id is int id) ids.Add(id);
        IsIdle(model);
        return [.. ids];
    }
}

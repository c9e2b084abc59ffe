using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juxta.WorkbenchTests.Generation;

public sealed class GenerationsTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ScriptedEngine _engine = new();
    Store _store;
    Generations _generations;

    public GenerationsTests()
    {
        _store = Store.Open(_folder.File("juxta.db"));
        _generations = Open(_store);
    }

    public async ValueTask DisposeAsync()
    {
        await _generations.CloseAsync();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_followers_see_identical_steps_and_a_late_one_gets_everything()
    {
        Guid id = await Start();
        Task<List<GenerationStep>> first = Read(id);
        _engine.Say(10, "Once");
        Task<List<GenerationStep>> second = Read(id);
        _engine.Say(11, " upon");
        _engine.End(Outcome.Eos(2));

        List<GenerationStep> steps = await first;
        Assert.Equal(steps, await second);
        Assert.Equal(["Once", " upon", ""], steps.Select(step => step.Token.Text));
        Assert.Equal([0, 1, 2], steps.Select(step => step.Index));
        Assert.Equal(Outcome.Eos(2), steps[^1].Token.Outcome);
        Assert.Equal(steps.Skip(1), await Read(id, fromStep: 1));
        await Saved(id);
        Assert.Equal(steps.Select(Written), (await Read(id)).Select(Written));
        Assert.Equal(steps.Skip(2).Select(Written), (await Read(id, fromStep: 2)).Select(Written));
        Assert.Empty(await Read(id, fromStep: 3));
    }

    [Fact]
    public async Task A_follower_that_leaves_does_not_stop_the_answer()
    {
        Guid id = await Start();
        using var leave = new CancellationTokenSource();
        Task<List<GenerationStep>> reading = Read(id, cancel: leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.False(_engine.Cancelled);
        _engine.Say(10, "on");
        _engine.End(Outcome.Length);
        Assert.Equal("on", string.Concat((await Read(id)).Select(step => step.Token.Text)));
    }

    [Fact]
    public async Task An_api_client_that_leaves_cancels_its_answer()
    {
        using var leave = new CancellationTokenSource();
        Guid id = await _generations.StartAsync(ScriptedEngine.Value, _engine.Stream, null, leave.Token);
        _engine.Say(10, "half");
        await leave.CancelAsync();
        Assert.Equal(Outcome.Cancelled, (await Read(id))[^1].Token.Outcome);
        Assert.True(_engine.Cancelled);
    }

    [Fact]
    public async Task Cancel_ends_a_running_answer_and_says_so_for_an_ended_one()
    {
        Guid id = await Start();
        _engine.Say(10, "half");
        Assert.True(_generations.Cancel(id));
        Assert.Equal(Outcome.Cancelled, (await Read(id))[^1].Token.Outcome);
        Assert.False(_generations.Cancel(id));
        Assert.False(_generations.Cancel(Guid.NewGuid()));
        Assert.Equal("half", (await _generations.GetAsync(id)).Text);
    }

    [Fact]
    public async Task Value_and_result_survive_a_restart_in_every_detail()
    {
        Guid id = await Start();
        _engine.Say(new GeneratedToken { Id = 10, Text = "日\u0301", LogProb = -0.1f, Top = [new(10, -0.1f), new(4, float.NegativeInfinity)] });
        _engine.Say(new GeneratedToken { Id = 11, LogProb = -1e-7f });
        _engine.Say(new GeneratedToken { Id = 2, Text = "🙂", Outcome = Outcome.Stop(":\nUser") });
        GenerationRecord before = await Ended(id);
        await Saved(id);
        await Restart();

        GenerationRecord after = await _generations.GetAsync(id);
        Assert.Equal(StoredJson.Write(before.Value), StoredJson.Write(after.Value));
        Assert.Equal(ulong.MaxValue, after.Value.Spec.Request.Seed);
        Assert.Equal(-100, after.Value.Spec.Request.Sampling.LogitBias[5]);
        Assert.Equal(["\nUser", "日本"], after.Value.Spec.Request.Stop.Strings);
        Assert.Equal(before.Steps.Select(Written), after.Steps.Select(Written));
        Assert.Equal(float.NegativeInfinity, after.Steps[0].Token.Top[1].LogProb);
        Assert.Equal("日\u0301🙂", after.Text);
        Assert.Equal([10, 11, 2], after.Ids);
        Assert.Equal(Outcome.Stop(":\nUser"), after.Outcome);
        Assert.Equal(before.Usage, after.Usage);
        Assert.Equal(before.Created, after.Created);
    }

    [Fact]
    public async Task What_a_dead_process_left_running_is_cancelled_with_the_text_it_had()
    {
        Guid id = await Start();
        for (int i = 0; i < StepWriter.Batch + 3; i++) _engine.Say(i, "x");
        await Until(async () => await StoredSteps(id) >= StepWriter.Batch);

        // Another process opens the file while this one has not ended the answer: as after kill -9.
        using Store other = Store.Open(_folder.File("juxta.db"), GenerationArchive.EndAbandoned);
        GenerationRecord record = await Open(other).GetAsync(id);
        Assert.Equal(GenerationArchive.ServerStopped, record.Outcome);
        Assert.Equal("cancelled:server stopped", record.Outcome!.ToString());
        Assert.True(record.Text.Length >= StepWriter.Batch);
        Assert.Equal(Enumerable.Range(0, record.Steps.Count), record.Steps.Select(step => step.Index));
        Assert.False(record.Running);
        // The first one cannot go on with it now; nothing is lost by that, as it says so.
        await other.WriteAsync(db => db.Steps.Where(row => row.GenerationId == id && row.Start == record.Steps.Count - 1).ExecuteDeleteAsync());
    }

    [Fact]
    public async Task Steps_are_on_disk_within_a_second_although_few()
    {
        Guid id = await Start();
        _engine.Say(10, "one");
        await Until(async () => await StoredSteps(id) == 1, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_store_that_refuses_loses_no_token_and_is_asked_again()
    {
        var announced = new List<Guid>();
        _generations.Changed += id =>
        {
            lock (announced) announced.Add(id);
        };
        Guid id = await Start();
        await Execute("ALTER TABLE Steps RENAME TO Away");
        _engine.Say(10, "kept");
        await Until(() => Task.FromResult(_generations.StoreError is not null));
        Assert.StartsWith("answers cannot be saved: ", _generations.StoreError);
        _engine.Say(11, " all");
        _engine.End(Outcome.Eos(2));
        GenerationRecord shown = await Ended(id);
        Assert.Equal("kept all", shown.Text);
        Assert.NotNull(shown.StoreError);
        lock (announced) Assert.True(announced.Count >= 2);

        await Execute("ALTER TABLE Away RENAME TO Steps");
        await Saved(id);
        Assert.Null(_generations.StoreError);
        await Restart();
        Assert.Equal("kept all", (await _generations.GetAsync(id)).Text);
    }

    [Fact]
    public async Task An_engine_that_fails_ends_the_answer_with_the_error()
    {
        Guid id = await Start();
        _engine.Say(10, "half");
        _engine.Fail(new InvalidOperationException("the sky fell"));
        Assert.Equal(Outcome.Error("the sky fell"), (await Read(id))[^1].Token.Outcome);
    }

    [Fact]
    public async Task A_request_that_cannot_be_stored_is_taken_back()
    {
        await Execute("ALTER TABLE Generations RENAME TO Away");
        await Assert.ThrowsAsync<DbUpdateException>(Start);
        Assert.True(_engine.Cancelled);
        await Execute("ALTER TABLE Away RENAME TO Generations");
    }

    [Fact]
    public async Task Many_answers_at_once_are_all_saved()
    {
        (Guid Id, ScriptedEngine Engine)[] all = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            var engine = new ScriptedEngine();
            return (await _generations.StartAsync(ScriptedEngine.Value, engine.Stream, null), engine);
        }));
        await Parallel.ForEachAsync(all, async (one, _) =>
        {
            for (int i = 0; i < 200; i++)
            {
                one.Engine.Say(i, $"{i},");
                if (i % 50 == 0) await Task.Yield();
            }
            one.Engine.End(Outcome.Length);
        });
        foreach ((Guid id, _) in all) await Saved(id);
        await Restart();
        string expected = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},"));
        foreach ((Guid id, _) in all) Assert.Equal(expected, (await _generations.GetAsync(id)).Text);
    }

    [Fact]
    public async Task Nobody_finds_what_is_not_there()
    {
        Guid id = Guid.NewGuid();
        var error = await Assert.ThrowsAsync<NotFoundException>(() => _generations.GetAsync(id));
        Assert.Contains(id.ToString(), error.Message);
        await Assert.ThrowsAsync<NotFoundException>(() => Read(id));
    }

    Task<Guid> Start() => _generations.StartAsync(ScriptedEngine.Value, _engine.Stream, null);

    async Task<List<GenerationStep>> Read(Guid id, int fromStep = 0, CancellationToken cancel = default)
    {
        List<GenerationStep> steps = [];
        await foreach (GenerationStep step in _generations.FollowAsync(id, fromStep, cancel)) steps.Add(step);
        return steps;
    }

    async Task<GenerationRecord> Ended(Guid id)
    {
        await Read(id);
        return await _generations.GetAsync(id);
    }

    Task Saved(Guid id) => Until(() => Task.FromResult(_generations.FindLive(id) is null));

    Task<int> StoredSteps(Guid id) => _store.ReadAsync(async db =>
        (await db.Steps.Where(row => row.GenerationId == id).ToListAsync()).Sum(row => StoredJson.ReadSteps(row.Steps, row.Start).Count()));

    Task Execute(string sql) => _store.WriteAsync(async db => await db.Database.ExecuteSqlRawAsync(sql));

    async Task Restart()
    {
        await _generations.CloseAsync();
        _store.Dispose();
        _store = Store.Open(_folder.File("juxta.db"), GenerationArchive.EndAbandoned);
        _generations = Open(_store);
    }

    static Generations Open(Store store) => new(new ModelShelf(new WorkbenchOptions()), store, TimeProvider.System, NullLogger<Generations>.Instance);

    static string Written(GenerationStep step) => $"{step.Index} {StoredJson.WriteSteps([step])}";

    static async Task Until(Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(10));
        while (!await condition()) await Task.Delay(10, patience.Token);
    }
}

using System.Runtime.CompilerServices;
using Juxta.Engine;
using Juxta.Workbench.Models;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Juxta.Workbench.Generation;

/// <summary>
/// All generations of this instance. A generation belongs to the server: it runs to its end although nobody reads it, and any number of
/// readers follow it from any step, while it runs and afterwards. Its value and its steps are kept on disk (design D4, D5).
/// </summary>
public sealed class Generations
{
    readonly ModelShelf _shelf;
    readonly Store _store;
    readonly TimeProvider _time;
    readonly StepWriter _writer;

    internal Generations(ModelShelf shelf, Store store, TimeProvider time, ILogger<Generations> log)
    {
        _shelf = shelf;
        _store = store;
        _time = time;
        _writer = new StepWriter(store, time, log, id => Changed?.Invoke(id));
    }

    /// <summary>A generation began, ended, could not be saved or was saved after all. Raised on any thread.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Why the store does not take new steps at present; null when it does. Nothing is lost while the process lives: it goes on trying.</summary>
    public string? StoreError => _writer.Error;

    /// <summary>Generations that run, or that ended and are not saved yet.</summary>
    public int LiveCount => _writer.Live.Count();

    /// <summary>Starts a generation; its value is on disk when this returns. Opens the model and loads its adapters where that is still to be done.</summary>
    /// <param name="spec">What to generate.</param>
    /// <param name="lifetime">
    /// For API clients: cancelling it cancels the generation, which frees its place within one step. The default never does: a person's answer
    /// goes on when the tab is gone.
    /// </param>
    /// <exception cref="NotFoundException">No model or adapter has that name.</exception>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="RequestException">A parameter is out of range, or the prompt is longer than the context.</exception>
    public Task<Guid> StartAsync(GenerationSpec spec, CancellationToken lifetime = default) => StartAsync(spec, also: null, lifetime);

    /// <summary>The steps from <paramref name="fromStep"/> on: those that are there at once, the others as they come, the last with the outcome.</summary>
    /// <param name="id">The generation.</param>
    /// <param name="fromStep">Index of the first step wanted.</param>
    /// <param name="cancel">Stops following, not the generation.</param>
    /// <exception cref="NotFoundException">There is no such generation.</exception>
    public async IAsyncEnumerable<GenerationStep> FollowAsync(Guid id, int fromStep = 0, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromStep);
        if (_writer.Find(id) is { } live)
        {
            await foreach (GenerationStep step in live.FollowAsync(fromStep, cancel)) yield return step;
            yield break;
        }
        foreach (GenerationStep step in (await GetAsync(id, cancel)).Steps.Skip(fromStep)) yield return step;
    }

    /// <summary>The generation as it is now.</summary>
    /// <exception cref="NotFoundException">There is no such generation.</exception>
    public async Task<GenerationRecord> GetAsync(Guid id, CancellationToken cancel = default) =>
        FindLive(id)
        ?? await _store.ReadAsync(db => GenerationArchive.FindAsync(db, id, cancel), cancel)
        ?? throw new NotFoundException($"there is no generation {id}");

    /// <summary>Ends a running generation with the outcome <c>cancelled</c>. False when it does not run (any more).</summary>
    public bool Cancel(Guid id)
    {
        if (_writer.Find(id) is not { Ended: false } live) return false;
        live.Cancel();
        return true;
    }

    /// <summary>Runs the stored value again, beside the stored answer, and compares the ids.</summary>
    /// <exception cref="NotFoundException">There is no such generation, or its model is not on the shelf.</exception>
    /// <exception cref="WorkbenchException">Another server made it.</exception>
    public async Task<ReplayResult> ReplayAsync(Guid id, CancellationToken cancel = default)
    {
        GenerationRecord stored = await GetAsync(id, cancel);
        GenerationSpec spec = stored.Value.Spec;
        if (spec.Remote is not null) throw new WorkbenchException($"{spec.Model} runs on another server, whose weights nobody here knows; its answers cannot be replayed, only asked for again");
        OpenModel model = await _shelf.OpenAsync(new ModelChoice(spec.Model, spec.Request.Adapters), cancel);
        return await Replay.RunAsync(stored, Value(spec, model), TokenStream.Of(model.Submit(spec.Request)), cancel);
    }

    /// <summary>Ends everything that runs, as when the program is about to stop.</summary>
    internal void CancelAll()
    {
        foreach (LiveGeneration live in _writer.Live) live.Cancel();
    }

    /// <summary>Cancels what runs and waits until it is saved.</summary>
    internal async ValueTask CloseAsync()
    {
        CancelAll();
        foreach (LiveGeneration live in _writer.Live)
            await foreach (GenerationStep _ in live.FollowAsync(live.Count, default)) { }
        await _writer.CloseAsync();
    }

    internal GenerationRecord? FindLive(Guid id) => _writer.Find(id)?.Record(_writer.Error);

    /// <param name="also">Further rows of the transaction that stores the value; may refuse by throwing.</param>
    internal async Task<Guid> StartAsync(GenerationSpec spec, Func<JuxtaDb, Guid, Task>? also, CancellationToken lifetime = default)
    {
        if (spec.Remote is not null)
        {
            (RemoteModel remote, IChatClient client) = _shelf.RequireRemote(spec.Model);
            return await StartAsync(new GenerationValue(spec, remote.Identity, [], EngineVersion.Current), () => RemoteAnswer.Begin(client, spec, _time), also, lifetime);
        }
        OpenModel model = await _shelf.OpenAsync(new ModelChoice(spec.Model, spec.Request.Adapters), lifetime);
        return await StartAsync(Value(spec, model), () => TokenStream.Of(model.Submit(spec.Request)), also, lifetime);
    }

    /// <summary>Submits first: a request that is refused leaves no trace, and one that cannot be stored is taken back.</summary>
    internal async Task<Guid> StartAsync(GenerationValue value, Func<TokenStream> submit, Func<JuxtaDb, Guid, Task>? also, CancellationToken lifetime = default)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Guid id = Guid.CreateVersion7(now);
        var live = new LiveGeneration(id, value, now, _time, submit());
        // The engine is at work already, so the steps are read (and timed) while the value is being written.
        Task answer = AnswerAsync(live, lifetime);
        try
        {
            await _store.WriteAsync(
                async db =>
                {
                    db.Generations.Add(new GenerationRow { Id = id, Created = now, Value = value });
                    if (also is not null) await also(db, id);
                    // Before the commit: whoever then reads the row finds the live answer too. The writer waits for this write to end.
                    _writer.Add(live);
                });
        }
        catch
        {
            _writer.Forget(id);
            live.Cancel();
            throw;
        }
        Changed?.Invoke(id);
        _ = answer.ContinueWith(_ => Changed?.Invoke(id), TaskScheduler.Default);
        return id;
    }

    /// <summary>Deletes generations, cancelling those that run.</summary>
    /// <param name="before">Deletes what refers to them, in the same transaction.</param>
    internal Task DeleteAsync(Func<JuxtaDb, Task<IReadOnlyCollection<Guid>>> before)
    {
        IReadOnlyCollection<Guid> ids = [];
        return _store.WriteAsync(
            async db =>
            {
                ids = await before(db);
                await db.Generations.Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync();
            },
            committed: () =>
            {
                foreach (Guid id in ids)
                {
                    Cancel(id);
                    _writer.Forget(id);
                }
            });
    }

    async Task AnswerAsync(LiveGeneration live, CancellationToken lifetime)
    {
        await using (lifetime.UnsafeRegister(_ => live.Cancel(), null))
            await live.PumpAsync(grown: () => _writer.Grown(live));
    }

    GenerationValue Value(GenerationSpec spec, OpenModel model) => new(
        spec, model.Model.WeightsHash, [.. spec.Request.Adapters.Select(use => _shelf.AdapterHash(spec.Model, use.Name))], EngineVersion.Current);
}

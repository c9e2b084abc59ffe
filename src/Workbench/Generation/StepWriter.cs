using System.Collections.Concurrent;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juxta.Workbench.Generation;

/// <summary>
/// Saves the new steps of all live generations, together in one transaction: every half second, and as soon as one has <see cref="Batch"/>
/// unsaved steps or ended. A store that refuses is asked again; until then the steps stay in memory and readers see them as ever.
/// </summary>
internal sealed class StepWriter
{
    /// <summary>Unsaved steps of one generation that are not left to wait for the clock.</summary>
    public const int Batch = 32;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <summary>How often a store that refuses is asked again before the steps are given up when the program ends.</summary>
    const int LastAttempts = 5;

    readonly Store _store;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Action<Guid> _changed;
    readonly ConcurrentDictionary<Guid, LiveGeneration> _live = new();
    readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _loop;
    volatile TaskCompletionSource _due = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="changed">Called for generations whose being saved, or not, is news.</param>
    public StepWriter(Store store, TimeProvider time, ILogger log, Action<Guid> changed)
    {
        _store = store;
        _time = time;
        _log = log;
        _changed = changed;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Why the last attempt to save failed.</summary>
    public string? Error { get; private set; }

    public IEnumerable<LiveGeneration> Live => _live.Values;

    /// <summary>From here on its steps are saved. To be called while writing its row to the store.</summary>
    public void Add(LiveGeneration generation) => _live[generation.Id] = generation;

    public LiveGeneration? Find(Guid id) => _live.GetValueOrDefault(id);

    /// <summary>Its row is gone or never came: save no more of it.</summary>
    public void Forget(Guid id) => _live.TryRemove(id, out _);

    /// <summary>Looks whether a generation's new steps should be saved now.</summary>
    public void Grown(LiveGeneration generation)
    {
        if (generation.Ended || generation.Count - generation.Saved >= Batch) _due.TrySetResult();
    }

    /// <summary>Saves what is there, and tries a few times when the store refuses.</summary>
    public async ValueTask CloseAsync()
    {
        _closing.TrySetResult();
        await _loop;
        for (int attempt = 1; !await SaveAsync(); attempt++)
        {
            if (attempt == LastAttempts)
            {
                _log.LogError("Lost the newest steps of {Count} generations: {Error}", _live.Count, Error);
                break;
            }
            await Task.Delay(Interval, _time);
        }
    }

    async Task LoopAsync()
    {
        while (!_closing.Task.IsCompleted)
        {
            await Task.WhenAny(_due.Task, Task.Delay(Interval, _time), _closing.Task);
            // Before saving: what grows while it is being saved must be able to ask again.
            _due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            // A store that refused is asked by the clock only: a full disk is no emptier when asked more often.
            if (!await SaveAsync()) await Task.WhenAny(Task.Delay(Interval, _time), _closing.Task);
        }
    }

    /// <summary>False when the store refuses.</summary>
    async Task<bool> SaveAsync()
    {
        if (_live.Values.All(generation => generation.Saved == generation.Count)) return true;
        var saved = new List<(LiveGeneration Generation, int Count, bool Ended)>();
        try
        {
            await _store.WriteAsync(
                async db =>
                {
                    foreach (LiveGeneration generation in _live.Values)
                    {
                        IReadOnlyList<GenerationStep> steps = generation.StepsFrom(generation.Saved);
                        if (steps.Count == 0) continue;
                        db.Steps.Add(new StepsRow { GenerationId = generation.Id, Start = generation.Saved, Steps = StoredJson.WriteSteps(steps) });
                        bool ended = steps[^1].Token.Outcome is not null;
                        if (ended) (await db.Generations.SingleAsync(row => row.Id == generation.Id)).End(generation.Record(null));
                        saved.Add((generation, generation.Saved + steps.Count, ended));
                    }
                },
                committed: () =>
                {
                    foreach ((LiveGeneration generation, int count, bool ended) in saved)
                    {
                        generation.Saved = count;
                        if (ended) _live.TryRemove(generation.Id, out _);
                    }
                });
        }
        catch (Exception e)
        {
            bool news = Error is null;
            Error = $"answers cannot be saved: {(e is DbUpdateException { InnerException: { } inner } ? inner.Message : e.Message)}";
            if (!news) return false;
            _log.LogError(e, "Answers cannot be saved; they stay in memory and saving is tried again");
            foreach ((LiveGeneration generation, _, _) in saved) _changed(generation.Id);
            return false;
        }
        if (Error is not null)
        {
            Error = null;
            _log.LogInformation("Answers are saved again");
            foreach ((LiveGeneration generation, _, _) in saved) _changed(generation.Id);
        }
        return true;
    }
}

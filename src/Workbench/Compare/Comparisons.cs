using System.Collections.Concurrent;
using System.Security.Cryptography;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Compare;

/// <summary>
/// One prompt to several models or adapters at once. A comparison belongs to the server like every generation: it begins and runs on although nobody
/// looks, and its id is all that a page needs to show it again.
/// </summary>
public sealed class Comparisons
{
    /// <summary>More columns than this nobody reads side by side.</summary>
    public const int MostContestants = 8;

    readonly ModelShelf _shelf;
    readonly Generations _generations;
    readonly Store _store;
    readonly TimeProvider _time;
    readonly AnswerSpecs _specs;
    readonly ConcurrentDictionary<Guid, Beginning> _beginning = new();

    internal Comparisons(ModelShelf shelf, Generations generations, Store store, TimeProvider time)
    {
        _shelf = shelf;
        _generations = generations;
        _store = store;
        _time = time;
        _specs = new AnswerSpecs(shelf, time);
    }

    /// <summary>A comparison was made or deleted, or its answers began; read it again. Raised on any thread.</summary>
    public event Action<Guid>? Changed;

    /// <summary>The newest comparisons, newest first.</summary>
    public Task<IReadOnlyList<ComparisonSummary>> ListAsync(int most = 100, CancellationToken cancel = default) =>
        _store.ReadAsync<IReadOnlyList<ComparisonSummary>>(
            async db => await db.Comparisons.Where(row => !row.Unlisted).OrderByDescending(row => row.Created).ThenByDescending(row => row.Id).Take(most)
                .Select(row => new ComparisonSummary(row.Id, row.Prompt, row.Created)).ToListAsync(cancel),
            cancel);

    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public async Task<Comparison> GetAsync(Guid id, CancellationToken cancel = default)
    {
        // Asked before the rows are read: what begins in between is announced, and read again.
        bool beginning = _beginning.ContainsKey(id);
        Comparison stored = await _store.ReadAsync(
            async db =>
            {
                ComparisonRow row = await db.Comparisons.SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw NotFound(id);
                List<ContestantRow> contestants = await db.Contestants.Where(contestant => contestant.ComparisonId == id).OrderBy(contestant => contestant.Place).ToListAsync(cancel);
                Guid?[] begun = [.. contestants.Select(contestant => contestant.GenerationId)];
                Dictionary<Guid, GenerationSpec> specs = await db.Generations.Where(generation => begun.Contains(generation.Id))
                    .ToDictionaryAsync(generation => generation.Id, generation => generation.Value.Spec, cancel);
                return new Comparison(id, row.Created, row.Prompt, row.Settings, [.. contestants.Select(contestant => Read(contestant, specs))]);
            },
            cancel);
        if (beginning) return stored;
        return stored with { Contestants = [.. stored.Contestants.Select(contestant => contestant.Waiting ? contestant with { Error = "the server stopped before this answer began" } : contestant)] };
    }

    /// <summary>
    /// Stores what is to be compared and returns; the models are then opened, and all answers begin together, so that those over one base run in one
    /// batch. All have the same prompt, sampling settings and seed: where the settings leave the sampling to the checkpoint, the first contestant's
    /// advice (the first's of this machine) holds for all. A contestant that cannot answer says why in its own <see cref="Contestant.Error"/>.
    /// </summary>
    /// <exception cref="RequestException">The prompt is empty, or there are fewer than two contestants or more than <see cref="MostContestants"/>.</exception>
    public Task<Guid> StartAsync(string prompt, ConversationSettings settings, IReadOnlyList<ModelChoice> contestants) => StartAsync(prompt, settings, contestants, [], null);

    /// <param name="earlier">What was said before the prompt, without a system message.</param>
    /// <param name="unlisted">Not null: it is shown blind and stands in no list; this is written with it.</param>
    internal async Task<Guid> StartAsync(string prompt, ConversationSettings settings, IReadOnlyList<ModelChoice> contestants, IReadOnlyList<PromptMessage> earlier, Func<JuxtaDb, Guid, Task>? unlisted)
    {
        if (string.IsNullOrWhiteSpace(prompt)) throw new RequestException("there is nothing to ask: the prompt is empty", "prompt");
        if (contestants.Count is < 2 or > MostContestants)
            throw new RequestException($"{contestants.Count} columns cannot be compared; give 2 to {MostContestants}", "columns");
        DateTimeOffset now = _time.GetUtcNow();
        Guid id = Guid.CreateVersion7(now);
        var beginning = new Beginning();
        _beginning[id] = beginning;
        try
        {
            await _store.WriteAsync(async db =>
            {
                db.Comparisons.Add(new ComparisonRow { Id = id, Created = now, Prompt = prompt, Settings = settings, Unlisted = unlisted is not null });
                db.Contestants.AddRange(contestants.Select((choice, place) => new ContestantRow { ComparisonId = id, Place = place, Choice = choice }));
                if (unlisted is not null) await unlisted(db, id);
            });
        }
        catch
        {
            _beginning.TryRemove(id, out _);
            throw;
        }
        Changed?.Invoke(id);
        beginning.Done = Task.Run(() => BeginAsync(id, [.. earlier, new PromptMessage(Roles.User, prompt)], settings, contestants, beginning.Stop.Token));
        return id;
    }

    /// <summary>Stops all answers, also those that have not begun; what is written stays.</summary>
    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public async Task StopAsync(Guid id)
    {
        if (_beginning.TryGetValue(id, out Beginning? beginning)) await beginning.Stop.CancelAsync();
        foreach (Contestant contestant in (await GetAsync(id)).Contestants)
            if (contestant.GenerationId is Guid generation) _generations.Cancel(generation);
    }

    /// <summary>Deletes it with its answers; running ones are cancelled.</summary>
    public async Task DeleteAsync(Guid id)
    {
        if (_beginning.TryGetValue(id, out Beginning? beginning)) await beginning.Stop.CancelAsync();
        await _generations.DeleteAsync(async db =>
        {
            Guid[] generations = await db.Contestants.Where(row => row.ComparisonId == id && row.GenerationId != null).Select(row => row.GenerationId!.Value).ToArrayAsync();
            await db.Comparisons.Where(row => row.Id == id).ExecuteDeleteAsync();
            return generations;
        });
        Changed?.Invoke(id);
    }

    /// <summary>Begins nothing more and waits for what is just beginning.</summary>
    internal async ValueTask CloseAsync()
    {
        foreach (Beginning beginning in _beginning.Values)
        {
            await beginning.Stop.CancelAsync();
            await beginning.Done;
        }
    }

    async Task BeginAsync(Guid id, IReadOnlyList<PromptMessage> turns, ConversationSettings settings, IReadOnlyList<ModelChoice> contestants, CancellationToken stop)
    {
        var errors = new string?[contestants.Count];
        try
        {
            OpenModel?[] models = await Task.WhenAll(contestants.Select((choice, place) => _shelf.Remote(choice.Model) is not null
                ? Task.FromResult<OpenModel?>(null)
                : TryAsync(() => _shelf.OpenAsync(choice, stop), error => errors[place] = error)));
            SamplingOptions? advised = models.FirstOrDefault(model => model is not null)?.Model.GenerationDefaults;
            ConversationSettings same = settings with
            {
                Sampling = settings.Sampling ?? advised,
                Seed = settings.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            };
            var specs = new GenerationSpec?[contestants.Count];
            for (int place = 0; place < specs.Length; place++)
            {
                if (errors[place] is not null) continue;
                ConversationSettings own = same with { Model = contestants[place].Model, Adapters = contestants[place].Adapters };
                specs[place] = await TryAsync(() => _specs.NewAsync(own, turns, beginning: null), error => errors[place] = error);
            }
            // Every one submits before it first waits: the engine meets them at the same step.
            await Task.WhenAll(specs.Select((spec, place) => spec is null ? Task.CompletedTask : TryAsync(
                () => _generations.StartAsync(spec, async (db, generation) => (await RowAsync(db, id, place)).GenerationId = generation, stop), error => errors[place] = error)));
            if (errors.Any(error => error is not null))
            {
                await TryAsync(
                    async () =>
                    {
                        await _store.WriteAsync(async db =>
                        {
                            for (int place = 0; place < errors.Length; place++)
                                if (errors[place] is { } error) (await RowAsync(db, id, place)).Error = error;
                        });
                        return true;
                    },
                    _ => { });
            }
        }
        finally
        {
            _beginning.TryRemove(id, out _);
            Changed?.Invoke(id);
        }
    }

    /// <summary>Nobody waits for this work: whatever goes wrong is told in the column it concerns.</summary>
    static async Task<T?> TryAsync<T>(Func<Task<T>> work, Action<string> failed)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException)
        {
            failed("stopped before it began");
        }
        catch (Exception e)
        {
            failed(e.Message);
        }
        return default;
    }

    static Contestant Read(ContestantRow row, Dictionary<Guid, GenerationSpec> specs)
    {
        var contestant = new Contestant(row.Choice, row.GenerationId, row.Error);
        return row.GenerationId is Guid generation && specs.TryGetValue(generation, out GenerationSpec? spec)
            ? contestant with { PromptTokens = spec.Request.PromptIds.Count, Warnings = spec.Warnings, OpensThought = spec.OpensThought }
            : contestant;
    }

    static async Task<ContestantRow> RowAsync(JuxtaDb db, Guid id, int place) =>
        await db.Contestants.SingleOrDefaultAsync(row => row.ComparisonId == id && row.Place == place) ?? throw NotFound(id);

    static NotFoundException NotFound(Guid id) => new($"there is no comparison {id}; it may have been deleted");

    /// <summary>A comparison whose answers have not all begun.</summary>
    sealed class Beginning
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task Done { get; set; } = Task.CompletedTask;
    }
}

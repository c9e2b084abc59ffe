using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Web.Chat;
using Juxta.Web.Chat.Messages;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;

namespace Juxta.Web.Compare;

/// <summary>
/// What one open Compare page shows: the columns with their answers, the settings that all share, the reference, the earlier comparisons, a notice.
/// Like the Chat page's session its state is replaced, never edited, under one gate.
/// </summary>
public sealed class CompareSession : IAnswerSettings, IAsyncDisposable
{
    public const int FewestColumns = 2;

    readonly ModelShelf _shelf;
    readonly Comparisons _comparisons;
    readonly Generations _generations;
    readonly TimeProvider _time;
    readonly SemaphoreSlim _gate = new(1);
    int _keys;
    volatile bool _left;

    public CompareSession(ModelShelf shelf, Comparisons comparisons, Generations generations, TimeProvider time)
    {
        (_shelf, _comparisons, _generations, _time) = (shelf, comparisons, generations, time);
        _comparisons.Changed += OnComparisonChanged;
        _shelf.Changed += Announce;
    }

    /// <summary>Something besides the text of the answers changed. Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<ComparisonSummary> List { get; private set; } = [];

    public IReadOnlyList<ModelEntry> Models => _shelf.Offered;

    /// <summary>The comparison on show; null before the first.</summary>
    public Comparison? Current { get; private set; }

    public IReadOnlyList<Column> Columns { get; private set; } = [];

    public ConversationSettings Settings { get; private set; } = new();

    public AnswerView View { get; private set; }

    public Notice? Notice { get; private set; }

    /// <summary>The column that the others are measured by.</summary>
    public Column? Reference => Columns.FirstOrDefault(column => column.Key == _reference) ?? (Columns.Count > 0 ? Columns[0] : null);

    int? _reference;

    /// <summary>The first column's: its advice holds for all.</summary>
    public ModelEntry? Model => Columns.Count > 0 ? Models.FirstOrDefault(model => model.Id == Columns[0].Choice.Model) : null;

    public bool Running => Columns.Any(column => column.Running);

    /// <summary>Another server wrote the column's answer, so it has no token ids.</summary>
    internal static bool Elsewhere(Column column) => column.Contestant is { PromptTokens: 0, GenerationId: not null };

    public LanguageModel? Opened(string? model) => Models.FirstOrDefault(entry => entry.Id == model)?.Open?.Model;

    /// <summary>Shows a comparison, or columns to begin one with. An id that is no longer there is a notice.</summary>
    public Task OpenAsync(Guid? id) => ChangeAsync(async () =>
    {
        if (id == Current?.Id && Columns.Count > 0) return;
        List = await _comparisons.ListAsync();
        if (id is Guid wanted && Current?.Id != wanted) Show(await _comparisons.GetAsync(wanted));
        else if (id is null) Clear();
    }, always: () =>
    {
        if (Columns.Count == 0) Clear();
    });

    /// <summary>Puts the prompt to all columns. The comparison's id, or null when there is nothing to compare or it could not be begun.</summary>
    public async Task<Guid?> CompareAsync(string prompt)
    {
        if (string.IsNullOrWhiteSpace(prompt) || Running) return null;
        Guid? begun = null;
        await ChangeAsync(async () =>
        {
            begun = await _comparisons.StartAsync(prompt, Settings, [.. Columns.Select(column => column.Choice)]);
            Columns = [.. Columns.Select((column, place) => Without(column) with { Place = place })];
            await ReadAsync(begun.Value);
        });
        return begun;
    }

    /// <summary>Stops every answer.</summary>
    public Task StopAsync() => ChangeAsync(async () =>
    {
        if (Current is { } comparison) await _comparisons.StopAsync(comparison.Id);
    });

    public Task DeleteAsync(Guid id) => ChangeAsync(async () =>
    {
        await _comparisons.DeleteAsync(id);
        List = await _comparisons.ListAsync();
        if (Current?.Id == id) Forget();
    });

    /// <summary>One more column, with the last one's model and no adapter.</summary>
    public Task AddColumnAsync() => ChangeAsync(() =>
    {
        if (Columns.Count < Comparisons.MostContestants && (Columns is [.., { } last] ? last.Choice.Model : _shelf.FirstId) is { } model)
            Columns = [.. Columns, NewColumn(new ModelChoice(model, []))];
        return Task.CompletedTask;
    });

    public Task RemoveColumnAsync(int key) => ChangeAsync(() =>
    {
        if (Columns.Count <= FewestColumns) return Task.CompletedTask;
        foreach (Column removed in Columns.Where(column => column.Key == key)) Without(removed);
        Columns = [.. Columns.Where(column => column.Key != key)];
        return Task.CompletedTask;
    });

    /// <summary>Who answers in a column from the next comparison on.</summary>
    public Task ChooseAsync(int key, Func<ModelChoice, ModelChoice> change) => ChangeAsync(() =>
    {
        Columns = [.. Columns.Select(column => column.Key == key ? column with { Choice = change(column.Choice) } : column)];
        return Task.CompletedTask;
    });

    /// <summary>Makes a column the one that the others are measured by.</summary>
    public void MeasureBy(int key)
    {
        _reference = key;
        Announce();
    }

    public void Look(AnswerView view)
    {
        View = view;
        Announce();
    }

    public Task ChangeSettingsAsync(Func<ConversationSettings, ConversationSettings> change) => ChangeAsync(() =>
    {
        Settings = change(Settings);
        return Task.CompletedTask;
    });

    public void Dismiss()
    {
        Notice = null;
        Announce();
    }

    /// <summary>One change at a time; what goes wrong becomes a notice, and the page is told.</summary>
    async Task ChangeAsync(Func<Task> change, bool keepNotice = false, Action? always = null)
    {
        await _gate.WaitAsync();
        try
        {
            if (!keepNotice) Notice = null;
            await change();
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
        }
        finally
        {
            always?.Invoke();
            _gate.Release();
        }
        Announce();
    }

    async void OnComparisonChanged(Guid id)
    {
        await ChangeAsync(async () =>
        {
            if (_left) return;
            List = await _comparisons.ListAsync();
            if (Current?.Id != id) return;
            if (List.Any(comparison => comparison.Id == id)) await ReadAsync(id);
            else Forget();
        }, keepNotice: true);
    }

    /// <summary>Two columns over the first model: as it is, and with the first adapter that it has.</summary>
    void Clear()
    {
        Forget();
        if (Columns.Count > 0 || _shelf.FirstId is not { } first) return;
        IReadOnlyList<AdapterUse> adapter = _shelf.Model(first).Adapters is [{ } entry, ..] ? [new AdapterUse(entry.Name)] : [];
        Columns = [NewColumn(new ModelChoice(first, [])), NewColumn(new ModelChoice(first, adapter))];
    }

    /// <summary>Takes the answers away and keeps the columns.</summary>
    void Forget()
    {
        Current = null;
        Columns = [.. Columns.Select(Without)];
    }

    void Show(Comparison comparison)
    {
        Forget();
        (Current, Settings, _reference) = (comparison, comparison.Settings, null);
        Columns = [.. comparison.Contestants.Select((contestant, place) => NewColumn(contestant.Choice) with { Place = place })];
        Take(comparison);
    }

    async Task ReadAsync(Guid id)
    {
        List = await _comparisons.ListAsync();
        Take(Current = await _comparisons.GetAsync(id));
    }

    /// <summary>Follows the answers that have begun, from their beginnings.</summary>
    void Take(Comparison comparison)
    {
        Columns = [.. Columns.Select(column =>
        {
            if (column.Place is not int place) return column;
            Contestant contestant = comparison.Contestants[place];
            return column with { Contestant = contestant, Live = column.Live ?? Follow(contestant) };
        })];
    }

    LiveAnswer? Follow(Contestant contestant)
    {
        if (contestant.GenerationId is not Guid generation) return null;
        var live = new LiveAnswer(generation, generation, contestant.PromptTokens, contestant.OpensThought);
        _ = FollowAsync(live);
        return live;
    }

    async Task FollowAsync(LiveAnswer live)
    {
        try
        {
            await live.FollowAsync(_generations, _time);
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e) ?? Notice;
        }
        Announce();
    }

    Column NewColumn(ModelChoice choice) => new(++_keys, choice);

    static Column Without(Column column)
    {
        column.Live?.Dispose();
        return column with { Place = null, Contestant = null, Live = null };
    }

    void Announce()
    {
        if (!_left) Changed?.Invoke();
    }

    public async ValueTask DisposeAsync()
    {
        _left = true;
        _comparisons.Changed -= OnComparisonChanged;
        _shelf.Changed -= Announce;
        await _gate.WaitAsync();
        foreach (Column column in Columns) column.Live?.Dispose();
        _gate.Release();
    }
}

using Juxta.Web.Chat;
using Juxta.Workbench.Models;
using Juxta.Workbench.Runs;

namespace Juxta.Web.Runs;

/// <summary>What one open page of runs shows: the form, the evaluations of this server as they go, all runs with their scores, which are chosen to be compared, a notice.</summary>
public sealed class RunsSession : IDisposable
{
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(400);

    readonly RunLibrary _library;
    readonly Evaluations _evaluations;
    readonly TimeProvider _time;
    readonly SemaphoreSlim _gate = new(1);

    /// <summary>The evaluations when the folder was read last: what is another now has other runs.</summary>
    (string, RunStatus, int)[] _seen = [];
    int _waiting;
    volatile bool _left;

    public RunsSession(RunLibrary library, Evaluations evaluations, ModelShelf shelf, TimeProvider time)
    {
        (_library, _evaluations, _time) = (library, evaluations, time);
        Form = new RunForm(evaluations, shelf);
        _evaluations.Changed += OnJobChanged;
    }

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    public RunForm Form { get; }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<RunJob> Jobs { get; private set; } = [];

    /// <summary>The latest begun first; null until they are read.</summary>
    public IReadOnlyList<RunRow>? Rows { get; private set; }

    /// <summary>Names of the chosen runs, in the order in which they were chosen: the first is the baseline.</summary>
    public IReadOnlyList<string> Chosen { get; private set; } = [];

    public Notice? Notice { get; private set; }

    public string Folder => _library.Folder;

    /// <summary>Where the comparison of the chosen runs is; null while fewer than two are chosen.</summary>
    public string? Comparison => Chosen.Count >= 2 ? RunAddress.OfComparison(Chosen) : null;

    /// <summary>Why the chosen runs cannot be compared; null where nothing stands against it.</summary>
    public string? Unfit
    {
        get
        {
            RunRow[] rows = [.. (Rows ?? []).Where(row => Chosen.Contains(row.Name) && row.Manifest is not null)];
            return rows.Select(row => row.Manifest!.Set.Sha256).Distinct().Count() > 1 ? "These runs are not of the same samples: choose runs of one set and version." : null;
        }
    }

    public Task StartAsync() => TryAsync(() => Form.Start());

    /// <summary>Stops an evaluation; its answers are kept.</summary>
    public Task CancelAsync(string job) => TryAsync(() => _evaluations.Cancel(job));

    /// <summary>Goes on with one that was interrupted.</summary>
    public Task ResumeAsync(string job) => TryAsync(() => _evaluations.Resume(job));

    /// <summary>Deletes one with its answers.</summary>
    public Task DeleteAsync(string job) => TryAsync(() => _evaluations.DeleteAsync(job));

    /// <summary>Reads the folder of runs again, and then the scores that are not known yet.</summary>
    public async Task LookAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_left) return;
            Jobs = _evaluations.All;
            _seen = [.. Jobs.Select(Known)];
            RunRow[] rows = await Task.WhenAll(_library.Names.Select(name => RunRow.ReadAsync(_library, name)));
            Rows = [.. rows.Select(row => row with { Scores = Rows?.FirstOrDefault(known => known.Name == row.Name && known.Done == row.Done)?.Scores })];
            Chosen = [.. Chosen.Where(name => rows.Any(row => row.Name == name))];
            Announce();
            foreach (RunRow row in Rows.Where(row => row is { State: RunState.Complete or RunState.Interrupted, Scores: null, Done: > 0 }).ToArray())
            {
                if (_left) return;
                await ScoreAsync(row);
            }
        }
        catch (Exception error)
        {
            Notice = Notices.Of(error);
            Announce();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes a run into the choice, or out of it.</summary>
    public void Choose(string name)
    {
        Chosen = Chosen.Contains(name) ? [.. Chosen.Where(other => other != name)] : [.. Chosen, name];
        Announce();
    }

    public void Dismiss()
    {
        Notice = null;
        Announce();
    }

    async Task ScoreAsync(RunRow row)
    {
        RunRow scored;
        try
        {
            scored = row with { Scores = await _library.ScoresAsync(row.Name) };
        }
        catch (Exception error)
        {
            scored = row with { Error = error.Message };
        }
        Rows = [.. Rows!.Select(other => other.Name == row.Name ? scored : other)];
        Announce();
    }

    Task TryAsync(Action work) => TryAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    async Task TryAsync(Func<Task> work)
    {
        Notice = null;
        try
        {
            await work();
        }
        catch (Exception error)
        {
            Notice = Notices.Of(error);
        }
        Jobs = _evaluations.All;
        Announce();
    }

    /// <summary>Answers come fast: the page is drawn a few times a second, and the list is read anew when an evaluation begins or ends.</summary>
    async void OnJobChanged(string name)
    {
        if (_left || Interlocked.Exchange(ref _waiting, 1) == 1) return;
        await Task.Delay(Pace, _time);
        Volatile.Write(ref _waiting, 0);
        try
        {
            Jobs = _evaluations.All;
            Announce();
            if (!_seen.SequenceEqual(Jobs.Select(Known))) await LookAsync();
        }
        catch (Exception error)
        {
            Notice = Notices.Of(error) ?? Notice;
            Announce();
        }
    }

    static (string, RunStatus, int) Known(RunJob job) => (job.Name, job.Status, job.Runs.Count(run => run.Done > 0));

    void Announce()
    {
        if (!_left) Changed?.Invoke();
    }

    public void Dispose()
    {
        _left = true;
        _evaluations.Changed -= OnJobChanged;
    }
}

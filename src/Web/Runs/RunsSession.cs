using Juxta.Web.Chat;

namespace Juxta.Web.Runs;

/// <summary>What one open page of runs shows: the list with its scores, which are chosen to be compared, a notice.</summary>
public sealed class RunsSession(RunLibrary library) : IDisposable
{
    readonly SemaphoreSlim _gate = new(1);
    volatile bool _left;

    /// <summary>Read the properties again. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>The latest begun first; null until they are read.</summary>
    public IReadOnlyList<RunRow>? Rows { get; private set; }

    /// <summary>Names of the chosen runs, in the order in which they were chosen: the first is the baseline.</summary>
    public IReadOnlyList<string> Chosen { get; private set; } = [];

    public Notice? Notice { get; private set; }

    public string Folder => library.Folder;

    /// <summary>Where the comparison of the chosen runs is; null while fewer than two are chosen.</summary>
    public string? Comparison => Chosen.Count >= 2 ? RunAddress.OfComparison(Chosen) : null;

    /// <summary>Why the chosen runs cannot be compared; null where nothing stands against it.</summary>
    public string? Unfit
    {
        get
        {
            RunRow[] rows = [.. (Rows ?? []).Where(row => Chosen.Contains(row.Name) && row.Manifest is not null)];
            return rows.Select(row => row.Manifest!.Set.Sha256).Distinct().Count() > 1
                ? "These runs are not of the same samples: choose runs of one set and version."
                : null;
        }
    }

    /// <summary>Reads the list again, and then the scores that are not known yet.</summary>
    public async Task LookAsync()
    {
        await _gate.WaitAsync();
        try
        {
            RunRow[] rows = await Task.WhenAll(library.Names.Select(name => RunRow.ReadAsync(library, name)));
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
            scored = row with { Scores = await library.ScoresAsync(row.Name) };
        }
        catch (Exception error)
        {
            scored = row with { Error = error.Message };
        }
        Rows = [.. Rows!.Select(other => other.Name == row.Name ? scored : other)];
        Announce();
    }

    void Announce()
    {
        if (!_left) Changed?.Invoke();
    }

    public void Dispose()
    {
        _left = true;
        _gate.Dispose();
    }
}

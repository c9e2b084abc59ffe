using System.Collections.Concurrent;
using Juxta.Eval.Comparison;
using Juxta.Eval.Preferences;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Votes;

namespace Juxta.Workbench.Runs;

/// <summary>
/// The runs of this server: folders with a manifest below the data folder's <c>runs/</c>, whoever wrote them. What is read and worked out of them is kept until
/// one of their files changes, so that pages share it. Safe from any thread.
/// </summary>
/// <param name="folder">Holds the runs; may be absent.</param>
/// <param name="results">Where people's votes are; null = there are none.</param>
public sealed class RunLibrary(string folder, StudyResults? results = null)
{
    /// <summary>So many comparisons are kept.</summary>
    const int MostComparisons = 16;

    readonly ConcurrentDictionary<string, (string State, Task<RunRecord> Record)> _records = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, (string State, Task<RunScores> Scores)> _scores = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, (string State, Task<RunComparison> Comparison)> _comparisons = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, (string State, Task<Experiment> Experiment)> _experiments = new(StringComparer.Ordinal);

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Names of all runs: their places below <see cref="Folder"/> with <c>/</c>, the latest begun first.</summary>
    public IReadOnlyList<string> Names => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.EnumerateFiles(Folder, RunManifest.FileName, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true })
            .OrderByDescending(File.GetLastWriteTimeUtc).ThenBy(file => file, StringComparer.Ordinal)
            .Select(file => Path.GetRelativePath(Folder, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/')),
    ];

    /// <summary>The run's folder.</summary>
    /// <exception cref="NotFoundException">No run has that name.</exception>
    public string FolderOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = name.Split('/');
        bool inside = parts.All(part => part.Length > 0 && part.Trim('.').Length > 0 && part.IndexOfAny(['\\', '\0', ':']) < 0);
        string path = inside ? Path.Combine([Folder, .. parts]) : Folder;
        return inside && File.Exists(Path.Combine(path, RunManifest.FileName)) ? path
            : throw new NotFoundException($"there is no run '{name}' in {Folder}; the page Runs lists those there are");
    }

    /// <summary>The run as it is now.</summary>
    /// <exception cref="NotFoundException">No run has that name.</exception>
    /// <exception cref="SuiteException">A file of it is damaged.</exception>
    public Task<RunRecord> OpenAsync(string name)
    {
        string path = FolderOf(name);
        return Kept(_records, name, StateOf(path), () => RunRecord.Open(path));
    }

    /// <summary>The run's scores, with their intervals.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task<RunScores> ScoresAsync(string name)
    {
        string state = StateOf(FolderOf(name));
        RunRecord record = await OpenAsync(name);
        return await Kept(_scores, name, state, () => RunScores.Of(record));
    }

    /// <summary>Runs side by side, the baseline first.</summary>
    /// <exception cref="SuiteException">They cannot be paired, or a file is damaged.</exception>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task<RunComparison> CompareAsync(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string state = string.Join('\n', names.Select(name => StateOf(FolderOf(name))));
        RunRecord[] records = await Task.WhenAll(names.Select(OpenAsync));
        if (_comparisons.Count > MostComparisons) _comparisons.Clear();
        return await Kept(_comparisons, string.Join('\n', names), state, () => RunComparison.Of(records));
    }

    /// <summary>What a report on some runs is made of, the baseline first, with the votes of all studies on just these answers.</summary>
    /// <exception cref="SuiteException">There is no run, they cannot be paired, or a file is damaged.</exception>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task<Experiment> ExperimentAsync(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string state = string.Join('\n', names.Select(name => StateOf(FolderOf(name))));
        RunRecord[] records = await Task.WhenAll(names.Select(OpenAsync));
        IReadOnlyList<Vote> votes = results is null || names.Count < 2 ? [] : RunVotes.Of(records, await results.VotesAsync());
        if (_experiments.Count > MostComparisons) _experiments.Clear();
        return await Kept(_experiments, string.Join('\n', names), $"{state}\n{votes.Count} {(votes is [.., { } last] ? last.Id : "")}", () => Experiment.Of(records, votes));
    }

    /// <summary>What changes when an answer is added.</summary>
    static string StateOf(string path)
    {
        var answers = new FileInfo(Path.Combine(path, "answers.jsonl"));
        return FormattableString.Invariant($"{File.GetLastWriteTimeUtc(Path.Combine(path, RunManifest.FileName)).Ticks} {(answers.Exists ? answers.Length : 0)}");
    }

    /// <summary>Worked out once, off the page's thread, however many ask at the same time; a failure is not kept.</summary>
    static async Task<T> Kept<T>(ConcurrentDictionary<string, (string State, Task<T> Made)> kept, string key, string state, Func<T> make)
    {
        (_, Task<T> made) = kept.AddOrUpdate(key, _ => (state, Task.Run(make)), (_, known) => known.State == state && !known.Made.IsFaulted ? known : (state, Task.Run(make)));
        return await made;
    }
}

using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>A run as it lies on the disk, complete or still growing: what reports, comparisons and pages read. Immutable.</summary>
public sealed record RunRecord
{
    readonly SampleResult[][] _bySetting;

    internal RunRecord(string folder, RunManifest manifest, EvalSet set, Dictionary<(int Setting, string Sample), SampleResult> results)
    {
        (Folder, Manifest, Set) = (folder, manifest, set);
        _bySetting = [.. Enumerable.Range(0, set.Settings.Count).Select(setting => set.Samples.Select(sample => results.GetValueOrDefault((setting, sample.Id))).OfType<SampleResult>().ToArray())];
        Results = [.. _bySetting.SelectMany(some => some)];
    }

    public string Folder { get; }

    public RunManifest Manifest { get; }

    /// <summary>The run's own copy of the set, with the run's settings.</summary>
    public EvalSet Set { get; }

    /// <summary>The answers, setting by setting in the order of the samples; missing ones are absent.</summary>
    public IReadOnlyList<SampleResult> Results { get; }

    /// <summary>Answers there are when the run is complete.</summary>
    public int Total => Set.Settings.Count * Set.Samples.Count;

    /// <summary>Whether every sample is answered under every setting.</summary>
    public bool IsComplete => Results.Count == Total;

    /// <summary>The answers under one setting, in the order of the samples; missing ones are absent.</summary>
    public IReadOnlyList<SampleResult> Of(int setting) => _bySetting[setting];

    /// <summary>Reads a run; another process may be writing to it.</summary>
    /// <exception cref="SuiteException">The folder is no run, or a file of it is damaged: names file and line.</exception>
    public static RunRecord Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = Path.GetFullPath(folder);
        RunManifest manifest = RunManifest.Read(folder);
        EvalSet set = RunFolder.OpenSet(folder, manifest);
        return new RunRecord(folder, manifest, set, RunLog.ReadAll(folder, set));
    }
}

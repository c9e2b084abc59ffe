using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>
/// A run that is being written: <c>manifest.json</c>, a copy of its set in <c>set/</c>, and <c>answers.jsonl</c>. One process writes at a time; any number may
/// read (<see cref="RunRecord"/>).
/// </summary>
public sealed class RunFolder : IDisposable
{
    internal const string SetFolder = "set";

    readonly FileStream _claim;
    readonly RunLog _log;

    RunFolder(string folder, FileStream claim, RunManifest manifest)
    {
        (Folder, _claim, Manifest) = (folder, claim, manifest);
        Set = OpenSet(folder, manifest);
        _log = new RunLog(folder, Set);
    }

    public string Folder { get; }

    public RunManifest Manifest { get; }

    /// <summary>The folder's own copy, with the run's settings.</summary>
    public EvalSet Set { get; }

    /// <summary>Answers there are.</summary>
    public int Count => _log.Count;

    /// <summary>Answers there are when the run is complete.</summary>
    public int Total => Set.Settings.Count * Set.Samples.Count;

    /// <summary>The run as it is now.</summary>
    public RunRecord Record => new(Folder, Manifest, Set, _log.Results);

    /// <summary>Begins a run, or goes on with one that was stopped or killed.</summary>
    /// <param name="folder">The run's own; made when absent.</param>
    /// <param name="set">What is asked; its files are copied into a new run.</param>
    /// <param name="manifest">What decides the answers.</param>
    /// <exception cref="SuiteException">The folder holds another run's answers, a line of them is damaged, or another process is writing to it.</exception>
    public static RunFolder Open(string folder, EvalSet set, RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(manifest);
        folder = Path.GetFullPath(folder);
        if (File.Exists(folder)) throw new SuiteException($"{folder}: this is a file; a run is a folder, name another");
        Directory.CreateDirectory(folder);
        FileStream claim = Claim(folder);
        try
        {
            if (File.Exists(Path.Combine(folder, RunManifest.FileName))) RefuseAnother(folder, manifest);
            else Begin(folder, set, manifest);
            return new RunFolder(folder, claim, manifest);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Adds an answer; it is on the disk when this returns. Safe from any thread.</summary>
    public void Add(SampleResult result) => _log.Add(result);

    public void Dispose()
    {
        _log.Dispose();
        _claim.Dispose();
    }

    internal static EvalSet OpenSet(string folder, RunManifest manifest)
    {
        EvalSet set = EvalSet.Open(Path.Combine(folder, SetFolder));
        if (set.Sha256 != manifest.Set.Sha256)
            throw new SuiteException($"{set.Folder}: these samples have the hash {set.Sha256}, and the run was of {manifest.Set.Sha256}; restore the folder as the run made it");
        return set with { Settings = manifest.Settings, Generation = manifest.Generation };
    }

    /// <summary>The lock goes with the process, however that ends.</summary>
    static FileStream Claim(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "run.lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose });
        }
        catch (IOException error)
        {
            throw new SuiteException($"{folder}: another process is writing this run; wait until it has ended, or stop it", error);
        }
    }

    static void RefuseAnother(string folder, RunManifest manifest)
    {
        IReadOnlyList<ManifestDifference> differences = RunManifest.Read(folder).DifferencesTo(manifest);
        if (differences.Count > 0)
            throw new SuiteException($"{folder}: there is another run in it: {string.Join("; ", differences.Take(3))}{(differences.Count > 3 ? "; …" : "")}. Their answers do not belong together: give the run another folder");
    }

    static void Begin(string folder, EvalSet set, RunManifest manifest)
    {
        if (File.Exists(Path.Combine(folder, RunLog.FileName)))
            throw new SuiteException($"{folder}: there are answers in it and no {RunManifest.FileName} that says whose; give the run another folder");
        string copy = Path.Combine(folder, SetFolder);
        Directory.CreateDirectory(copy);
        foreach (string file in set.Files) File.Copy(Path.Combine(set.Folder, file), Path.Combine(copy, file), overwrite: true);
        OpenSet(folder, manifest); // the set may have been changed since it was read
        Curves.TrainingCurve.Keep(folder, manifest.Model);
        manifest.Write(folder);
    }
}

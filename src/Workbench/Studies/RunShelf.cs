using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Workbench.Studies;

/// <summary>A run that a study can be made from.</summary>
/// <param name="Name">Its folder, below the folder of runs.</param>
/// <param name="Set">Id and version of its set; runs with the same one can be compared.</param>
public sealed record StudyRun(string Name, string Model, string Set, int Answers, int Of);

/// <summary>The runs in a folder, whoever made them: folders with a manifest, at any depth to four.</summary>
/// <param name="folder">Absent = there are none.</param>
public sealed class RunShelf(string folder)
{
    static readonly EnumerationOptions Search = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>All that can be read, by set and model.</summary>
    public IReadOnlyList<StudyRun> List()
    {
        if (!Directory.Exists(folder)) return [];
        var runs = new List<StudyRun>();
        foreach (string manifest in Directory.EnumerateFiles(folder, RunManifest.FileName, Search))
        {
            try
            {
                RunRecord run = RunRecord.Open(Path.GetDirectoryName(manifest)!);
                runs.Add(new StudyRun(Path.GetRelativePath(folder, run.Folder), run.Manifest.Model.Name, $"{run.Manifest.Set.Id} {run.Manifest.Set.Version}", run.Results.Count, run.Total));
            }
            catch (SuiteException)
            {
                // A run that cannot be read is the Runs page's to explain; here it is none.
            }
        }
        return [.. runs.OrderBy(run => run.Set, StringComparer.Ordinal).ThenBy(run => run.Model, StringComparer.Ordinal)];
    }

    /// <summary>Names and items of a study from runs.</summary>
    /// <param name="names">As <see cref="List"/> gave them.</param>
    /// <param name="checks">Add attention checks.</param>
    /// <exception cref="RequestException">A name is none of the list, or the runs do not fit together.</exception>
    public (IReadOnlyList<string> Models, IReadOnlyList<StudyItem> Items) Read(IReadOnlyList<string> names, bool checks)
    {
        if (names.Count < 2) throw new RequestException("a study compares two runs or more; choose them", "runs");
        HashSet<string> known = [.. List().Select(run => run.Name)];
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown) throw new RequestException($"there is no run '{unknown}'", "runs");
        RunRecord[] runs = [.. names.Select(name => RunRecord.Open(Path.Combine(folder, name)))];
        return ([.. runs.Select(run => run.Manifest.Model.Name)], RunItems.Of(runs, checks));
    }
}

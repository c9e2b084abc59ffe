using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Runs;

namespace Juxta.Workbench.Studies;

/// <summary>A run that a study can be made from.</summary>
/// <param name="Name">Its folder, below the folder of runs.</param>
/// <param name="Set">Id and version of its set; runs with the same one can be compared.</param>
public sealed record StudyRun(string Name, string Model, string Set, int Answers, int Of);

/// <summary>The library's runs as studies are made from them.</summary>
public sealed class RunShelf(RunLibrary library)
{
    /// <summary>All that can be read, by set and model.</summary>
    public async Task<IReadOnlyList<StudyRun>> ListAsync()
    {
        var runs = new List<StudyRun>();
        foreach (string name in library.Names)
        {
            try
            {
                RunRecord run = await library.OpenAsync(name);
                runs.Add(new StudyRun(name, run.Manifest.Model.Name, $"{run.Manifest.Set.Id} {run.Manifest.Set.Version}", run.Results.Count, run.Total));
            }
            catch (Exception e) when (e is SuiteException or NotFoundException)
            {
                // A run that cannot be read is the Runs page's to explain, and one deleted meanwhile is gone; here it is none.
            }
        }
        return [.. runs.OrderBy(run => run.Set, StringComparer.Ordinal).ThenBy(run => run.Model, StringComparer.Ordinal)];
    }

    /// <summary>Names and items of a study from runs.</summary>
    /// <param name="names">As <see cref="ListAsync"/> gave them.</param>
    /// <param name="checks">Add attention checks.</param>
    /// <exception cref="RequestException">A name is none of the list, or the runs do not fit together.</exception>
    public async Task<(IReadOnlyList<string> Models, IReadOnlyList<StudyItem> Items)> ReadAsync(IReadOnlyList<string> names, bool checks)
    {
        if (names.Count < 2) throw new RequestException("a study compares two runs or more; choose them", "runs");
        HashSet<string> known = [.. (await ListAsync()).Select(run => run.Name)];
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown) throw new RequestException($"there is no run '{unknown}'", "runs");
        RunRecord[] runs = await Task.WhenAll(names.Select(library.OpenAsync));
        return ([.. runs.Select(run => run.Manifest.Model.Name)], RunItems.Of(runs, checks));
    }
}

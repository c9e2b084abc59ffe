using Juxta.Engine;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;

namespace Juxta.Workbench.Studies;

/// <summary>The items of a study from finished runs of one eval set.</summary>
internal static class RunItems
{
    /// <summary>An item per sample and setting, with the answer of each run; a run whose answer is missing or failed has none there.</summary>
    /// <param name="runs">In the order of the study's models.</param>
    /// <param name="checks">Add attention checks: a sample's reference beside that of another sample.</param>
    /// <exception cref="RequestException">The runs are not of the same set.</exception>
    public static IReadOnlyList<StudyItem> Of(IReadOnlyList<RunRecord> runs, bool checks)
    {
        RunRecord first = runs[0];
        if (runs.FirstOrDefault(run => run.Manifest.Set != first.Manifest.Set || run.Manifest.Prompts != first.Manifest.Prompts) is { } other)
            throw new RequestException($"the runs of {first.Manifest.Model.Name} and {other.Manifest.Model.Name} are not over the same set with the same prompts; a study compares answers to the same questions", "runs");
        EvalSet set = first.Set;
        var items = new List<StudyItem>();
        foreach ((int index, SuiteSetting setting) in set.Settings.Index())
        {
            Dictionary<string, SampleResult>[] answers = [.. runs.Select(run => run.Of(index).ToDictionary(result => result.Sample))];
            items.AddRange(set.Samples.Select(sample => With(set, sample, sample.Id + (set.Settings.Count > 1 ? $"#{index}" : ""), set.Prompt(sample, setting),
                [.. answers.Select(of => of.TryGetValue(sample.Id, out SampleResult? result) && !Failed(result) ? new StudyAnswer(result.Answer, result.Outcome) : null)])));
        }
        if (checks) items.AddRange(Checks(set));
        return items;
    }

    static IEnumerable<StudyItem> Checks(EvalSet set)
    {
        EvalSample[] known = [.. set.Samples.Where(sample => sample.References.Count > 0)];
        for (int i = 0; i < known.Length; i++)
        {
            string good = known[i].References[0], bad = known[(i + known.Length / 2) % known.Length].References[0];
            if (good.Trim() == bad.Trim()) continue;
            yield return With(set, known[i], known[i].Id, set.Prompt(known[i], set.Settings[0]), [new StudyAnswer(good, null), new StudyAnswer(bad, null)]) with { Gold = true };
        }
    }

    static StudyItem With(EvalSet set, EvalSample sample, string id, IReadOnlyList<EvalMessage> messages, IReadOnlyList<StudyAnswer?> answers) =>
        new(id, messages, answers) { Suite = set.Id, Language = set.Language, Tags = sample.Tags };

    static bool Failed(SampleResult result) => result.Outcome is { } outcome && (outcome.StartsWith("error", StringComparison.Ordinal) || outcome.StartsWith("cancelled", StringComparison.Ordinal));
}

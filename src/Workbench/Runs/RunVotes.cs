using System.Globalization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Preferences;
using Juxta.Eval.Runs;
using Juxta.Workbench.Votes;

namespace Juxta.Workbench.Runs;

/// <summary>The votes of studies that are about some runs: those whose two answers, as they were shown, stand in two of the runs.</summary>
internal static class RunVotes
{
    /// <param name="runs">In the order of the report.</param>
    /// <param name="votes">All that stand.</param>
    /// <returns>Votes that name the runs as the report does, and their items <c>set/sample</c>, with <c>#setting</c> where the set has several.</returns>
    public static IReadOnlyList<Vote> Of(IReadOnlyList<RunRecord> runs, IReadOnlyList<JudgedVote> votes)
    {
        string set = runs[0].Set.Id;
        IReadOnlyList<string> labels = RunComparison.Labels(runs);
        Dictionary<(int, string), string>[] answers = [.. runs.Select(run => run.Results.ToDictionary(result => (result.Setting, result.Sample), result => result.Answer))];
        return [.. votes.Where(vote => vote.Counts && vote.Item.Suite == set).Select(Told).OfType<Vote>()];

        Vote? Told(JudgedVote vote)
        {
            Vote told = vote.Counted;
            return told.Texts is { } texts && Find(vote.Left, texts.AnswerA) is { } left && Find(vote.Right, texts.AnswerB) is { } right ? told with { A = left, B = right } : null;

            string? Find(string model, string answer)
            {
                (int, string) item = ItemOf(vote.Item.Sample, runs[0].Set.Settings.Count);
                for (int run = 0; run < runs.Count; run++)
                    if (runs[run].Manifest.Model.Name == model && answers[run].TryGetValue(item, out string? given) && given == answer) return labels[run];
                return null;
            }
        }
    }

    /// <summary>Studies write the setting behind the sample where there are several.</summary>
    static (int Setting, string Sample) ItemOf(string sample, int settings)
    {
        int mark = settings > 1 ? sample.LastIndexOf('#') : -1;
        return mark >= 0 && int.TryParse(sample.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int setting) ? (setting, sample[..mark]) : (0, sample);
    }
}

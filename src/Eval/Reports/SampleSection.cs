using System.Globalization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Differences;
using Juxta.Eval.Runs;

namespace Juxta.Eval.Reports;

/// <summary>The samples that a candidate gained and lost most on; of a single run, its worst and best.</summary>
internal static class SampleSection
{
    const int Ends = 3;

    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Headline is not { } key) return null;
        ReportBlock[] blocks = [.. experiment.Comparison is { } comparison ? Pairs(experiment, comparison, key) : Single(experiment, key)];
        return blocks.Length == 0 ? null : new ReportSection("samples", "Samples", blocks);
    }

    static IEnumerable<ReportBlock> Pairs(Experiment experiment, RunComparison comparison, string key)
    {
        for (int setting = 0; setting < comparison.Settings.Count; setting++)
        {
            for (int candidate = 1; candidate < comparison.Runs.Count; candidate++)
            {
                int differing = comparison.Samples.Count(s => s.Setting == setting && s.Candidate == candidate && s.IsDifferent);
                string place = ReportContent.Join($"{experiment.Labels[candidate]} against {experiment.Labels[0]}", ReportContent.Place(experiment, setting));
                yield return new ReportText(string.Create(CultureInfo.InvariantCulture, $"{place}: {differing} of {comparison.Set.Samples.Count} samples were answered differently. The ones that gained and lost most by {key}:"));
                IReadOnlyList<SampleDifference> ranked = comparison.Ranked(setting, candidate, key);
                foreach (SampleDifference sample in ranked.Where(s => Gain(s, key) > 0).Take(Ends)) yield return Pair(experiment, sample, key, "gained");
                foreach (SampleDifference sample in ranked.Reverse().Where(s => Gain(s, key) < 0).Take(Ends)) yield return Pair(experiment, sample, key, "lost");
            }
        }
    }

    static double Gain(SampleDifference sample, string key) => sample.Scores.First(score => score.Key == key).Gain;

    static ReportSample Pair(Experiment experiment, SampleDifference sample, string key, string how)
    {
        SampleScore score = sample.Scores.First(s => s.Key == key);
        int decimals = ReportNumbers.Decimals(score.BaselineScore, score.Score);
        string facts = $"{how} · {key} {ReportNumbers.Score(score.BaselineScore, decimals)} → {ReportNumbers.Score(score.Score, decimals)}{Parting(sample.Divergence)}";
        TextDiff diff = TextDiff.Compare(sample.Baseline!.Answer, sample.Answer!.Answer);
        return new ReportSample(sample.Sample.Id, facts, [.. sample.Sample.Messages.Select(m => (m.Role, m.Content))], sample.Sample.References,
        [
            new ReportAnswer(experiment.Labels[0], 0, Note(sample.Baseline), diff.Left),
            new ReportAnswer(experiment.Labels[sample.Candidate], sample.Candidate, Note(sample.Answer), diff.Right),
        ]);
    }

    static string Parting(TokenDivergence? parting) => parting is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $" · parts at token {parting.Token}{(parting is { BaselineProbability: { } a, CandidateProbability: { } b } ? $", probabilities {ReportNumbers.Score(a, 3)} and {ReportNumbers.Score(b, 3)}" : "")}");

    static IEnumerable<ReportBlock> Single(Experiment experiment, string key)
    {
        for (int setting = 0; setting < experiment.Settings.Count; setting++)
        {
            if (experiment.Runs[0].Settings[setting].Find(key) is not { } score) continue;
            SampleResult?[] results = experiment.Runs[0].Run.BySample(experiment.Runs[0].Settings[setting].Index);
            int[] rows = [.. Enumerable.Range(0, score.Samples.Count).OrderBy(row => score.Statistics.ScoreOf(row) * (score.Metric.HigherIsBetter ? 1 : -1)).ThenBy(row => row)];
            foreach ((string how, int row) in rows.Take(Ends).Select(row => ("worst", row)).Concat(rows.Skip(Ends).TakeLast(Ends).Reverse().Select(row => ("best", row))))
            {
                int index = score.Samples[row];
                double own = score.Statistics.ScoreOf(row);
                var sample = experiment.Set.Samples[index];
                yield return new ReportSample(
                    sample.Id, ReportContent.Join($"{how} · {key} {ReportNumbers.Score(own, ReportNumbers.Decimals(own))}", ReportContent.Place(experiment, setting)), [.. sample.Messages.Select(m => (m.Role, m.Content))],
                    sample.References, [new ReportAnswer(experiment.Labels[0], 0, Note(results[index]!), [new DiffSpan(DiffKind.Same, results[index]!.Answer)])]);
            }
        }
    }

    static string Note(SampleResult result) => AnswerEnds.Of(result.Outcome).Word();
}

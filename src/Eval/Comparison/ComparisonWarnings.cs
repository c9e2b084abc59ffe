using System.Globalization;
using Juxta.Eval.Metrics.Loss;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>What stands between the figures of a comparison and believing them.</summary>
internal static class ComparisonWarnings
{
    public static IReadOnlyList<string> Of(RunComparison comparison)
    {
        var warnings = new List<string>();
        RunFact[] controls = [.. comparison.Facts.Where(fact => fact is { IsControl: true, Differs: true })];
        if (controls.Length > 0)
            warnings.Add($"Besides the model the runs differ in {string.Join(", ", controls.Select(fact => fact.Name))}: a difference in scores may come from that");
        if (controls.Any(fact => fact.Name == "tokenizer") && comparison.Runs[0].Settings.Any(s => s.Metrics.Any(m => m.Metric is LossMetric { Unit: not LossUnit.BitsPerByte })))
            warnings.Add("The tokenizers differ: loss and perplexity are per token and cannot be compared; bits per byte can");
        foreach (RunScores run in comparison.Runs)
        {
            foreach (SettingScores setting in run.Settings)
            {
                string place = comparison.Settings.Count > 1 ? $"{run.Label}, {setting.Name}" : run.Label;
                if (setting.Counts.Unanswered > 0) warnings.Add(Say($"{place}: {setting.Counts.Unanswered} of {setting.Counts.Samples} samples are not answered and not scored; the run is not complete"));
                if (setting.Counts.Of(AnswerEnd.Failed) is > 0 and int failed) warnings.Add(Say($"{place}: {failed} of {setting.Counts.Samples} answers were cancelled or failed and are not scored"));
            }
            SuiteSetting[] alone = [.. run.Run.Set.Settings.Where(s => !comparison.Settings.Contains(s))];
            if (alone.Length > 0) warnings.Add($"{run.Label}: the settings {string.Join(" | ", alone.Select(SettingNames.Of))} are not in every run and not compared");
        }
        foreach (MissingScore missing in comparison.Runs.SelectMany(run => run.Settings).SelectMany(s => s.Missing).Distinct())
            warnings.Add($"{missing.Key} could not be computed: {missing.Reason}");
        return warnings;
    }

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

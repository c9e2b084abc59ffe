using System.Globalization;
using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>Which of two models is better, as far as the tests can tell.</summary>
public enum Winner
{
    CandidateBetter,

    BaselineBetter,

    /// <summary>The candidate is better by one metric and worse by another.</summary>
    Mixed,

    /// <summary>No difference is beyond chance.</summary>
    Undecided,
}

/// <summary>What follows from the tests of one candidate under one setting, in words.</summary>
/// <param name="Setting">Index of the comparison's settings.</param>
/// <param name="Candidate">Index of the comparison's runs.</param>
/// <param name="Winner">Which is better.</param>
/// <param name="Text">In a sentence.</param>
/// <param name="Evidence">What it rests on, a sentence each.</param>
public sealed record Conclusion(int Setting, int Candidate, Winner Winner, string Text, IReadOnlyList<string> Evidence)
{
    internal static IReadOnlyList<Conclusion> Of(RunComparison comparison) =>
    [
        .. from setting in Enumerable.Range(0, comparison.Settings.Count)
           from candidate in Enumerable.Range(1, comparison.Runs.Count - 1)
           select Of(comparison, setting, candidate),
    ];

    static Conclusion Of(RunComparison comparison, int setting, int candidate)
    {
        string mine = comparison.Runs[candidate].Label, other = comparison.Runs[0].Label;
        string place = comparison.Settings.Count > 1 ? $" with {SettingNames.Of(comparison.Settings[setting])}" : "";
        MetricDifference[] all = [.. comparison.Of(setting, candidate)];
        MetricDifference[] better = [.. all.Where(d => d.Finding == Finding.Better)], worse = [.. all.Where(d => d.Finding == Finding.Worse)];
        MetricDifference[] open = [.. all.Where(d => d.Finding == Finding.NotSignificant)];
        Winner winner = (better.Length, worse.Length) switch { ( > 0, 0) => Winner.CandidateBetter, (0, > 0) => Winner.BaselineBetter, ( > 0, > 0) => Winner.Mixed, _ => Winner.Undecided };
        string text = winner switch
        {
            Winner.CandidateBetter => $"{mine} is better than {other}{place}.",
            Winner.BaselineBetter => $"{mine} is worse than {other}{place}.",
            Winner.Mixed => $"{mine} is better than {other} by {Names(better)} and worse by {Names(worse)}{place}: which counts more is not for a test to say.",
            _ when all.Length == 0 => $"{other} and {mine} could not be compared{place}: no metric could be computed.",
            _ => $"It cannot be told which of {other} and {mine} is better{place}: no difference is significant.",
        };
        var evidence = new List<string>();
        foreach (MetricDifference d in better.Concat(worse)) evidence.Add(Say(d, d.Finding == Finding.Better ? "better" : "worse"));
        if (open.Length > 0 && winner == Winner.Undecided) evidence.AddRange(Undecided(open));
        else if (open.Length > 0) evidence.Add($"Not significant: {Names(open)}.");
        return new Conclusion(setting, candidate, winner, text, evidence);
    }

    static IEnumerable<string> Undecided(MetricDifference[] open)
    {
        MetricDifference nearest = open.MinBy(d => d.P)!, first = open[0];
        if (open.All(d => d.Difference == 0)) yield return "All scores are the same.";
        else yield return $"The nearest to it: {Say(nearest, nearest.Difference == 0 ? "the same" : nearest.Difference > 0 == nearest.Metric.HigherIsBetter ? "better, perhaps by chance" : "worse, perhaps by chance")}";
        int decimals = ReportNumbers.Decimals(first.BaselineScore, first.Score);
        yield return string.Create(CultureInfo.InvariantCulture,
            $"With {first.Scored.Samples.Count} samples the difference in {first.Key} is known to ± {ReportNumbers.Score((first.High - first.Low) / 2, decimals)}: a smaller one cannot be seen here. That is no proof that there is none.");
    }

    static string Say(MetricDifference d, string how)
    {
        int decimals = ReportNumbers.Decimals(d.BaselineScore, d.Score);
        return string.Create(CultureInfo.InvariantCulture,
            $"{d.Key}: {how}, {ReportNumbers.Score(d.BaselineScore, decimals)} → {ReportNumbers.Score(d.Score, decimals)} ({ReportNumbers.Signed(d.Difference, decimals)}, 95 % interval {ReportNumbers.Between(d.Low, d.High, decimals)}; {ReportNumbers.SayP(d.CorrectedP)} corrected, {ReportNumbers.P(d.P)} alone; {d.Outcomes.Wins} samples won, {d.Outcomes.Losses} lost, {d.Outcomes.Ties} tied).");
    }

    static string Names(IEnumerable<MetricDifference> some) => string.Join(", ", some.Select(d => d.Key));
}

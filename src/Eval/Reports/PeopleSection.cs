using System.Globalization;
using Juxta.Eval.Proportions;
using Juxta.Eval.Ratings;

namespace Juxta.Eval.Reports;

/// <summary>What people preferred, and whether that is more than chance.</summary>
internal static class PeopleSection
{
    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Votes.Count == 0 || experiment.Runs.Count < 2) return null;
        var blocks = new List<ReportBlock>();
        var rows = new List<IReadOnlyList<ReportCell>>();
        var bars = new List<(string, IReadOnlyList<long>)>();
        foreach (string candidate in experiment.Labels.Skip(1))
        {
            WinRate rate = WinRate.Of(experiment.Votes, candidate, experiment.Labels[0]);
            if (rate.Total == 0) continue;
            int decided = rate.Wins + rate.Losses;
            double p = SignTest.TwoSided(rate.Wins, rate.Losses);
            ProportionInterval? interval = decided > 0 ? ProportionInterval.Wilson(rate.Wins, decided) : null;
            blocks.Add(new ReportText(Say(candidate, experiment.Labels[0], rate, p, interval)));
            string pair = $"{candidate} against {experiment.Labels[0]}";
            bars.Add((pair, [rate.Wins, rate.Ties, rate.Losses]));
            rows.Add([new(pair), .. new[] { rate.Wins, rate.Losses, rate.Ties }.Select(count => new ReportCell(ReportNumbers.Count(count))), new(interval is null ? "none" : Share(rate, interval.Value)), new(ReportNumbers.P(p))]);
        }
        if (rows.Count == 0) return null;
        blocks.Add(new ShareChart("Votes", [("candidate preferred", ReportTone.Good), ("as good", ReportTone.Quiet), ("baseline preferred", ReportTone.Bad)], bars));
        blocks.Add(new ReportTable("", [new(""), new("won", true), new("lost", true), new("tied", true), new("share of decided", true), new("p (sign test)", true)], rows));
        int annotators = experiment.Votes.Select(vote => vote.Annotator).OfType<string>().Distinct(StringComparer.Ordinal).Count();
        blocks.Add(new ReportText(string.Create(CultureInfo.InvariantCulture,
            $"{ReportNumbers.Count(experiment.Votes.Count, "vote")} on {ReportNumbers.Count(experiment.Votes.Select(vote => vote.Item).Distinct().Count(), "item")} by {ReportNumbers.Count(annotators, "named annotator")}. The interval is Wilson's; it and the sign test take votes as independent, so several votes on one item or many by one person make them too narrow."), ReportTone.Quiet));
        return new ReportSection("people", "What people preferred", blocks);
    }

    static string Say(string candidate, string baseline, WinRate rate, double p, ProportionInterval? interval)
    {
        int decided = rate.Wins + rate.Losses;
        if (interval is null) return $"People found {candidate} and {baseline} equally good in all {rate.Total} votes.";
        string counts = string.Create(CultureInfo.InvariantCulture, $"{rate.Wins} of {decided} decided votes went to {candidate}, {Share(rate, interval.Value)}; {ReportNumbers.SayP(p)}");
        return p > 0.05 ? $"The votes do not say which people prefer: {counts}." : $"People prefer {(rate.Wins > rate.Losses ? candidate : baseline)}: {counts}.";
    }

    static string Share(WinRate rate, ProportionInterval interval) => $"{ReportNumbers.Share(rate.OfDecided)} ({ReportNumbers.Share(interval.Low)} to {ReportNumbers.Share(interval.High)})";
}

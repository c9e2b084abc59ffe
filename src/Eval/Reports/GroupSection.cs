using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>The difference in the first metric by tag and by length, to see where it comes from.</summary>
internal static class GroupSection
{
    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Comparison is not { } comparison || experiment.Headline is not { } key) return null;
        var blocks = new List<ReportBlock>();
        foreach (MetricDifference d in comparison.Differences.Where(d => d.Key == key))
        {
            string caption = ReportContent.Join(key, experiment.Runs.Count > 2 ? experiment.Labels[d.Candidate] : "", ReportContent.Place(experiment, d.Setting));
            if (d.ByTag.Count > 0) blocks.Add(Table($"{caption}, by tag", d, d.ByTag));
            if (d.ByLength.Count > 1) blocks.Add(Table($"{caption}, by length of the reference", d, d.ByLength));
        }
        if (blocks.Count == 0) return null;
        blocks.Add(new ReportText("To look at, not to conclude from: these differences are not tested, and among many groups some always stand out.", ReportTone.Quiet));
        return new ReportSection("groups", "Where the difference comes from", blocks);
    }

    static ReportTable Table(string caption, MetricDifference difference, IReadOnlyList<GroupDifference> groups)
    {
        int decimals = ReportNumbers.Decimals(difference.BaselineScore, difference.Score);
        return new ReportTable(caption, [new(""), new("samples", true), new("baseline", true), new("candidate", true), new("difference", true), new("won / lost / tied", true)],
        [
            .. groups.Select(g => (IReadOnlyList<ReportCell>)
            [
                new(g.Name), new(ReportNumbers.Count(g.Samples)), new(ReportNumbers.Score(g.BaselineScore, decimals)), new(ReportNumbers.Score(g.Score, decimals)), new(ReportNumbers.Signed(g.Difference, decimals)),
                new($"{ReportNumbers.Count(g.Outcomes.Wins)} / {ReportNumbers.Count(g.Outcomes.Losses)} / {ReportNumbers.Count(g.Outcomes.Ties)}"),
            ]),
        ]);
    }
}

using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>The setting table: what decided the answers of each run, with what differs marked.</summary>
internal static class SettingSection
{
    public static ReportSection Of(Experiment experiment)
    {
        IReadOnlyList<RunFact> facts = experiment.Comparison?.Facts ?? RunFacts.Of([experiment.Runs[0].Run.Manifest]);
        ReportColumn[] columns = [new(""), .. experiment.Labels.Select(label => new ReportColumn(label)), .. experiment.Runs.Count > 1 ? [new ReportColumn("")] : (ReportColumn[])[]];
        IReadOnlyList<ReportCell>[] rows = [.. facts.Select(fact => (IReadOnlyList<ReportCell>)Row(fact, experiment.Runs.Count > 1).ToArray())];
        return new ReportSection("setting", "What was compared",
        [
            new ReportTable("", columns, rows),
            new ReportText("Long codes are the beginnings of SHA-256 hashes of contents: the same code, the same bytes.", ReportTone.Quiet),
        ]);
    }

    static IEnumerable<ReportCell> Row(RunFact fact, bool marked)
    {
        ReportTone tone = !fact.Differs ? ReportTone.Plain : fact.IsControl ? ReportTone.Warning : ReportTone.Good;
        yield return new ReportCell(fact.Name);
        foreach (string? value in fact.Values) yield return new ReportCell(value ?? "none", tone);
        if (marked) yield return new ReportCell(!fact.Differs ? "same" : fact.IsControl ? "differs: not controlled" : "differs: what is compared", fact.Differs ? tone : ReportTone.Quiet);
    }
}

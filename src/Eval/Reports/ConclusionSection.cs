using System.Globalization;

namespace Juxta.Eval.Reports;

/// <summary>Which model is better, by how much, and whether that can be believed.</summary>
internal static class ConclusionSection
{
    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Comparison is not { } comparison) return null;
        var blocks = new List<ReportBlock>();
        foreach (Conclusion conclusion in experiment.Conclusions)
        {
            ReportTone tone = conclusion.Winner switch { Winner.CandidateBetter => ReportTone.Good, Winner.BaselineBetter => ReportTone.Bad, _ => ReportTone.Plain };
            blocks.Add(new ReportFinding(conclusion.Text, tone, conclusion.Evidence));
        }
        blocks.AddRange(comparison.Warnings.Select(warning => new ReportText(warning, ReportTone.Warning)));
        blocks.Add(new ReportText(string.Create(CultureInfo.InvariantCulture,
            $"“Better” means: by a test paired sample by sample, with p ≤ {comparison.Options.Alpha} after correction for all {comparison.Differences.Count} tests of this report. It holds for these samples and questions like them."), ReportTone.Quiet));
        return new ReportSection("conclusion", "Conclusion", blocks);
    }
}

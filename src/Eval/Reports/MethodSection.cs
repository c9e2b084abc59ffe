using System.Globalization;

namespace Juxta.Eval.Reports;

/// <summary>How to get every figure again: signatures of the metrics, seeds, and hashes of the runs.</summary>
internal static class MethodSection
{
    public static ReportSection Of(Experiment experiment)
    {
        IReadOnlyList<ReportCell>[] signatures =
        [
            .. experiment.Runs[0].Settings.SelectMany(setting => setting.Metrics).Select(score => (score.Key, score.Metric.Name, score.Signature)).Distinct()
                .Select(score => (IReadOnlyList<ReportCell>)[new(score.Key), new(score.Name), new(score.Signature)]),
        ];
        return new ReportSection("method", "How to get these figures again",
        [
            new ReportTable("Signatures", [new("metric"), new("name"), new("signature")], signatures),
            new ReportText(string.Create(CultureInfo.InvariantCulture,
                $"Intervals and the bootstrap test: {experiment.Options.Resamples} resamples; randomisation: {experiment.Options.Trials} trials; seed {experiment.Options.Seed} for all. Source of the samples: {experiment.Set.Source} ({experiment.Set.Licence}).")),
            new ReportText("The manifests of the runs hold the hashes of weights, adapters, tokenizer, template, stop set and samples in full; the same runs give this report byte for byte.", ReportTone.Quiet),
        ]);
    }
}

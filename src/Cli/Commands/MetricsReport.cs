using System.Globalization;
using Juxta.Eval.Metrics;
using Juxta.Eval.Reports;
using Juxta.Eval.Significance;

namespace Juxta.Cli.Commands;

/// <summary>Scores and the table of metrics for people.</summary>
internal static class MetricsReport
{
    /// <summary>Who computed the number; a signature's version names the convention it follows.</summary>
    public static string Producer { get; } = $"juxta {typeof(MetricTable).Assembly.GetName().Version?.ToString(3)}";

    public static void Print(MetricsAnswer answer, string[] names)
    {
        CorpusStatistics baseline = answer.Baseline;
        if (answer.Systems.Length == 1)
        {
            Terminal.WriteLine(baseline.Metric.Describe(baseline.Sums, answer.Results?[0].Interval));
        }
        else
        {
            int decimals = baseline.Metric.Decimals;
            var table = new DataTable("system", baseline.Metric.Name, "mean ± half of 95 % interval", "p");
            for (int k = 0; k < answer.Systems.Length; k++)
            {
                PairedResult result = answer.Results![k];
                string interval = result.Interval is { } i ? $"{ReportNumbers.Score(i.Mean, decimals)} ± {ReportNumbers.Score(i.HalfWidth, decimals)}" : "";
                string p = result.PValue is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:F4}{(value < 0.05 ? " *" : "")}") : "(baseline)";
                table.Add(names[k], ReportNumbers.Score(result.Score, decimals), interval, p);
            }
            table.Write(Terminal.Out);
        }
        if (answer.SentenceLevel)
        {
            for (int i = 0; i < baseline.Count; i++) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1}\t{baseline.ScoreOf(i):R}"));
        }
        Terminal.WriteLine($"{answer.Signature}  ({Producer})");
    }

    public static void List(bool json)
    {
        if (json)
        {
            foreach (MetricEntry entry in MetricTable.All)
                JsonLines.Write(new { entry.Name, entry.Summary, Options = entry.Options.Select(o => new { o.Name, Kind = o.Kind.ToString().ToLowerInvariant(), o.Default, o.Description }) });
            return;
        }
        foreach (MetricEntry entry in MetricTable.All)
        {
            DataTable.WriteNamed(Terminal.Out, 0, [($"{entry.Name,-16}", entry.Summary)]);
            DataTable.WriteNamed(Terminal.Out, 2, entry.Options.Select(option => ((DataCell)$"{option.Name,-16}", (DataCell)option.Description)));
        }
    }
}

using System.Globalization;
using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;
using Spectre.Console;

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
            Console.WriteLine(baseline.Metric.Describe(baseline.Sums, answer.Results?[0].Interval));
        }
        else
        {
            var table = new Table().AddColumns("system", baseline.Metric.Name, "mean ± half of 95 % interval", "p");
            for (int k = 0; k < answer.Systems.Length; k++)
            {
                PairedResult result = answer.Results![k];
                string interval = result.Interval is { } i ? string.Create(CultureInfo.InvariantCulture, $"{i.Mean:F2} ± {i.HalfWidth:F2}") : "";
                string p = result.PValue is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:F4}{(value < 0.05 ? " *" : "")}") : "(baseline)";
                table.AddRow(Markup.Escape(names[k]), result.Score.ToString("F4", CultureInfo.InvariantCulture), interval, p);
            }
            AnsiConsole.Write(table);
        }
        if (answer.SentenceLevel)
        {
            for (int i = 0; i < baseline.Count; i++) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1}\t{baseline.ScoreOf(i):R}"));
        }
        Console.WriteLine($"{answer.Signature}  ({Producer})");
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
            Console.WriteLine($"{entry.Name,-16}{entry.Summary}");
            foreach (OptionInfo option in entry.Options) Console.WriteLine($"{"",18}{option.Name,-18}{option.Description}");
        }
    }
}

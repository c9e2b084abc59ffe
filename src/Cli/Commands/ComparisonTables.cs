using System.Globalization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Reports;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary>A comparison's figures on a terminal: what differs between the runs, scores with differences, and how answers ended.</summary>
internal sealed class ComparisonTables(RunComparison comparison)
{
    public void Write()
    {
        AnsiConsole.WriteLine($"{comparison.Set.Id} version {comparison.Set.Version}, {comparison.Set.Samples.Count} samples; the baseline is {comparison.Runs[0].Label}");
        RunFact[] differing = [.. comparison.Facts.Where(fact => fact.Differs)];
        if (differing.Length > 0) AnsiConsole.Write(Facts(differing));
        foreach (string warning in comparison.Warnings) AnsiConsole.MarkupLineInterpolated($"[yellow]! {warning}[/]");
        for (int setting = 0; setting < comparison.Settings.Count; setting++)
        {
            for (int candidate = 1; candidate < comparison.Runs.Count; candidate++) AnsiConsole.Write(Scores(setting, candidate));
            AnsiConsole.Write(Ends(setting));
        }
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p by approximate randomisation ({comparison.Options.Trials} trials, seed {comparison.Options.Seed}), corrected by Holm for {comparison.Differences.Count} tests; intervals by paired bootstrap"));
    }

    Table Facts(RunFact[] facts)
    {
        Table table = New("what differs", ["", .. comparison.Runs.Select(run => run.Label)]);
        foreach (RunFact fact in facts) table.AddRow([.. new[] { fact.Name }.Concat(fact.Values.Select(value => value ?? "none")).Select(Markup.Escape)]);
        return table;
    }

    Table Scores(int setting, int candidate)
    {
        string name = comparison.Runs[candidate].Label;
        Table table = New(Title(setting), ["metric", comparison.Runs[0].Label, name, "difference\n95 % interval", "p\ncorrected", "won/lost/tied"]);
        foreach (MetricDifference d in comparison.Of(setting, candidate))
        {
            int decimals = ReportNumbers.Decimals(d.BaselineScore, d.Score);
            string colour = d.Finding switch { Finding.Better => "green", Finding.Worse => "red", _ => "default" };
            string mark = d.Finding switch { Finding.Better => " ▲", Finding.Worse => " ▼", _ => "" };
            table.AddRow(
                Markup.Escape(d.Key), ReportNumbers.Score(d.BaselineScore, decimals), ReportNumbers.Score(d.Score, decimals),
                $"[{colour}]{ReportNumbers.Signed(d.Difference, decimals)}{mark}[/]\n[grey]{ReportNumbers.Between(d.Low, d.High, decimals)}[/]",
                $"[grey]{ReportNumbers.P(d.P)}[/]\n[{colour}]{ReportNumbers.P(d.CorrectedP)}[/]", $"{d.Outcomes.Wins}/{d.Outcomes.Losses}/{d.Outcomes.Ties}");
        }
        return table;
    }

    Table Ends(int setting)
    {
        AnswerEnd[] ends = [.. AnswerEnds.All.Where(end => comparison.Runs.Any(run => run.Settings[setting].Counts.Of(end) > 0))];
        Table table = New("how answers ended", ["", .. ends.Select(end => end.Word()), "not answered"]);
        foreach (RunScores run in comparison.Runs)
        {
            AnswerCounts counts = run.Settings[setting].Counts;
            table.AddRow([Markup.Escape(run.Label), .. ends.Select(end => ReportNumbers.Count(counts.Of(end))), ReportNumbers.Count(counts.Unanswered)]);
        }
        return table;
    }

    string Title(int setting) => comparison.Settings.Count > 1 ? SettingNames.Of(comparison.Settings[setting]) : "scores";

    static Table New(string title, string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(title));
        for (int i = 0; i < columns.Length; i++)
        {
            TableColumn column = new TableColumn(Markup.Escape(columns[i])).NoWrap();
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }
        return table;
    }
}

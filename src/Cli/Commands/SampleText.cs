using System.Globalization;
using System.Text;
using Juxta.Eval.Comparison;
using Juxta.Eval.Differences;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary>Samples of a comparison on a terminal: the question, and both answers with what only one of them has in colour.</summary>
internal static class SampleText
{
    const int MostCharacters = 1200;

    /// <param name="ends">How many of the best and of the worst; null = all that differ.</param>
    /// <param name="metric">What best and worst are by; null = nothing was measured.</param>
    public static void Write(RunComparison comparison, int? ends, string? metric)
    {
        for (int setting = 0; setting < comparison.Settings.Count; setting++)
        {
            for (int candidate = 1; candidate < comparison.Runs.Count; candidate++)
            {
                SampleDifference[] all = [.. comparison.Samples.Where(s => s.Setting == setting && s.Candidate == candidate && s.IsDifferent)];
                int of = comparison.Set.Samples.Count;
                string title = $"{comparison.Runs[candidate].Label} against {comparison.Runs[0].Label}{(comparison.Settings.Count > 1 ? $", {SettingNames.Of(comparison.Settings[setting])}" : "")}";
                AnsiConsole.MarkupLineInterpolated($"[bold]{title}: {all.Length} of {of} samples differ[/]");
                if (ends is null) foreach (SampleDifference sample in all) Write(comparison, sample, metric);
                else if (metric is not null && ends > 0) WriteEnds(comparison, comparison.Ranked(setting, candidate, metric), ends.Value, metric);
            }
        }
    }

    static void WriteEnds(RunComparison comparison, IReadOnlyList<SampleDifference> ranked, int ends, string metric)
    {
        SampleDifference[] best = [.. ranked.Where(s => Gain(s, metric) > 0).Take(ends)], worst = [.. ranked.Reverse().Where(s => Gain(s, metric) < 0).Take(ends)];
        foreach ((string title, SampleDifference[] some) in new[] { ($"most gained by {metric}", best), ($"most lost by {metric}", worst) })
        {
            if (some.Length > 0) AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]");
            foreach (SampleDifference sample in some) Write(comparison, sample, metric);
        }
    }

    static double Gain(SampleDifference sample, string metric) => sample.Scores.First(score => score.Key == metric).Gain;

    static void Write(RunComparison comparison, SampleDifference sample, string? metric)
    {
        SampleScore? score = sample.Scores.FirstOrDefault(s => s.Key == metric);
        string scored = score is null ? "" : $", {metric} {ReportNumbers.Score(score.BaselineScore, 2)} → {ReportNumbers.Score(score.Score, 2)}";
        AnsiConsole.MarkupLineInterpolated($"[bold blue]{sample.Sample.Id}[/]{scored}");
        AnsiConsole.MarkupLineInterpolated($"  [grey]asked[/] {Visible(sample.Sample.Messages[^1].Content)}");
        if (sample.Sample.References.Count > 0) AnsiConsole.MarkupLineInterpolated($"  [grey]wanted[/] {Visible(sample.Sample.References[0])}");
        TextDiff diff = TextDiff.Compare(sample.Baseline?.Answer ?? "", sample.Answer?.Answer ?? "");
        WriteAnswer(comparison.Runs[0].Label, sample.Baseline, sample.BaselineEnd, diff.Left);
        WriteAnswer(comparison.Runs[sample.Candidate].Label, sample.Answer, sample.CandidateEnd, diff.Right);
        if (sample.Divergence is { } d)
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [grey]first different token {d.Token}: {Token(d.BaselineId, d.BaselineProbability)} against {Token(d.CandidateId, d.CandidateProbability)}[/]");
    }

    static void WriteAnswer(string label, SampleResult? result, AnswerEnd? end, IReadOnlyList<DiffSpan> spans)
    {
        if (result is null)
        {
            AnsiConsole.MarkupLineInterpolated($"  [grey]{label}[/] (not answered)");
            return;
        }
        AnsiConsole.MarkupInterpolated($"  [grey]{label}, {end!.Value.Word()}[/] ");
        int left = MostCharacters;
        foreach (DiffSpan span in spans)
        {
            string text = Visible(span.Text.Length <= left ? span.Text : span.Text[..left] + "…");
            AnsiConsole.Write(new Text(text, span.Kind switch { DiffKind.OnlyLeft => new Style(Color.Red), DiffKind.OnlyRight => new Style(Color.Green), _ => Style.Plain }));
            left -= span.Text.Length;
            if (left <= 0) break;
        }
        AnsiConsole.WriteLine();
    }

    static string Token(int? id, double? probability) => id is null ? "the end" : probability is { } p ? string.Create(CultureInfo.InvariantCulture, $"{id} (probability {p:0.000})") : $"{id}";

    /// <summary>What a model wrote must not steer the terminal.</summary>
    static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (char c in text) visible.Append(c == '\n' ? "⏎" : char.IsControl(c) ? '\uFFFD' : c);
        return visible.ToString();
    }
}

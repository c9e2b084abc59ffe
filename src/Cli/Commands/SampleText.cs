using System.Globalization;
using System.Text;
using Juxta.Engine;
using Juxta.Engine.Tokenization;
using Juxta.Eval.Comparison;
using Juxta.Eval.Differences;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary>Samples of a comparison on a terminal: the question, and both answers with what only one of them has in colour.</summary>
/// <param name="metric">What best and worst are by; null = nothing was measured.</param>
/// <param name="characters">Differences by character in every script.</param>
internal sealed class SampleText(RunComparison comparison, string? metric, bool characters)
{
    const int MostCharacters = 1200;

    /// <summary>Where there are none, ⟦…⟧ stands around what only one answer has.</summary>
    static bool Colours => Terminal.Out.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;

    /// <summary>What ids mean; null where the model lies no longer where it lay, or the runs have not one vocabulary.</summary>
    readonly Tokenizer? _vocabulary = Vocabulary(comparison);

    /// <param name="ends">How many of the best and of the worst; null = all that differ.</param>
    public void Write(int? ends)
    {
        for (int setting = 0; setting < comparison.Settings.Count; setting++)
        {
            for (int candidate = 1; candidate < comparison.Runs.Count; candidate++)
            {
                SampleDifference[] all = [.. comparison.Samples.Where(s => s.Setting == setting && s.Candidate == candidate && s.IsDifferent)];
                int of = comparison.Set.Samples.Count;
                string title = $"{comparison.Runs[candidate].Label} against {comparison.Runs[0].Label}{(comparison.Settings.Count > 1 ? $", {SettingNames.Of(comparison.Settings[setting])}" : "")}";
                Terminal.Out.MarkupLineInterpolated($"[bold]{title}: {all.Length} of {of} samples differ[/]");
                if (ends is null) foreach (SampleDifference sample in all) Write(sample);
                else if (metric is not null && ends > 0) WriteEnds(comparison.Ranked(setting, candidate, metric), ends.Value, metric);
            }
        }
    }

    void WriteEnds(IReadOnlyList<SampleDifference> ranked, int ends, string metric)
    {
        SampleDifference[] best = [.. ranked.Where(s => Gain(s, metric) > 0).Take(ends)], worst = [.. ranked.Reverse().Where(s => Gain(s, metric) < 0).Take(ends)];
        foreach ((string title, SampleDifference[] some) in new[] { ($"most gained by {metric}", best), ($"most lost by {metric}", worst) })
        {
            if (some.Length > 0) Terminal.Out.MarkupLineInterpolated($"[bold]{title}[/]");
            foreach (SampleDifference sample in some) Write(sample);
        }
    }

    static double Gain(SampleDifference sample, string metric) => sample.Scores.First(score => score.Key == metric).Gain;

    void Write(SampleDifference sample)
    {
        SampleScore? score = sample.Scores.FirstOrDefault(s => s.Key == metric);
        string scored = score is null ? "" : $", {metric} {ReportNumbers.Score(score.BaselineScore, 2)} → {ReportNumbers.Score(score.Score, 2)}";
        Terminal.Out.MarkupLineInterpolated($"[bold blue]{sample.Sample.Id}[/]{scored}");
        Terminal.Out.MarkupLineInterpolated($"  [grey]asked[/] {Visible(sample.Sample.Messages[^1].Content)}");
        if (sample.Sample.References.Count > 0) Terminal.Out.MarkupLineInterpolated($"  [grey]wanted[/] {Visible(sample.Sample.References[0])}");
        TextDiff diff = TextDiff.Compare(sample.Baseline?.Answer ?? "", sample.Answer?.Answer ?? "", characters);
        WriteAnswer(comparison.Runs[0].Label, sample.Baseline, sample.BaselineEnd, diff.Left);
        WriteAnswer(comparison.Runs[sample.Candidate].Label, sample.Answer, sample.CandidateEnd, diff.Right);
        if (sample.Divergence is { } d)
            Terminal.Out.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [grey]first different token {d.Token}: {Token(d.BaselineId, d.BaselineProbability)} against {Token(d.CandidateId, d.CandidateProbability)}[/]");
    }

    static void WriteAnswer(string label, SampleResult? result, AnswerEnd? end, IReadOnlyList<DiffSpan> spans)
    {
        if (result is null)
        {
            Terminal.Out.MarkupLineInterpolated($"  [grey]{label}[/] (not answered)");
            return;
        }
        // One paragraph, so that lines are wrapped between words wherever a colour begins.
        Paragraph answer = new Paragraph().Append($"  {label}, {end!.Value.Word()} ", new Style(Color.Grey));
        int left = MostCharacters;
        foreach (DiffSpan span in spans)
        {
            string text = Visible(span.Text.Length <= left ? span.Text : span.Text[..left] + "…");
            if (!Colours && span.Kind != DiffKind.Same) text = $"⟦{text}⟧";
            answer.Append(text, span.Kind switch { DiffKind.OnlyLeft => new Style(Color.Red), DiffKind.OnlyRight => new Style(Color.Green), _ => Style.Plain });
            left -= span.Text.Length;
            if (left <= 0) break;
        }
        Terminal.Out.Write(answer);
        Terminal.WriteLine();
    }

    string Token(int? id, double? probability) => (id is { } known ? Spelled(known) : "the end") + (probability is { } p ? string.Create(CultureInfo.InvariantCulture, $" (probability {p:0.000})") : "");

    string Spelled(int id) => _vocabulary?.TokenOf(id) is not { } spelling ? string.Create(CultureInfo.InvariantCulture, $"{id}")
        : Encoding.UTF8.GetString(_vocabulary.BytesOf(id)) is { Length: > 0 } text && !text.Contains('\uFFFD', StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"{id} “{Visible(text)}”")
        : string.Create(CultureInfo.InvariantCulture, $"{id} “{spelling}”");

    static Tokenizer? Vocabulary(RunComparison comparison)
    {
        ModelIdentity[] models = [.. comparison.Runs.Select(run => run.Run.Manifest.Model)];
        if (models.Any(model => model.Tokenizer is null || model.Tokenizer != models[0].Tokenizer) || !Directory.Exists(models[0].Folder)) return null;
        try
        {
            return Tokenizer.LoadIfAny(models[0].Folder!);
        }
        catch (ModelFormatException)
        {
            return null; // ids alone are shown
        }
    }

    /// <summary>What a model wrote must not steer the terminal.</summary>
    static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (char c in text) visible.Append(c == '\n' ? "⏎" : char.IsControl(c) ? '\uFFFD' : c);
        return visible.ToString();
    }
}

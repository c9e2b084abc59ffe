using Juxta.Eval.Comparison;

namespace Juxta.Eval.Reports;

/// <summary>How answers ended, for every run and setting.</summary>
internal static class EndSection
{
    public static ReportSection Of(Experiment experiment)
    {
        var bars = new List<(string, IReadOnlyList<long>)>();
        var rows = new List<IReadOnlyList<ReportCell>>();
        for (int setting = 0; setting < experiment.Settings.Count; setting++)
        {
            for (int run = 0; run < experiment.Runs.Count; run++)
            {
                AnswerCounts counts = experiment.Runs[run].Settings[setting].Counts;
                string name = ReportContent.Join(experiment.Labels[run], ReportContent.Place(experiment, setting));
                bars.Add((name, [.. AnswerEnds.All.Select(end => (long)counts.Of(end)), counts.Unanswered]));
                rows.Add(
                [
                    new(name), .. AnswerEnds.All.Select(end => new ReportCell(ReportNumbers.Count(counts.Of(end)))), new(ReportNumbers.Count(counts.Unanswered)), new(ReportNumbers.Count(counts.Empty)),
                    new(counts.Tokens is { } tokens && counts.Answered > 0 ? ReportNumbers.Score((double)tokens / counts.Answered, 1) : "none"),
                ]);
            }
        }
        ReportColumn[] columns = [new(""), .. AnswerEnds.All.Select(end => new ReportColumn(end.Word(), true)), new("not answered", true), new("empty", true), new("tokens each", true)];
        return new ReportSection("ends", "How answers ended",
        [
            new ShareChart("Share of samples", [.. AnswerEnds.All.Select(end => (end.Word(), Tone(end))), ("not answered", ReportTone.Quiet)], bars),
            new ReportTable("Number of samples", columns, rows),
        ]);
    }

    static ReportTone Tone(AnswerEnd end) => end switch
    {
        AnswerEnd.Stopped => ReportTone.Good,
        AnswerEnd.Length => ReportTone.Warning,
        AnswerEnd.Repetition => ReportTone.Bad,
        _ => ReportTone.Quiet,
    };
}

using Juxta.Eval.Curves;

namespace Juxta.Eval.Reports;

/// <summary>How the loss fell in training, where the trainers left their figures.</summary>
internal static class CurveSection
{
    public static ReportSection? Of(Experiment experiment)
    {
        if (experiment.Curves.Count == 0) return null;
        var series = new List<LineSeries>();
        var rows = new List<IReadOnlyList<ReportCell>>();
        foreach ((int run, TrainingCurve curve) in experiment.Curves)
        {
            string name = curve.Name == experiment.Labels[run] ? curve.Name : $"{experiment.Labels[run]}: {curve.Name}";
            if (curve.Loss.Count > 0) series.Add(new LineSeries($"{name}, training", run, false, curve.Loss));
            if (curve.Validation.Count > 0) series.Add(new LineSeries($"{name}, validation", run, true, curve.Validation));
            rows.Add([new(name), Step(curve.Loss), Value(curve.Loss, 0), Value(curve.Loss, ^1), Value(curve.Validation, ^1)]);
        }
        return new ReportSection("curves", "Training",
        [
            new LineChart("Loss", "step", "nats per token", series),
            new ReportTable("", [new(""), new("last step", true), new("first loss", true), new("last loss", true), new("last validation loss", true)], rows),
            new ReportText("Losses of different training data cannot be compared with each other; the held-out loss among the scores can.", ReportTone.Quiet),
        ]);
    }

    static ReportCell Step(IReadOnlyList<(double X, double Y)> points) => new(points.Count == 0 ? "none" : ReportNumbers.Count((long)points[^1].X));

    static ReportCell Value(IReadOnlyList<(double X, double Y)> points, Index at) => new(points.Count == 0 ? "none" : ReportNumbers.Score(points[at.GetOffset(points.Count)].Y, 3));
}

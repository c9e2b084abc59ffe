using System.Globalization;
using System.Text;
using Juxta.Training.Output;

namespace Juxta.Web.Models;

/// <summary>A loss curve as the lines of a picture that is <see cref="Width"/> by <see cref="Height"/> and is stretched to any size.</summary>
public sealed class LossLines
{
    public const int Width = 1000, Height = 300;

    /// <summary>Points of a line: more could not be told apart, and would cost the connection.</summary>
    public const int MostPoints = 250;

    LossLines(LossCurve curve, LossPoint[] all)
    {
        Curve = curve;
        (Low, High) = (all.Min(point => point.Loss), all.Max(point => point.Loss));
        (First, Last) = (all.Min(point => point.Step), Math.Max(all.Max(point => point.Step), curve.Steps));
        Training = Line(Thin(curve.Training), dots: false);
        LossPoint[] held = Thin(curve.HeldOut);
        (HeldOut, HeldOutDots) = (Line(held, dots: false), Line(held, dots: true));
    }

    public LossCurve Curve { get; }

    /// <summary>The lowest and the highest loss: bottom and top of the picture.</summary>
    public double Low { get; }

    public double High { get; }

    /// <summary>The first step, and the last there will be: left and right.</summary>
    public int First { get; }

    public int Last { get; }

    /// <summary>An SVG path; empty where there is nothing.</summary>
    public string Training { get; }

    public string HeldOut { get; }

    /// <summary>A dot at each held-out loss: lines of no length, which round ends make into dots.</summary>
    public string HeldOutDots { get; }

    /// <summary>Null where a curve has nothing to draw.</summary>
    public static LossLines? Of(LossCurve curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        LossPoint[] all = [.. curve.Training.Concat(curve.HeldOut)];
        return all.Length == 0 ? null : new LossLines(curve, all);
    }

    /// <summary>The picture in words, for those who cannot see it.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        Say("loss", Curve.Training);
        Say("held-out loss", Curve.HeldOut);
        text.Append(Curve.Steps > Curve.Step ? Invariant($"step {Curve.Step} of {Curve.Steps}") : Invariant($"{Curve.Step} steps"));
        return text.ToString();

        void Say(string name, IReadOnlyList<LossPoint> points)
        {
            if (points.Count > 1) text.Append(Invariant($"{name} from {points[0].Loss:0.000} to {points[^1].Loss:0.000}, lowest {points.Min(point => point.Loss):0.000}; "));
            else if (points.Count == 1) text.Append(Invariant($"{name} {points[0].Loss:0.000}; "));
        }
    }

    /// <summary>Rows of a table: the first step, the last, and some evenly between, each with the held-out loss measured since the row before.</summary>
    public IReadOnlyList<(int Step, double? Loss, double? HeldOut)> Rows(int most = 12)
    {
        int[] steps = [.. Curve.Training.Concat(Curve.HeldOut).Select(point => point.Step).Distinct().Order()];
        int rows = Math.Min(most, steps.Length);
        var table = new List<(int, double?, double?)>();
        int before = int.MinValue;
        for (int row = 0; row < rows; row++)
        {
            int step = steps[rows == 1 ? 0 : (int)((long)row * (steps.Length - 1) / (rows - 1))];
            table.Add((step, Latest(Curve.Training, before, step), Latest(Curve.HeldOut, before, step)));
            before = step;
        }
        return table;
    }

    static double? Latest(IReadOnlyList<LossPoint> points, int after, int upTo)
    {
        for (int i = points.Count - 1; i >= 0; i--)
            if (points[i].Step <= upTo) return points[i].Step > after ? points[i].Loss : null;
        return null;
    }

    /// <summary>Means of neighbours where there are many.</summary>
    static LossPoint[] Thin(IReadOnlyList<LossPoint> points)
    {
        int count = Math.Min(points.Count, MostPoints);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                LossPoint[] own = [.. points.Skip((int)((long)i * points.Count / count)).Take((int)((i + 1L) * points.Count / count) - (int)((long)i * points.Count / count))];
                return new LossPoint(own[^1].Step, own.Average(point => point.Loss));
            }),
        ];
    }

    string Line(LossPoint[] points, bool dots)
    {
        var path = new StringBuilder();
        foreach (LossPoint point in points)
        {
            double x = Last == First ? Width / 2.0 : (double)(point.Step - First) / (Last - First) * Width, y = High == Low ? Height / 2.0 : (High - point.Loss) / (High - Low) * Height;
            path.Append(dots || path.Length == 0 ? 'M' : 'L').Append(Invariant($"{x:0.#} {y:0.#}"));
            if (dots) path.Append("h0");
        }
        return path.ToString();
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using Juxta.Training.Output;

namespace Juxta.Cli.Commands;

/// <summary>A loss curve in characters: training as braille dots, two across and four down in each cell, held-out losses as circles over them.</summary>
internal static class LossPlot
{
    const int Across = 2, Down = 4;

    const char Blank = '\u2800', HeldOut = '○';

    /// <summary>Bits of a braille cell, column by column from the top.</summary>
    static readonly int[,] Dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <param name="columns">Cells across, without the axis.</param>
    /// <param name="rows">Cells down.</param>
    /// <returns>Lines without colour; none where there is nothing to draw. Losses that are no numbers are left out.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<LossPoint> training, IReadOnlyList<LossPoint> heldOut, int columns, int rows)
    {
        LossPoint[] all = [.. training.Concat(heldOut).Where(point => double.IsFinite(point.Loss))];
        if (all.Length == 0) return [];
        double low = all.Min(point => point.Loss), high = all.Max(point => point.Loss), span = Math.Max(high - low, 1e-9);
        int first = all.Min(point => point.Step), last = all.Max(point => point.Step);
        var cells = new int[rows, columns];
        int? before = null;
        foreach ((int x, double loss) in Means(training, first, last, columns * Across))
        {
            int y = Place((high - loss) / span, rows * Down);
            // From the dot before, so that a steep fall is a line and not two dots.
            for (int on = Math.Min(y, before ?? y); on <= Math.Max(y, before ?? y); on++) cells[on / Down, x / Across] |= Dots[x % Across, on % Down];
            before = y;
        }
        string top = Label(high), bottom = Label(low);
        int margin = Math.Max(top.Length, bottom.Length);
        var lines = new List<string>(rows + 1);
        for (int row = 0; row < rows; row++)
        {
            char[] line = [.. Enumerable.Range(0, columns).Select(column => (char)(Blank + cells[row, column]))];
            foreach (LossPoint point in heldOut)
                if (double.IsFinite(point.Loss) && Place((high - point.Loss) / span, rows * Down) / Down == row) line[Column(point.Step, first, last, columns)] = HeldOut;
            lines.Add($"{(row == 0 ? top : row == rows - 1 ? bottom : "").PadLeft(margin)} ┤{new string(line)}");
        }
        string from = first.ToString(CultureInfo.InvariantCulture), to = last.ToString(CultureInfo.InvariantCulture);
        lines.Add($"{new string(' ', margin)}  {from}{(last > first ? to.PadLeft(Math.Max(columns - from.Length, to.Length + 1)) : "")}{(heldOut.Count > 0 ? $"  {HeldOut} held out" : "")}");
        return lines;
    }

    /// <summary>The mean loss of each column of dots that has steps.</summary>
    static IEnumerable<(int X, double Loss)> Means(IReadOnlyList<LossPoint> points, int first, int last, int width) =>
        points.Where(point => double.IsFinite(point.Loss)).GroupBy(point => Column(point.Step, first, last, width)).OrderBy(column => column.Key).Select(column => (column.Key, column.Average(point => point.Loss)));

    static int Column(int step, int first, int last, int width) => last == first ? 0 : Place((double)(step - first) / (last - first), width);

    /// <summary>0 … 1 as one of so many places.</summary>
    static int Place(double share, int places) => Math.Clamp((int)(share * places), 0, places - 1);

    static string Label(double loss) => loss.ToString(Math.Abs(loss) < 10 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
}

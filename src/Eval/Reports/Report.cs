using Juxta.Eval.Differences;

namespace Juxta.Eval.Reports;

/// <summary>A report as content: what it says and shows, in order. Files and pages draw it as they like; nothing in it is markup.</summary>
public sealed record Report(string Title, string Subtitle, IReadOnlyList<ReportSection> Sections);

/// <param name="Id">A short word, unique in the report.</param>
public sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>A piece of a section.</summary>
public abstract record ReportBlock;

/// <summary>How a piece is meant.</summary>
public enum ReportTone
{
    Plain,

    /// <summary>An explanation that a reader may pass over.</summary>
    Quiet,

    Good,

    Bad,

    /// <summary>Must be read before the figures are believed.</summary>
    Warning,
}

/// <summary>A paragraph.</summary>
public sealed record ReportText(string Text, ReportTone Tone = ReportTone.Plain) : ReportBlock;

/// <summary>A finding in large letters, with its evidence.</summary>
public sealed record ReportFinding(string Text, ReportTone Tone, IReadOnlyList<string> Evidence) : ReportBlock;

public sealed record ReportTable(string Caption, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportCell>> Rows) : ReportBlock;

/// <param name="IsNumber">Set to the right, in figures of one width.</param>
public sealed record ReportColumn(string Name, bool IsNumber = false);

public readonly record struct ReportCell(string Text, ReportTone Tone = ReportTone.Plain);

/// <summary>Lines over a common x axis.</summary>
/// <param name="FirstDay">The day that x = 0 is, where x counts days.</param>
public sealed record LineChart(string Caption, string XName, string YName, IReadOnlyList<LineSeries> Series, DateOnly? FirstDay = null) : ReportBlock;

/// <param name="Dashed">A second kind of line.</param>
public sealed record LineSeries(string Name, int Colour, bool Dashed, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Values with intervals on one scale, a row each.</summary>
/// <param name="Zero">Draw the line of no difference.</param>
public sealed record IntervalChart(string Caption, bool Zero, IReadOnlyList<IntervalRow> Rows) : ReportBlock;

/// <param name="Colour">Index of the run, for its colour.</param>
/// <param name="Text">The figures in words.</param>
/// <param name="Solid">False where it may be chance.</param>
public sealed record IntervalRow(string Name, int Colour, double Value, double Low, double High, string Text, bool Solid = true);

/// <summary>Parts of a whole, a bar each.</summary>
public sealed record ShareChart(string Caption, IReadOnlyList<(string Name, ReportTone Tone)> Parts, IReadOnlyList<(string Name, IReadOnlyList<long> Counts)> Bars) : ReportBlock;

/// <summary>A sample with its answers; what only one of two answers has is marked.</summary>
public sealed record ReportSample(string Name, string Facts, IReadOnlyList<(string Role, string Text)> Messages, IReadOnlyList<string> References, IReadOnlyList<ReportAnswer> Answers) : ReportBlock;

/// <param name="Note">How it ended.</param>
public sealed record ReportAnswer(string Name, int Colour, string Note, IReadOnlyList<DiffSpan> Spans);

using Spectre.Console;
using Spectre.Console.Rendering;

namespace Juxta.Cli;

/// <summary>
/// Data for people, a row for each thing, in which no number and no word is ever broken. It is as wide as its cells; where that is wider than the terminal, every row becomes a
/// block of lines: the first cell, then each other one behind the name of its column.
/// </summary>
internal sealed class DataTable(params DataCell[] columns)
{
    readonly List<DataCell[]> _rows = [];

    /// <summary>Stands above it.</summary>
    public string? Title { get; init; }

    /// <summary>Columns of words behind the first; all others hold numbers and end at their right.</summary>
    public IReadOnlyCollection<string> Words { get; init; } = [];

    /// <summary>The last column may be wrapped between its words.</summary>
    public bool LastFlows { get; init; }

    /// <summary>A row, a cell for each column.</summary>
    public void Add(params DataCell[] cells) => _rows.Add(cells.Length == columns.Length ? cells : throw new ArgumentException($"a row of {cells.Length} cells under {columns.Length} columns", nameof(cells)));

    public void Write(IAnsiConsole console)
    {
        if (Title is not null) console.MarkupLineInterpolated($"[bold]{Title}[/]");
        Table table = AsTable();
        if (Width(table, console).Max - Slack(console) <= console.Profile.Width)
        {
            console.Write(table);
            return;
        }
        if (columns.Length == 2)
        {
            WriteNamed(console, 0, [(columns[0], columns[1]), .. _rows.Select(row => (row[0], row[1]))]);
            return;
        }
        foreach (DataCell[] row in _rows)
        {
            console.Write(Beside(row[0], "bold"));
            console.WriteLine();
            WriteNamed(console, 2, columns.Zip(row).Skip(1).Where(pair => pair.Second.Text.Length > 0));
        }
    }

    /// <summary>Values behind their names, a line each; long ones are wrapped between words.</summary>
    /// <param name="indent">Columns left free before the names.</param>
    public static void WriteNamed(IAnsiConsole console, int indent, IEnumerable<(DataCell Name, DataCell Value)> values)
    {
        (Markup Name, Markup Value)[] all = [.. values.Select(pair => (Beside(pair.Name, "grey"), Beside(pair.Value, null)))];
        if (all.Length == 0) return;
        var names = new TableColumn("").Padding(0, 0, 1, 0);
        if (all.Max(pair => Width(pair.Name, console).Max) + indent < console.Profile.Width * 2 / 3) names.NoWrap();
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(names).AddColumn(new TableColumn("").Padding(0, 0, 0, 0));
        foreach ((Markup name, Markup value) in all) table.AddRow(name, value);
        console.Write(new Padder(table, new Padding(indent, 0, 0, 0)));
    }

    Table AsTable()
    {
        Table table = new Table().Border(TableBorder.Simple);
        for (int i = 0; i < columns.Length; i++)
        {
            TableColumn column = new TableColumn(Below(columns[i])).Padding(0, 0, 1, 0);
            if (!LastFlows || i < columns.Length - 1) column.NoWrap();
            table.AddColumn(i == 0 || Words.Contains(columns[i].Text) ? column : column.RightAligned());
        }
        foreach (DataCell[] row in _rows) table.AddRow(row.Select(Below));
        return table;
    }

    /// <summary>How much narrower the last column may become.</summary>
    int Slack(IAnsiConsole console)
    {
        if (!LastFlows) return 0;
        Measurement[] cells = [.. _rows.Select(row => row[^1]).Append(columns[^1]).Select(cell => Width(Below(cell), console))];
        return cells.Max(cell => cell.Max) - cells.Max(cell => cell.Min);
    }

    static Measurement Width(IRenderable what, IAnsiConsole console) => what.Measure(RenderOptions.Create(console), int.MaxValue / 2);

    /// <summary>The note on a line of its own.</summary>
    static Markup Below(DataCell cell) => new(Styled(cell.Text, cell.Style) + (cell.Note is null ? "" : $"\n{Styled($"({cell.Note})", "grey")}"));

    /// <summary>The note behind it.</summary>
    static Markup Beside(DataCell cell, string? style) => new(Styled(cell.Note is null ? cell.Text : $"{cell.Text} ({cell.Note})", cell.Style ?? style));

    static string Styled(string text, string? style) => style is null ? Markup.Escape(text) : $"[{style}]{Markup.Escape(text)}[/]";
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Juxta.Eval.Suites;

/// <summary>Reads samples from CSV (RFC 4180) with a header: a row is a record whose fields are texts. An empty cell is an absent field.</summary>
internal static class SampleTable
{
    /// <exception cref="SuiteException">Names the file and the line at fault.</exception>
    public static IEnumerable<PlacedJson> Read(string path, ReadOnlyMemory<byte> content)
    {
        string text = Encoding.UTF8.GetString(SampleFile.Checked(path, 1, content).Bytes.Span);
        using var rows = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { IgnoreBlankLines = true });
        string[] header = Next(rows, path) ?? [];
        if (header.FirstOrDefault(name => header.Count(other => other == name) > 1) is { } twice) throw new SuiteException($"{path}:1: the header has the column '{twice}' twice");
        while (Next(rows, path) is { } cells)
        {
            int first = FirstLine(rows);
            if (cells.Length != header.Length) throw new SuiteException(string.Create(CultureInfo.InvariantCulture, $"{path}:{first}: the row has {cells.Length} cells and the header {header.Length}; put cells with commas or line breaks in double quotes"));
            Dictionary<string, string> record = header.Zip(cells).Where(cell => cell.Second.Length > 0).ToDictionary(cell => cell.First, cell => cell.Second);
            yield return PlacedJson.Parse(new JsonText(path, first, JsonSerializer.SerializeToUtf8Bytes(record)));
        }
    }

    /// <summary>Where the row begins: its own line breaks before where it ends.</summary>
    static int FirstLine(CsvParser rows) => rows.RawRow - rows.RawRecord.Trim('\r', '\n').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Count(c => c == '\n');

    static string[]? Next(CsvParser rows, string path)
    {
        try
        {
            return rows.Read() ? rows.Record : null;
        }
        catch (BadDataException)
        {
            throw new SuiteException(string.Create(CultureInfo.InvariantCulture, $"{path}:{rows.RawRow}: a double quote stands in the middle of a cell; put the cell in double quotes and write each of its own twice"));
        }
    }
}

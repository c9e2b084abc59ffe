using System.Text;
using Juxta.Engine;

namespace Juxta.Training.Corpora;

/// <summary>What one text of a plain text file is.</summary>
public enum TextUnit
{
    /// <summary>Every line that is not blank.</summary>
    Line,

    /// <summary>Lines up to the next blank one.</summary>
    Paragraph,

    /// <summary>The whole file.</summary>
    File,
}

/// <summary>Reads training files record by record: JSON in every shape of <see cref="Shapes"/> (also mixed), and plain text.</summary>
public static class CorpusFile
{
    /// <summary>A shape of records, told by the fields a record has. Another one is a line here.</summary>
    static readonly (string Looks, Func<JsonField, bool> Fits, Func<JsonField, CorpusRecord, CorpusRecord> Read)[] All =
    [
        ("{\"messages\": [{\"role\", \"content\"}, …]}", record => Has(record, "messages"), (record, at) => at with { Dialogue = DialogueRecords.Messages(record) }),
        ("{\"conversations\": [{\"from\", \"value\"}, …]}", record => Has(record, "conversations"), (record, at) => at with { Dialogue = DialogueRecords.ShareGpt(record) }),
        ("{\"instruction\", \"input\", \"output\"}", record => Has(record, "instruction"), (record, at) => at with
        {
            Dialogue = DialogueRecords.Alpaca(record), Instruction = new Instruction(record.Require("instruction").Text(), record.Find("input")?.Text() ?? ""),
        }),
        ("{\"content\", \"summary\"}", record => Has(record, "content") && Has(record, "summary"), (record, at) => at with { Dialogue = DialogueRecords.ChatGlm(record) }),
        ("{\"prompt\", \"response\", \"history\"}", record => Has(record, "prompt") && Has(record, "response"), (record, at) => at with { Dialogue = DialogueRecords.ChatGlm(record) }),
        ("{\"text\"}", record => Has(record, "text"), (record, at) => at with { Text = record.Require("text").Text() }),
    ];

    /// <summary>How records may look, for people.</summary>
    public static IReadOnlyList<string> Shapes { get; } = [.. All.Select(shape => shape.Looks)];

    /// <summary>The records of a file, read while they are asked for.</summary>
    /// <param name="path">A name that ends in .txt is plain text; anything else is JSON or JSON Lines.</param>
    /// <param name="unit">What one text of a plain text file is.</param>
    /// <exception cref="RequestException">Names the file, the line and the field at fault. Comes when the record is reached.</exception>
    public static IEnumerable<CorpusRecord> Read(string path, TextUnit unit = TextUnit.Line)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new RequestException(Directory.Exists(path) ? $"{path} is a folder; name a file in it" : $"{path}: no such file", "file");
        return ReadFile(path, unit);
    }

    /// <summary>The records of JSON or JSON Lines in memory.</summary>
    /// <param name="name">Of the file, for errors.</param>
    /// <param name="content">UTF-8.</param>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static IEnumerable<CorpusRecord> Parse(string name, ReadOnlyMemory<byte> content) => JsonRecords.Read(name, content).Select(Record);

    static IEnumerable<CorpusRecord> ReadFile(string path, TextUnit unit)
    {
        using FileStream stream = File.OpenRead(path);
        string name = Path.GetFileName(path);
        foreach (CorpusRecord record in path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? Texts(name, stream, unit) : JsonRecords.Read(name, stream).Select(Record)) yield return record;
    }

    static CorpusRecord Record(JsonField record)
    {
        var at = new CorpusRecord(record.File, record.RecordLine);
        if (record.IsText) return at with { Text = record.Text() };
        foreach ((_, Func<JsonField, bool> fits, Func<JsonField, CorpusRecord, CorpusRecord> read) in All)
            if (fits(record)) return read(record, at);
        if (Has(record, "chosen") && Has(record, "rejected")) throw record.Bad("the record is a preference pair; train on pairs with --method dpo");
        throw record.Bad($"the record has the fields {string.Join(", ", record.Fields().Select(field => field.Name))} and is of no known shape; expected {string.Join(" or ", Shapes)}");
    }

    static bool Has(JsonField record, string name) => record.Find(name) is not null;

    static IEnumerable<CorpusRecord> Texts(string name, Stream stream, TextUnit unit)
    {
        var lines = new Utf8Lines(name, stream);
        var text = new StringBuilder();
        int number = 0, first = 1;
        while (lines.Next() is { } bytes)
        {
            string line = Encoding.UTF8.GetString(bytes.Span).TrimEnd('\r');
            number++;
            bool blank = string.IsNullOrWhiteSpace(line);
            if (unit != TextUnit.File && (blank || unit == TextUnit.Line) && text.Length > 0) yield return Take();
            if (blank && (unit != TextUnit.File || text.Length == 0)) continue;
            if (text.Length == 0) first = number;
            else text.Append('\n');
            text.Append(line);
        }
        if (text.Length > 0) yield return Take();

        CorpusRecord Take()
        {
            string whole = text.ToString();
            text.Clear();
            return new CorpusRecord(name, first) { Text = unit == TextUnit.File ? whole.TrimEnd('\n') : whole };
        }
    }
}

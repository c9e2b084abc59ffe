using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Juxta.Eval.Suites;

/// <summary>Reads files of samples: JSON Lines, a JSON list or CSV, of records in every shape that <see cref="SampleShapes"/> knows, also mixed.</summary>
internal static class SampleFile
{
    /// <param name="path">For messages.</param>
    /// <param name="content">The whole file, UTF-8 with or without a byte order mark.</param>
    /// <exception cref="SuiteException">Names the file, the line and the field at fault.</exception>
    public static IReadOnlyList<EvalSample> Read(string path, ReadOnlyMemory<byte> content)
    {
        var samples = new List<EvalSample>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        int onLine = 0;
        foreach (PlacedJson record in Records(path, content))
        {
            EvalSample sample = SampleShapes.Read(record);
            // A list may stand on one line; records that are called by their line are then counted.
            onLine = samples.Count > 0 && samples[^1].Line == sample.Line ? onLine + 1 : 1;
            if (onLine > 1 && sample.Id == SampleShapes.LineId(sample.Line)) sample = sample with { Id = FormattableString.Invariant($"{sample.Id}.{onLine}") };
            if (!lines.TryAdd(sample.Id, sample.Line)) throw record.Error($"the id '{sample.Id}' is line {lines[sample.Id]}'s too; results are joined by it, so give every sample its own");
            samples.Add(sample);
        }
        return samples.Count > 0 ? samples : throw new SuiteException($"{path}: there is no sample in it");
    }

    internal static IEnumerable<PlacedJson> Records(string path, ReadOnlyMemory<byte> content)
    {
        content = WithoutMark(content);
        if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return SampleTable.Read(path, content);
        return content.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8) ? List(Checked(path, 1, content)) : Lines(path, content);
    }

    /// <summary>Each record is a text of its own, so that finding a line in it does not read the whole list again.</summary>
    static List<PlacedJson> List(JsonText list)
    {
        var records = new List<PlacedJson>();
        (int line, int counted) = (list.Line, 0);
        try
        {
            var reader = new Utf8JsonReader(list.Bytes.Span);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                line += list.Bytes.Span[counted..start].Count((byte)'\n');
                counted = start;
                records.Add(PlacedJson.Parse(new JsonText(list.File, line, list.Bytes[start..(int)reader.BytesConsumed])));
            }
            reader.Read();
        }
        catch (JsonException error)
        {
            throw PlacedJson.Invalid(list, error);
        }
        return records;
    }

    static IEnumerable<PlacedJson> Lines(string path, ReadOnlyMemory<byte> content)
    {
        for (int number = 1; content.Length > 0; number++)
        {
            int end = content.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty) yield return PlacedJson.Parse(Checked(path, number, line));
        }
    }

    /// <summary>Without the byte order mark that some editors put before UTF-8.</summary>
    internal static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content) => content.Span.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;

    internal static JsonText Checked(string path, int line, ReadOnlyMemory<byte> bytes)
    {
        var text = new JsonText(path, line, bytes);
        if (Utf8.IsValid(bytes.Span)) return text;
        foreach (Range part in bytes.Span.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(bytes.Span[part])) break;
            line++;
        }
        throw text.Error(line, "the text is not UTF-8; save the file as UTF-8");
    }
}

using System.Text.Json;
using Juxta.Engine;

namespace Juxta.Training.Corpora;

/// <summary>
/// The records of a JSON file that a person brings: JSON Lines, the entries of an array, or objects one after another. Lines are read one at a time; other
/// files are read whole, and their records one at a time. What is wrong becomes a <see cref="RequestException"/> that names the file, the line and the field.
/// </summary>
public static class JsonRecords
{
    /// <summary>Bytes of a file that is not JSON Lines: it must be in memory as a whole.</summary>
    public const int LargestWhole = 1 << 30;

    static readonly JsonReaderOptions Values = new() { AllowMultipleValues = true };

    /// <param name="file">Its name, for errors.</param>
    /// <param name="content">UTF-8, with or without a byte order mark.</param>
    public static IEnumerable<JsonField> Read(string file, ReadOnlyMemory<byte> content) => Read(file, new MemoryStream(content.ToArray(), writable: false));

    /// <param name="file">Its name, for errors.</param>
    /// <param name="content">UTF-8, with or without a byte order mark; read while the records are.</param>
    public static IEnumerable<JsonField> Read(string file, Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return ReadRecords(file, content);
    }

    static IEnumerable<JsonField> ReadRecords(string file, Stream content)
    {
        var lines = new Utf8Lines(file, content);
        int line = 1;
        while (lines.Next() is { } text)
        {
            if (IsBlank(text.Span)) { line++; continue; }
            if (!IsObject(text.Span))
            {
                foreach (JsonField record in Whole(file, Join(file, text, lines), line)) yield return record;
                yield break;
            }
            for (ReadOnlyMemory<byte>? next = text; next is { } one; next = lines.Next(), line++)
                if (!IsBlank(one.Span)) yield return Parse(file, one, line);
        }
    }

    static bool IsBlank(ReadOnlySpan<byte> text) => text.Trim(" \t\r"u8).IsEmpty;

    /// <summary>Whether the first line is an object of its own: then so are the others.</summary>
    static bool IsObject(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            return reader.Read() && reader.TokenType is JsonTokenType.StartObject && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static byte[] Join(string file, ReadOnlyMemory<byte> first, Utf8Lines lines)
    {
        var whole = new MemoryStream();
        for (ReadOnlyMemory<byte>? next = first; next is { } line; next = lines.Next())
        {
            if (whole.Length + line.Length >= LargestWhole)
                throw new RequestException($"{file}: a file of JSON Lines (one object a line) may be of any size, but this is no such file and has more than {LargestWhole >> 20} MB; write one object a line", "file");
            whole.Write(line.Span);
            whole.WriteByte((byte)'\n');
        }
        return whole.ToArray();
    }

    static IEnumerable<JsonField> Whole(string file, byte[] content, int firstLine)
    {
        foreach ((int start, int end, int line) in Places(file, content, firstLine)) yield return Parse(file, content.AsMemory(start, end - start), line);
    }

    static List<(int Start, int End, int Line)> Places(string file, byte[] content, int firstLine)
    {
        var places = new List<(int, int, int)>();
        int line = firstLine, counted = 0;
        try
        {
            var reader = new Utf8JsonReader(content, Values);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartArray)
                {
                    Take(ref reader);
                    continue;
                }
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Take(ref reader);
            }
        }
        catch (JsonException e)
        {
            throw NotJson(file, firstLine, e);
        }
        return places;

        void Take(ref Utf8JsonReader reader)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            line += content.AsSpan(counted, start - counted).Count((byte)'\n');
            counted = start;
            places.Add((start, (int)reader.BytesConsumed, line));
        }
    }

    static JsonField Parse(string file, ReadOnlyMemory<byte> text, int line)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new JsonField(new JsonRecord(file, text, line), document.RootElement.Clone(), []);
        }
        catch (JsonException e)
        {
            throw NotJson(file, line, e);
        }
    }

    static RequestException NotJson(string file, int line, JsonException e)
    {
        // The parser's own place, which its message repeats, counts from 0 and from the record's begin.
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new RequestException($"{file} line {line + (e.LineNumber ?? 0)}, column {(e.BytePositionInLine ?? 0) + 1}: not valid JSON: {(place < 0 ? e.Message : e.Message[..place])}", "file");
    }
}

/// <summary>Where a record stands.</summary>
/// <param name="Line">Of its first character, from 1.</param>
internal sealed record JsonRecord(string File, ReadOnlyMemory<byte> Text, int Line);

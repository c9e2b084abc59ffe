using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Juxta.Engine;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>
/// The records of a JSON file that a person brings: the entries of an array, a single object, or JSON Lines. What is wrong with it becomes a
/// <see cref="RequestException"/> that names the file, the line and the field.
/// </summary>
internal static class JsonRecords
{
    static readonly JsonReaderOptions Values = new() { AllowMultipleValues = true };

    /// <param name="file">Its name, for errors.</param>
    /// <param name="content">UTF-8, with or without a byte order mark.</param>
    public static IEnumerable<JsonField> Read(string file, ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        CheckUtf8(file, content.Span);
        return IsLines(content.Span) ? Lines(file, content) : Whole(file, content);
    }

    /// <summary>Whether the first line is a value of its own and something follows it.</summary>
    static bool IsLines(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> rest = content.TrimStart(" \t\r\n"u8);
        int end = rest.IndexOf((byte)'\n');
        if (end < 0 || rest[end..].Trim(" \t\r\n"u8).IsEmpty) return false;
        var reader = new Utf8JsonReader(rest[..end]);
        try
        {
            return reader.Read() && reader.TokenType is JsonTokenType.StartObject && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static IEnumerable<JsonField> Lines(string file, ReadOnlyMemory<byte> content)
    {
        int line = 1;
        for (int start = 0; start < content.Length; line++)
        {
            int length = content.Span[start..].IndexOf((byte)'\n');
            ReadOnlyMemory<byte> text = length < 0 ? content[start..] : content.Slice(start, length);
            start += text.Length + 1;
            if (!text.Span.Trim(" \t\r"u8).IsEmpty) yield return Parse(file, text, line);
        }
    }

    static List<JsonField> Whole(string file, ReadOnlyMemory<byte> content)
    {
        List<JsonField> records = [];
        int line = 1, counted = 0;
        try
        {
            var reader = new Utf8JsonReader(content.Span, Values);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartArray)
                {
                    records.Add(Next(ref reader));
                    continue;
                }
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) records.Add(Next(ref reader));
            }
        }
        catch (JsonException e)
        {
            throw NotJson(file, 1, e);
        }
        return records;

        JsonField Next(ref Utf8JsonReader reader)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            line += content.Span[counted..start].Count((byte)'\n');
            counted = start;
            return Parse(file, content[start..(int)reader.BytesConsumed], line);
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

    static void CheckUtf8(string file, ReadOnlySpan<byte> content)
    {
        if (Utf8.IsValid(content)) return;
        int line = 1;
        foreach (Range range in content.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(content[range])) break;
            line++;
        }
        throw new RequestException($"{file} line {line}: the text is not UTF-8; save the file as UTF-8", "file");
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

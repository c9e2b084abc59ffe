using System.Text;
using System.Text.Json;
using Juxta.Engine;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>A value in a record that a person brings. It knows its place, so that whatever is wrong with it can be said exactly.</summary>
/// <param name="record">The record it is in.</param>
/// <param name="element">The value.</param>
/// <param name="path">Names and indices from the record to it.</param>
internal sealed class JsonField(JsonRecord record, JsonElement element, IReadOnlyList<object> path)
{
    public JsonElement Element => element;

    public bool IsText => element.ValueKind == JsonValueKind.String;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    /// <summary>The field of that name; null when it is absent or null.</summary>
    public JsonField? Find(string name)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        return element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? new JsonField(record, value, [.. path, name]) : null;
    }

    public JsonField Require(string name) => Find(name) ?? throw At($"{Join(path, name)} is missing", path);

    /// <summary>All fields, null ones too.</summary>
    public IEnumerable<(string Name, JsonField Value)> Fields() => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().Select(property => (property.Name, new JsonField(record, property.Value, [.. path, property.Name])))
        : throw Wrong("an object");

    public IEnumerable<JsonField> Items() => IsArray
        ? element.EnumerateArray().Select((item, i) => new JsonField(record, item, [.. path, i]))
        : throw Wrong("an array");

    /// <summary>Refuses fields of other names.</summary>
    public void Only(IReadOnlyCollection<string> names)
    {
        foreach ((string name, JsonField value) in Fields())
            if (!names.Contains(name)) throw At($"{Join(path, name)} is not known; the fields here are {string.Join(", ", names)}", value.Path);
    }

    public string Text() => IsText ? element.GetString()! : throw Wrong("a text");

    public bool Flag() => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : throw Wrong("true or false");

    public int Integer() => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) ? value : throw Wrong("a whole number");

    public ulong Natural() => element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out ulong value) ? value : throw Wrong("a whole number, 0 or more");

    public float Number() => element.ValueKind == JsonValueKind.Number && element.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw Wrong("a number");

    public DateTimeOffset Time() => IsText && element.TryGetDateTimeOffset(out DateTimeOffset value) ? value : throw Wrong("a time such as 2026-11-22T09:30:00Z");

    /// <summary>"… is 3; expected …".</summary>
    public RequestException Wrong(string expected) => At($"{(path.Count == 0 ? "this" : Join(path))} is {Found()}; expected {expected}", path);

    /// <summary>"…: what is wrong".</summary>
    public RequestException Bad(string what) => At(path.Count == 0 ? what : $"{Join(path)}: {what}", path);

    IReadOnlyList<object> Path => path;

    RequestException At(string what, IReadOnlyList<object> place) => new($"{record.File} line {LineOf(place)}: {what}", "file");

    string Found() => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String when element.GetString() is { } text => $"'{Line.Start(text, 40)}'",
        _ => Line.Start(element.GetRawText(), 40),
    };

    static string Join(IEnumerable<object> path, params object[] more)
    {
        var text = new StringBuilder();
        foreach (object part in path.Concat(more))
        {
            if (part is int index) text.Append('[').Append(index).Append(']');
            else text.Append(text.Length > 0 ? "." : "").Append(part);
        }
        return text.ToString();
    }

    /// <summary>The line on which a value begins.</summary>
    int LineOf(IReadOnlyList<object> place)
    {
        var reader = new Utf8JsonReader(record.Text.Span);
        reader.Read();
        foreach (object part in place)
        {
            if (part is int index)
            {
                reader.Read();
                for (int i = 0; i < index; i++)
                {
                    reader.Skip();
                    reader.Read();
                }
                continue;
            }
            while (reader.Read() && !reader.ValueTextEquals((string)part))
            {
                reader.Read();
                reader.Skip();
            }
            reader.Read();
        }
        return record.Line + record.Text.Span[..(int)reader.TokenStartIndex].Count((byte)'\n');
    }
}

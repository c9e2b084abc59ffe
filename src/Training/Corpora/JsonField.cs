using System.Text;
using System.Text.Json;
using Juxta.Engine;

namespace Juxta.Training.Corpora;

/// <summary>A value in a record that a person brings. It knows its place, so that whatever is wrong with it can be said exactly.</summary>
public sealed class JsonField
{
    readonly JsonRecord _record;
    readonly JsonElement _element;
    readonly IReadOnlyList<object> _path;

    /// <param name="record">The record it is in.</param>
    /// <param name="element">The value.</param>
    /// <param name="path">Names and indices from the record to it.</param>
    internal JsonField(JsonRecord record, JsonElement element, IReadOnlyList<object> path) => (_record, _element, _path) = (record, element, path);

    public JsonElement Element => _element;

    /// <summary>The name of the file it is in.</summary>
    public string File => _record.File;

    /// <summary>The line on which its record begins, from 1.</summary>
    public int RecordLine => _record.Line;

    public bool IsText => _element.ValueKind == JsonValueKind.String;

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    /// <summary>The field of that name; null when it is absent or null.</summary>
    public JsonField? Find(string name)
    {
        if (_element.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? new JsonField(_record, value, [.. _path, name]) : null;
    }

    public JsonField Require(string name) => Find(name) ?? throw At($"{Join(_path, name)} is missing", _path);

    /// <summary>All fields, null ones too.</summary>
    public IEnumerable<(string Name, JsonField Value)> Fields() => _element.ValueKind == JsonValueKind.Object
        ? _element.EnumerateObject().Select(property => (property.Name, new JsonField(_record, property.Value, [.. _path, property.Name])))
        : throw Wrong("an object");

    public IEnumerable<JsonField> Items() => IsArray
        ? _element.EnumerateArray().Select((item, i) => new JsonField(_record, item, [.. _path, i]))
        : throw Wrong("an array");

    /// <summary>Refuses fields of other names.</summary>
    public void Only(IReadOnlyCollection<string> names)
    {
        foreach ((string name, JsonField value) in Fields())
            if (!names.Contains(name)) throw At($"{Join(_path, name)} is not known; the fields here are {string.Join(", ", names)}", value.Path);
    }

    public string Text()
    {
        if (!IsText) throw Wrong("a text");
        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Bad("it holds half of a surrogate pair, which is no character; expected valid Unicode text");
        }
    }

    public bool Flag() => _element.ValueKind is JsonValueKind.True or JsonValueKind.False ? _element.GetBoolean() : throw Wrong("true or false");

    public int Integer() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out int value) ? value : throw Wrong("a whole number");

    public ulong Natural() => _element.ValueKind == JsonValueKind.Number && _element.TryGetUInt64(out ulong value) ? value : throw Wrong("a whole number, 0 or more");

    public float Number() => _element.ValueKind == JsonValueKind.Number && _element.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw Wrong("a number");

    public DateTimeOffset Time() => IsText && _element.TryGetDateTimeOffset(out DateTimeOffset value) ? value : throw Wrong("a time such as 2026-11-22T09:30:00Z");

    /// <summary>"… is 3; expected …".</summary>
    public RequestException Wrong(string expected) => At($"{(_path.Count == 0 ? "this" : Join(_path))} is {Found()}; expected {expected}", _path);

    /// <summary>"…: what is wrong".</summary>
    public RequestException Bad(string what) => At(_path.Count == 0 ? what : $"{Join(_path)}: {what}", _path);

    IReadOnlyList<object> Path => _path;

    RequestException At(string what, IReadOnlyList<object> place) => new($"{_record.File} line {LineOf(place)}: {what}", "file");

    string Found() => _element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"'{Start(_element.GetRawText()[1..^1])}'",
        _ => Start(_element.GetRawText()),
    };

    /// <summary>The first forty characters on one line.</summary>
    static string Start(string raw)
    {
        string line = string.Join(' ', raw.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 40 ? line : line[..(char.IsHighSurrogate(line[39]) ? 39 : 40)] + "…";
    }

    static string Join(IEnumerable<object> place, params object[] more)
    {
        var text = new StringBuilder();
        foreach (object part in place.Concat(more))
        {
            if (part is int index) text.Append('[').Append(index).Append(']');
            else text.Append(text.Length > 0 ? "." : "").Append(part);
        }
        return text.ToString();
    }

    /// <summary>The line on which a value begins.</summary>
    int LineOf(IReadOnlyList<object> place)
    {
        var reader = new Utf8JsonReader(_record.Text.Span);
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
        return _record.Line + _record.Text.Span[..(int)reader.TokenStartIndex].Count((byte)'\n');
    }
}

using System.Globalization;
using System.Text.Json;

namespace Juxta.Server.Wire;

/// <summary>
/// A JSON object of a request, read field by field. Every complaint names the parameter by its path and says what was found and what was expected.
/// A null value counts as absent, as OpenAI's clients send it; fields nobody asks for are ignored.
/// </summary>
internal readonly struct Fields
{
    readonly JsonElement _object;
    readonly string _path;

    public Fields(JsonElement value, string path = "")
    {
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(path.Length == 0 ? null : path, "a JSON object", value);
        _object = value;
        _path = path;
    }

    /// <summary>The object itself, for what is handed on as it is.</summary>
    public JsonElement Element => _object;

    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    public JsonElement? Value(string name) =>
        _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Value(name) is JsonElement value
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(PathOf(name), "a string", value)
        : null;

    public string RequiredText(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw ApiException.Invalid($"'{PathOf(name)}' is required: a string that is not empty", PathOf(name), "missing_parameter");

    public bool? Flag(string name) => Value(name) is JsonElement value
        ? value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(PathOf(name), "true or false", value),
        }
        : null;

    public float? Number(string name, double least, double most) =>
        Value(name) is JsonElement value ? ReadNumber(value, PathOf(name), least, most) : null;

    public int? Integer(string name, int least, int most = int.MaxValue) =>
        Value(name) is JsonElement value ? ReadInteger(value, PathOf(name), least, most) : null;

    public Fields? Object(string name) => Value(name) is JsonElement value ? new Fields(value, PathOf(name)) : null;

    /// <summary>The items of a list with their paths; null when the field is absent.</summary>
    public List<(JsonElement Value, string Path)>? List(string name) =>
        Value(name) is JsonElement value ? ReadList(value, PathOf(name)) : null;

    /// <summary>One string or a list of strings, none of them empty.</summary>
    public IReadOnlyList<string> Texts(string name, int most)
    {
        if (Value(name) is not JsonElement value) return [];
        string path = PathOf(name);
        string[] texts = value.ValueKind == JsonValueKind.String
            ? [value.GetString()!]
            : [.. ReadList(value, path).Select(item => item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : throw Wrong(item.Path, "a string", item.Value))];
        if (texts.Length > most) throw ApiException.Invalid($"'{path}' has {texts.Length} entries; at most {most} are allowed", path);
        if (texts.Any(text => text.Length == 0)) throw ApiException.Invalid($"'{path}' holds an empty string; every entry must have text", path);
        return texts;
    }

    public IReadOnlyList<int> Integers(string name, int least, int most) =>
        List(name) is { } items ? [.. items.Select(item => ReadInteger(item.Value, item.Path, least, most))] : [];

    public static List<(JsonElement Value, string Path)> ReadList(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(path, "a list", value);
        return [.. value.EnumerateArray().Select((item, index) => (item, $"{path}[{index}]"))];
    }

    public static float ReadNumber(JsonElement value, string path, double least, double most)
    {
        if (value.ValueKind != JsonValueKind.Number) throw Wrong(path, "a number", value);
        double number = value.GetDouble();
        return number >= least && number <= most ? (float)number : throw OutOfRange(path, value, "a number", least, most);
    }

    public static int ReadInteger(JsonElement value, string path, int least, int most)
    {
        if (value.ValueKind != JsonValueKind.Number) throw Wrong(path, "an integer", value);
        // 16.0 is an integer in JSON: some clients write every number so.
        double number = value.GetDouble();
        if (number != Math.Floor(number)) throw Wrong(path, "an integer", value);
        return number >= least && number <= most ? (int)number : throw OutOfRange(path, value, "an integer", least, most);
    }

    public static ApiException Wrong(string? path, string expected, JsonElement found) => ApiException.Invalid(
        path is null ? $"the body must be {expected}; found {Show(found)}" : $"'{path}' must be {expected}; found {Show(found)}", path, "invalid_type");

    static ApiException OutOfRange(string path, JsonElement value, string what, double least, double most)
    {
        string range = most >= int.MaxValue && value.GetDouble() <= most
            ? string.Create(CultureInfo.InvariantCulture, $"{what} of at least {least}")
            : string.Create(CultureInfo.InvariantCulture, $"{what} from {least} to {most}");
        return ApiException.Invalid($"'{path}' must be {range}; found {Show(value)}", path);
    }

    /// <summary>A value as an error message shows it: its start, or its kind where that would be long.</summary>
    public static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Undefined or JsonValueKind.Null => "null",
        _ => value.GetRawText() is { Length: > 48 } text ? text[..48] + "…" : value.GetRawText(),
    };
}

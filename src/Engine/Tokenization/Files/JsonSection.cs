using System.Text.Json;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>A JSON object of a tokenizer file with its path, read with errors that say where and what.</summary>
readonly struct JsonSection
{
    readonly JsonElement _element;

    public JsonSection(JsonElement element, string path, string? file)
    {
        (_element, Path, File) = (element, path, file);
        if (element.ValueKind != JsonValueKind.Object) throw Error($"expected an object, found {Describe(element)}");
    }

    public string Path { get; }
    public string? File { get; }

    /// <summary>Parses a whole file.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string name, string? file)
    {
        try
        {
            if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"reading {name}: it is not valid JSON ({error.Message}) Download it again or export it anew", file, error);
        }
    }

    public ModelFormatException Error(string what) => new($"reading {Path}: {what}", File);

    static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };

    /// <summary>A value that is there and not null.</summary>
    public JsonElement? Find(string name) =>
        _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonSection? Object(string name) => Find(name) is { } value ? new JsonSection(value, $"{Path}.{name}", File) : null;

    public JsonSection RequireObject(string name) => Object(name) ?? throw Error($"'{name}' is missing");

    public IEnumerable<JsonSection> Objects(string name)
    {
        int index = 0;
        foreach (var element in Array(name)) yield return new JsonSection(element, $"{Path}.{name}[{index++}]", File);
    }

    public IEnumerable<JsonElement> Array(string name)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array) throw Error($"'{name}': expected an array, found {Describe(value)}");
        return value.EnumerateArray();
    }

    public IEnumerable<JsonProperty> Properties => _element.EnumerateObject();

    public string? String(string name) => Find(name) is { } value ? AsString(value, name) : null;

    public string RequireString(string name) => String(name) ?? throw Error($"'{name}' is missing");

    public string AsString(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String) throw Error($"'{name}': expected a string, found {Describe(value)}");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new ModelFormatException($"reading {Path}: '{name}' is not valid Unicode text", File, error);
        }
    }

    public bool Bool(string name, bool otherwise = false) => Find(name) is not { } value ? otherwise : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"'{name}': expected true or false, found {Describe(value)}"),
    };

    public int Int(string name, int otherwise) => Find(name) is { } value ? AsInt(value, name) : otherwise;

    public int AsInt(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0
            ? number : throw Error($"'{name}': expected a whole number from 0 to {int.MaxValue}, found {value.GetRawText()[..Math.Min(40, value.GetRawText().Length)]}");
}

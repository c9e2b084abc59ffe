using System.Text.Json;
using System.Text.Unicode;

namespace Juxta.Engine.Weights;

/// <summary>
/// Typed access to a checkpoint's JSON: config.json, generation_config.json, an index or an adapter's config. A key that is absent and a key that is null
/// are the same. Every error names file, key, what was found and what was expected.
/// </summary>
internal sealed class CheckpointConfig
{
    /// <summary>Larger than any dimension, vocabulary or context of a real model; a config beyond it is damaged or hostile.</summary>
    public const int MaxDimension = 1 << 26;

    const long MaxFileBytes = 256 << 20; // an index of a large mixture of experts has tens of megabytes

    readonly JsonElement _root;
    readonly string _path;

    CheckpointConfig(JsonElement root, string file, string path)
    {
        _root = root;
        File = file;
        _path = path;
    }

    /// <summary>The file it was read from.</summary>
    public string File { get; }

    /// <summary>The object's keys in order, duplicates included.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            try
            {
                return [.. _root.EnumerateObject().Select(property => property.Name)];
            }
            catch (InvalidOperationException error)
            {
                throw new ModelFormatException($"{File}: a key of '{_path.TrimEnd('.')}' is not valid Unicode text", File, error);
            }
        }
    }

    /// <summary>RoPE scaling under its old or its new (transformers 5) name; null where the model has none.</summary>
    public CheckpointConfig? RopeScaling => Section("rope_scaling") ?? Section("rope_parameters");

    /// <summary>rope_theta, at the top or among transformers 5's rope_parameters.</summary>
    public double RopeTheta(double fallback) => DoubleOrNull("rope_theta") ?? RopeScaling?.DoubleOrNull("rope_theta") ?? fallback;

    /// <summary>The dtype hint under either name ("bfloat16"); the file decides, so it is for people.</summary>
    public string? TypeHint => StringOrNull("torch_dtype") ?? StringOrNull("dtype");

    /// <exception cref="ModelFormatException">The file is absent, too large, not JSON or not an object.</exception>
    public static CheckpointConfig Read(string path)
    {
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists) throw new ModelFormatException($"{path}: no such file", path);
            byte[] bytes = info.Length <= MaxFileBytes ? System.IO.File.ReadAllBytes(path) : throw new ModelFormatException($"{path}: {info.Length} bytes of JSON are more than the {MaxFileBytes} allowed", path);
            return Parse(bytes, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: cannot be read: {error.Message}", path, error);
        }
    }

    /// <summary>The file's content, or null where there is no such file.</summary>
    public static CheckpointConfig? ReadIfPresent(string path) => System.IO.File.Exists(path) ? Read(path) : null;

    /// <param name="utf8">JSON text, with or without a byte order mark.</param>
    /// <param name="file">Name for messages.</param>
    public static CheckpointConfig Parse(ReadOnlyMemory<byte> utf8, string file)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!Utf8.IsValid(utf8.Span)) throw new ModelFormatException($"{file}: not valid UTF-8", file);
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ModelFormatException($"{file}: expected a JSON object, found {Describe(document.RootElement)}", file);
            return new CheckpointConfig(document.RootElement.Clone(), file, "");
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{file}: not valid JSON: {error.Message}", file, error);
        }
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether the key is there and says null, which some keys mean otherwise than being absent.</summary>
    public bool IsNull(string key) => _root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>The raw value, or null.</summary>
    public JsonElement? Find(string key) => _root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; by default a dimension or count.</summary>
    public int Int(string key, int min = 1, int max = MaxDimension) => IntOrNull(key, min, max) ?? throw Missing(key, "an integer");

    public int IntOr(string key, int fallback, int min = 1, int max = MaxDimension) => IntOrNull(key, min, max) ?? fallback;

    public int? IntOrNull(string key, int min = 1, int max = MaxDimension) => Find(key) is { } value ? ToInt(value, key, min, max) : null;

    public float Float(string key) => (float)(DoubleOrNull(key) ?? throw Missing(key, "a number"));

    public float FloatOr(string key, float fallback) => (float)(DoubleOrNull(key) ?? fallback);

    public double? DoubleOrNull(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)) return number;
        throw Wrong(key, value, "a finite number");
    }

    public bool BoolOr(string key, bool fallback) => BoolOrNull(key) ?? fallback;

    public bool? BoolOrNull(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, value, "true or false"),
    };

    public string String(string key) => StringOrNull(key) ?? throw Missing(key, "a string");

    public string StringOr(string key, string fallback) => StringOrNull(key) ?? fallback;

    public string? StringOrNull(string key) => Find(key) is { } value ? ToText(value, key, "a string") : null;

    /// <summary>A list of strings; empty where absent.</summary>
    public IReadOnlyList<string> Strings(string key) => Items(key, "a list of strings", item => ToText(item, key, "a list of strings"));

    /// <summary>One integer or a list of them; empty where absent.</summary>
    public IReadOnlyList<int> Ints(string key, int min = 0, int max = MaxDimension) =>
        Find(key) is { ValueKind: JsonValueKind.Number } value ? [ToInt(value, key, min, max)] : Items(key, "an integer or a list of integers", item => ToInt(item, key, min, max));

    /// <summary>A list of numbers; empty where absent.</summary>
    public IReadOnlyList<float> Floats(string key) => Items(key, "a list of numbers", item =>
        item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number) ? (float)number : throw Wrong(key, item, "a list of finite numbers"));

    /// <summary>A nested object, or null.</summary>
    public CheckpointConfig? Section(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new CheckpointConfig(value, File, $"{_path}{key}."),
        { } value => throw Wrong(key, value, "an object"),
    };

    /// <summary>An error about a key's value, for rules that only the caller knows.</summary>
    public ModelFormatException Error(string key, string message) => new($"{File}: '{_path}{key}' {message}", File);

    T[] Items<T>(string key, string expected, Func<JsonElement, T> convert) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value => [.. value.EnumerateArray().Select(convert)],
        { } value => throw Wrong(key, value, expected),
    };

    int ToInt(JsonElement value, string key, int min, int max)
    {
        // Some exporters write 32.0 for 32.
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || number != Math.Floor(number))
            throw Wrong(key, value, "an integer");
        if (number < min || number > max) throw Wrong(key, value, $"an integer from {min} to {max}");
        return (int)number;
    }

    string ToText(JsonElement value, string key, string expected)
    {
        if (value.ValueKind != JsonValueKind.String) throw Wrong(key, value, expected);
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new ModelFormatException($"{File}: '{_path}{key}' is not valid Unicode text", File, error);
        }
    }

    ModelFormatException Missing(string key, string expected) => Error(key, $"is missing; expected {expected}");

    ModelFormatException Wrong(string key, JsonElement found, string expected) => Error(key, $"is {Describe(found)}; expected {expected}");

    static string Describe(JsonElement value)
    {
        string text = value.GetRawText();
        string shown = text.Length <= 60 ? text : text[..60] + "…";
        return value.ValueKind switch
        {
            JsonValueKind.Object => $"the object {shown}",
            JsonValueKind.Array => $"the list {shown}",
            JsonValueKind.String => $"the string {shown}",
            _ => shown,
        };
    }
}

using System.Text.Json;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed class SafeTensorsHeader
{
    const int MaxDimensions = 16;

    readonly List<Entry> _entries = [];
    readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>One tensor; offsets count from the first byte after the header.</summary>
    public readonly record struct Entry(string Name, DType Type, int[] Shape, long Begin, long End);

    /// <summary>Elements of a shape, or null when the count overflows.</summary>
    public delegate long? ElementCounter(ReadOnlySpan<int> shape);

    public IReadOnlyList<Entry> Entries => _entries;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <param name="json">The header's bytes, padding included.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="count">How elements are counted.</param>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, string path, ElementCounter count)
    {
        var header = new SafeTensorsHeader();
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "the header is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                Expect(names.Add(name), $"the name '{name}' occurs twice");
                reader.Read();
                if (name == "__metadata__") header.ReadMetadata(ref reader);
                else header._entries.Add(ReadEntry(ref reader, name, count));
            }
            while (reader.Read()) { } // anything but padding after the object is an error of the reader
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: the reader found invalid UTF-8 or half a surrogate pair in a string.
            throw new ModelFormatException($"{path}: damaged safetensors header: {error.Message}", path, error);
        }
        return header;
    }

    /// <summary>Tensors must cover the data without gap or overlap: so a header cannot point outside the file, nor two names alias.</summary>
    public void CheckLayout(string path, long dataBytes)
    {
        long covered = 0;
        string before = "the header";
        foreach (Entry entry in _entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.End > dataBytes)
                throw Damaged($"tensor '{entry.Name}' ends at byte {entry.End}, but the file holds only {dataBytes} bytes of data: truncated? Download it again", ModelFault.Truncated);
            if (entry.Begin < covered) throw Damaged($"tensor '{entry.Name}' begins at byte {entry.Begin}, inside {before}, which ends at {covered}: they overlap");
            if (entry.Begin > covered) throw Damaged($"tensor '{entry.Name}' begins at byte {entry.Begin}, but {before} ends at {covered}: there is a gap");
            covered = entry.End;
            before = $"tensor '{entry.Name}'";
        }
        if (covered != dataBytes) throw Damaged($"{before} ends at byte {covered}, but the file holds {dataBytes} bytes of data: the rest belongs to no tensor");

        ModelFormatException Damaged(string what, ModelFault fault = ModelFault.Other) => new($"{path}: damaged safetensors file: {what}", path) { Fault = fault };
    }

    void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, "__metadata__ is not an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, $"__metadata__ entry '{key}' is not a string");
            _metadata[key] = reader.GetString()!;
        }
    }

    static Entry ReadEntry(ref Utf8JsonReader reader, string name, ElementCounter count)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, $"tensor '{name}' is not described by an object");
        string? typeName = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when typeName is null && reader.TokenType == JsonTokenType.String: typeName = reader.GetString(); break;
                case "shape" when shape is null: shape = ReadIntegers(ref reader, name, key); break;
                case "data_offsets" when offsets is null: offsets = ReadIntegers(ref reader, name, key); break;
                case "dtype" or "shape" or "data_offsets": throw new FormatException($"tensor '{name}': {key} is given twice or has the wrong type");
                default: reader.Skip(); break;
            }
        }
        Expect(typeName is not null, $"tensor '{name}' has no dtype");
        Expect(shape is not null, $"tensor '{name}' has no shape");
        Expect(offsets is { Length: 2 }, $"tensor '{name}': data_offsets must be [begin, end]");
        DType type = ParseType(typeName!) ?? throw new FormatException(
            $"tensor '{name}' has dtype {typeName}, which is not supported; expected {string.Join(", ", Enum.GetNames<DType>()).ToUpperInvariant()}");
        Expect(shape!.All(dimension => dimension <= int.MaxValue), $"tensor '{name}': shape [{string.Join(", ", shape!)}] is too large");
        int[] dimensions = [.. shape!.Select(dimension => (int)dimension)];
        long elements = count(dimensions) ?? throw new FormatException($"tensor '{name}': shape [{string.Join(", ", dimensions)}] is too large");
        Expect(offsets![0] <= offsets[1], $"tensor '{name}': data_offsets [{offsets[0]}, {offsets[1]}] run backwards");
        long bytes = elements * type.Size();
        Expect(offsets[1] - offsets[0] == bytes,
            $"tensor '{name}': {typeName} [{string.Join(", ", dimensions)}] takes {bytes} bytes, but data_offsets [{offsets[0]}, {offsets[1]}] give it {offsets[1] - offsets[0]}");
        return new Entry(name, type, dimensions, offsets[0], offsets[1]);
    }

    static long[] ReadIntegers(ref Utf8JsonReader reader, string name, string key)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, $"tensor '{name}': {key} is not a list");
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                string found = reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.ASCII.GetString(reader.ValueSpan) : $"a JSON {reader.TokenType}";
                throw new FormatException($"tensor '{name}': {key} holds {found}, expected integers from 0 to {long.MaxValue}");
            }
            values.Add(value);
            Expect(values.Count <= MaxDimensions, $"tensor '{name}': {key} has more than {MaxDimensions} entries");
        }
        return [.. values];
    }

    static DType? ParseType(string name) => name switch
    {
        "BOOL" => DType.Bool,
        _ when Enum.TryParse(name, out DType type) && Enum.IsDefined(type) && type.ToString() == name && type != DType.Bool => type,
        _ => null,
    };

    static void Expect(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException(otherwise);
    }
}

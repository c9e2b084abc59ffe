using System.Globalization;
using System.Text.Json;

namespace Juxta.Eval.Suites;

/// <summary>
/// A JSON value that knows where it stands, so that a fault can be named by file, line and field. (Training has a reader of its own for corpora: Eval
/// references no other project.)
/// </summary>
internal sealed record PlacedJson(JsonText Source, JsonElement Element, IReadOnlyList<object> Path)
{
    /// <exception cref="SuiteException">It is not JSON.</exception>
    public static PlacedJson Parse(JsonText source)
    {
        try
        {
            CheckNames(source);
            using var document = JsonDocument.Parse(source.Bytes);
            return new PlacedJson(source, document.RootElement.Clone(), []);
        }
        catch (JsonException error)
        {
            throw Invalid(source, error);
        }
    }

    public static SuiteException Invalid(JsonText source, JsonException error) =>
        source.Error(source.Line + (int)(error.LineNumber ?? 0), $"not valid JSON: {error.Message.Split(" LineNumber:")[0]}");

    /// <summary>Names that are no text, or stand twice, have no line in the parser's own errors, or fail wherever they are first read.</summary>
    static void CheckNames(JsonText source)
    {
        var reader = new Utf8JsonReader(source.Bytes.Span);
        var open = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject) open.Push(new HashSet<string>(StringComparer.Ordinal));
            if (reader.TokenType == JsonTokenType.EndObject) open.Pop();
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            try
            {
                string name = reader.GetString()!;
                if (!open.Peek().Add(name)) throw source.Error(source.LineAt((int)reader.TokenStartIndex), $"the field '{name}' stands twice; keep one");
            }
            catch (InvalidOperationException)
            {
                throw source.Error(source.LineAt((int)reader.TokenStartIndex), "the name of a field holds half of a surrogate pair; expected valid Unicode text");
            }
        }
    }

    public bool IsText => Element.ValueKind == JsonValueKind.String;

    public bool IsList => Element.ValueKind == JsonValueKind.Array;

    public PlacedJson? Find(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        return Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? this with { Element = value, Path = [.. Path, name] } : null;
    }

    public PlacedJson Require(string name) => Find(name) ?? throw Error($"the field {Name([.. Path, name])} is missing");

    public IEnumerable<PlacedJson> Items() => IsList ? Element.EnumerateArray().Select((item, i) => this with { Element = item, Path = [.. Path, i] }) : throw Wrong("a list");

    public IEnumerable<(string Name, PlacedJson Value)> Fields() => Element.ValueKind == JsonValueKind.Object
        ? Element.EnumerateObject().Select(field => (field.Name, this with { Element = field.Value, Path = [.. Path, field.Name] }))
        : throw Wrong("an object");

    /// <summary>Refuses fields of other names: a misspelt setting must not be passed over.</summary>
    public void Only(params string[] names)
    {
        foreach ((string name, PlacedJson value) in Fields())
            if (!names.Contains(name)) throw value.Error($"the field {Name(value.Path)} is not known; here are {string.Join(", ", names)}");
    }

    public string Text()
    {
        if (!IsText) throw Wrong("a text");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error($"{Name(Path)} holds half of a surrogate pair; expected valid Unicode text");
        }
    }

    public string[] Texts() => [.. Items().Select(item => item.Text())];

    public int Count(int least) => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int value) && value >= least ? value : throw Wrong($"a whole number, {least} or more");

    public SuiteException Wrong(string expected)
    {
        string found = Element.GetRawText().ReplaceLineEndings(" ");
        return Error($"{Name(Path)} is {(found.Length <= 40 ? found : found[..40] + "…")}; expected {expected}");
    }

    public SuiteException Error(string what) => Source.Error(Line, what);

    /// <summary>The line on which the value begins.</summary>
    public int Line
    {
        get
        {
            var reader = new Utf8JsonReader(Source.Bytes.Span);
            reader.Read();
            foreach (object part in Path)
            {
                reader.Read();
                for (int i = 0; part is int index && i < index; i++)
                {
                    reader.Skip();
                    reader.Read();
                }
                if (part is not string name) continue;
                while (!reader.ValueTextEquals(name))
                {
                    reader.Read();
                    reader.Skip();
                    reader.Read();
                }
                reader.Read();
            }
            return Source.LineAt((int)reader.TokenStartIndex);
        }
    }

    static string Name(IReadOnlyList<object> path) => path.Count == 0
        ? "the record"
        : string.Concat(path.Select((part, i) => part is int index ? string.Create(CultureInfo.InvariantCulture, $"[{index}]") : i == 0 ? $"{part}" : $".{part}"));
}

/// <summary>JSON text as it stands in a file.</summary>
/// <param name="File">The file's path, for messages.</param>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Bytes">UTF-8.</param>
internal sealed record JsonText(string File, int Line, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The line of the file on which a byte stands.</summary>
    public int LineAt(int index) => Line + Bytes.Span[..index].Count((byte)'\n');

    public SuiteException Error(int line, string what) => new(string.Create(CultureInfo.InvariantCulture, $"{File}:{line}: {what}"));
}

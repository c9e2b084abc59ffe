using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Juxta.Cli;

/// <summary>JSON in and out: JSON Lines files with line numbers in errors, and data on stdout with stable snake_case names.</summary>
internal static class JsonLines
{
    /// <summary>Text stays readable: Chinese is not escaped; stdout is no HTML page.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The objects of a JSON Lines file ("-" = stdin), with where each stands; blank lines are passed over.</summary>
    public static IEnumerable<JsonLine> Read(string path)
    {
        using Stream stream = path == "-" ? Console.OpenStandardInput() : OpenFile(path);
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        for (int number = 1; ReadLine(reader, path, number) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line)) yield return Parse(line, path, number);
        }
    }

    /// <summary>One line on stdout.</summary>
    public static void Write(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, value.GetType(), Options));

    static FileStream OpenFile(string path) =>
        File.Exists(path) ? File.OpenRead(path) : throw new InputException($"--jsonl {path}: no such file");

    static string? ReadLine(StreamReader reader, string path, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new InputException($"{path}:{number}: not valid UTF-8: {error.Message}");
        }
    }

    static JsonLine Parse(string line, string path, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement value = document.RootElement.Clone();
            return value.ValueKind == JsonValueKind.Object ? new JsonLine(path, number, value) : throw new InputException($"{path}:{number}: expected a JSON object");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}:{number}: not valid JSON: {error.Message}");
        }
    }
}

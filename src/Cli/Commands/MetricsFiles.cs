using System.Text.Json;
using Juxta.Eval.Metrics;

namespace Juxta.Cli.Commands;

/// <summary>Reads files of answers and references: text with one segment a line, or JSON Lines of strings (which may hold line breaks) and null.</summary>
internal static class MetricsFiles
{
    /// <summary>The answers of each system with the references that all share.</summary>
    public static Answer[][] Read(IMetric metric, IReadOnlyList<FileInfo> systems, IReadOnlyList<FileInfo> references)
    {
        if (metric.NeedsReferences && references.Count == 0) throw new InputException($"metrics: {metric.Name} compares with references; give them with --ref FILE");
        string[] baseline = Texts(systems[0]);
        string?[][] streams = [.. references.Select(file => SameLength(file, Segments(file), systems[0], baseline.Length))];
        return [.. systems.Select(file => Answer.FromStreams(file == systems[0] ? baseline : SameLength(file, Texts(file), systems[0], baseline.Length), streams, metric.NeedsReferences))];
    }

    static T[] SameLength<T>(FileInfo file, T[] segments, FileInfo first, int expected) => segments.Length == expected
        ? segments
        : throw new InputException($"{file.FullName} has {segments.Length} segments and {first.FullName} has {expected}; line i of both must belong together (a segment with a line break needs a .jsonl file of JSON strings)");

    static string[] Texts(FileInfo file) => [.. Segments(file).Select((text, i) => text ?? throw new InputException($"{file.FullName}:{i + 1}: an answer cannot be null; \"\" is an empty one"))];

    static string?[] Segments(FileInfo file)
    {
        if (!file.Exists) throw new InputException($"{file.FullName}: no such file");
        bool json = file.Extension is ".jsonl" or ".json";
        var segments = new List<string?>();
        using var reader = new StreamReader(file.FullName, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            while (reader.ReadLine() is { } line) segments.Add(json ? Unquote(line, file, segments.Count + 1) : line);
        }
        catch (System.Text.DecoderFallbackException error)
        {
            throw new InputException($"{file.FullName}:{segments.Count + 1}: not valid UTF-8: {error.Message}");
        }
        return [.. segments];
    }

    static string? Unquote(string line, FileInfo file, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<string?>(line);
        }
        catch (JsonException)
        {
            throw new InputException($"{file.FullName}:{number}: expected a JSON string or null; found {(line.Length <= 60 ? line : line[..60] + "…")}");
        }
    }
}

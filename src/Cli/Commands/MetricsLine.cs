using System.Text.Json;
using Juxta.Eval.Metrics;

namespace Juxta.Cli.Commands;

/// <summary>Reads a line of <c>juxta metrics --jsonl</c>.</summary>
internal static class MetricsLine
{
    static readonly string[] Known =
    [
        "metric", "options", "hypotheses", "references", "outcomes", "nats", "tokens", "bytes", "paired", "test", "samples", "seed", "confidence", "sentence_level", "id",
    ];

    public static Dictionary<string, object?> Options(JsonLine line)
    {
        if (line.Find("options") is not { } options) return [];
        if (options.ValueKind != JsonValueKind.Object) throw line.Wrong("options", "an object such as {\"tokenize\":\"zh\"}");
        return options.EnumerateObject().ToDictionary(o => o.Name, o => o.Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => o.Value.GetDouble(),
            JsonValueKind.String => o.Value.GetString(),
            JsonValueKind.Null => (object?)null,
            _ => throw line.Error($"option '{o.Name}' should be true, false, a number or a text; found {o.Value.GetRawText()}"),
        }, StringComparer.Ordinal);
    }

    public static MetricsQuestion Read(JsonLine line, IMetric metric)
    {
        if (line.Value.EnumerateObject().FirstOrDefault(f => !Known.Contains(f.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            throw line.Error($"unknown field '{unknown.Name}'; a line has {string.Join(", ", Known)}");
        Answer[] answers = Loss(line) ?? Texts(line, metric);
        Answer[][] others = [.. Lists(line, "paired").Select((texts, k) => Other(line, answers, texts, k))];
        int? samples = line.Find("samples") is null ? null : Number(line, "samples");
        ulong seed = line.Find("seed") is null ? Eval.Significance.Bootstrap.DefaultSeed : (ulong)Number(line, "seed");
        var resampling = MetricsResampling.Of(line.Find("test") is null ? "bs" : line.Text("test"), others.Length > 0, line.Flag("confidence", false), samples, seed);
        return new MetricsQuestion(metric, [answers, .. others], line.Flag("sentence_level", false), resampling);
    }

    static Answer[] Texts(JsonLine line, IMetric metric)
    {
        string[]? outcomes = line.Find("outcomes") is null ? null : Strings(line, "outcomes", line.Find("outcomes")!.Value);
        string[] hypotheses = line.Find("hypotheses") is { } given ? Strings(line, "hypotheses", given)
            : outcomes is not null && !metric.NeedsReferences ? [.. outcomes.Select(_ => "")]
            : throw line.Wrong("hypotheses", "a list of texts");
        if (outcomes is not null && outcomes.Length != hypotheses.Length) throw line.Error($"'outcomes' has {outcomes.Length} entries and 'hypotheses' has {hypotheses.Length}");
        Answer[] answers = Answer.FromStreams(hypotheses, [.. Lists(line, "references")], metric.NeedsReferences);
        return outcomes is null ? answers : [.. answers.Zip(outcomes, (answer, outcome) => answer with { Outcome = outcome })];
    }

    static Answer[]? Loss(JsonLine line)
    {
        if (line.Find("nats") is null) return null;
        double[] nats = Numbers(line, "nats"), tokens = Numbers(line, "tokens"), bytes = line.Find("bytes") is null ? new double[nats.Length] : Numbers(line, "bytes");
        if (nats.Length != tokens.Length || nats.Length != bytes.Length) throw line.Error($"'nats', 'tokens' and 'bytes' should be as long as each other; they have {nats.Length}, {tokens.Length} and {bytes.Length} entries");
        return [.. nats.Select((n, i) => new Answer("", []) { Loss = new TokenLoss(n, (long)tokens[i], (long)bytes[i]) })];
    }

    static Answer[] Other(JsonLine line, Answer[] baseline, string?[] texts, int index)
    {
        if (texts.Length != baseline.Length) throw line.Error($"'paired' system {index + 1} has {texts.Length} answers and 'hypotheses' has {baseline.Length}");
        return [.. baseline.Zip(texts, (answer, text) => answer with { Text = text ?? throw line.Error($"'paired' system {index + 1} has a null; only references may be null") })];
    }

    static IEnumerable<string?[]> Lists(JsonLine line, string name)
    {
        if (line.Find(name) is not { } lists) yield break;
        if (lists.ValueKind != JsonValueKind.Array) throw line.Wrong(name, "a list of lists of texts");
        foreach (JsonElement list in lists.EnumerateArray())
        {
            if (list.ValueKind != JsonValueKind.Array) throw line.Wrong(name, $"a list of lists: one list per {(name == "paired" ? "system" : "stream")}, as long as 'hypotheses'");
            yield return [.. list.EnumerateArray().Select(text => text.ValueKind == JsonValueKind.Null ? null : String(line, name, text))];
        }
    }

    static string[] Strings(JsonLine line, string name, JsonElement list) => list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Select(text => String(line, name, text))]
        : throw line.Wrong(name, "a list of texts");

    static string String(JsonLine line, string name, JsonElement text)
    {
        try
        {
            return text.ValueKind == JsonValueKind.String ? text.GetString()! : throw line.Error($"'{name}' should hold texts; found {text.GetRawText()}");
        }
        catch (InvalidOperationException)
        {
            throw line.Error($"'{name}' holds a text with half of a surrogate pair, which is no valid Unicode");
        }
    }

    static double[] Numbers(JsonLine line, string name) => line.Find(name) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(n => n.ValueKind == JsonValueKind.Number ? n.GetDouble() : throw line.Wrong(name, "a list of numbers"))]
        : throw line.Wrong(name, "a list of numbers");

    static int Number(JsonLine line, string name) => line.Find(name) is { ValueKind: JsonValueKind.Number } n && n.TryGetInt32(out int value) && value >= 0 ? value : throw line.Wrong(name, "a whole number");
}

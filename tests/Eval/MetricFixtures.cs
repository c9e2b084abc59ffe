using System.Text.Json;
using Juxta.Eval.Metrics;
using Juxta.Tests;

namespace Juxta.EvalTests;

/// <summary>Reads the metric vectors.</summary>
internal static class MetricFixtures
{
    static readonly Dictionary<string, JsonElement> Loaded = [];

    public static JsonElement Load(string name)
    {
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(name, out JsonElement document))
                Loaded[name] = document = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Require("metrics", $"{name}.json"))).RootElement;
            return document;
        }
    }

    public static JsonElement.ArrayEnumerator Cases(string name, string list = "cases") => Load(name).GetProperty(list).EnumerateArray();

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static string[] Strings(this JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetString()!)];

    public static double Number(this JsonElement e) => e.ValueKind == JsonValueKind.String
        ? e.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity }
        : e.GetDouble();

    public static double[] Numbers(this JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    public static Dictionary<string, object?> Options(this JsonElement options) => options.EnumerateObject().ToDictionary(o => o.Name, o => o.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => o.Value.GetDouble(),
        JsonValueKind.Null => (object?)null,
        _ => o.Value.GetString(),
    });

    static readonly Dictionary<(string, string), Answer[]> Systems = [];

    /// <summary>One system's answers of a corpus of corpora.json.</summary>
    public static Answer[] Corpus(string corpus, string system)
    {
        lock (Systems)
        {
            if (Systems.TryGetValue((corpus, system), out Answer[]? answers)) return answers;
            JsonElement found = Load("corpora").GetProperty("corpora").GetProperty(corpus);
            string?[][] streams = [.. found.GetProperty("refs").EnumerateArray().Select(s => s.EnumerateArray().Select(e => e.GetString()).ToArray())];
            return Systems[(corpus, system)] = Answer.FromStreams(found.GetProperty("hyps").GetProperty(system).Strings(), streams);
        }
    }

    /// <summary>pairs.json by id.</summary>
    public static Dictionary<string, Answer> Pairs(JsonElement list) =>
        list.EnumerateArray().ToDictionary(p => p.Text("id"), p => new Answer(p.Text("hyp"), p.GetProperty("refs").Strings()));
}

/// <summary>Collects what is wrong, so that one run tells all of it.</summary>
internal sealed class Differences
{
    readonly List<string> _wrong = [];
    int _checked;

    public void Equal<T>(T expected, T actual, string what)
    {
        _checked++;
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) _wrong.Add($"{what}: expected {expected}, found {actual}");
    }

    public void EqualTexts(IEnumerable<string> expected, IEnumerable<string> actual, string what) => Equal(string.Join('␟', expected), string.Join('␟', actual), what);

    /// <summary>Equal to a relative tolerance; 0 = to the bit.</summary>
    public void Near(double expected, double actual, double tolerance, string what)
    {
        _checked++;
        bool near = expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * Math.Max(Math.Abs(expected), double.Epsilon);
        if (!near) _wrong.Add($"{what}: expected {expected:R}, found {actual:R}");
    }

    public void Near(double[] expected, double[] actual, double tolerance, string what)
    {
        Equal(expected.Length, actual.Length, $"{what}: length");
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++) Near(expected[i], actual[i], tolerance, $"{what}[{i}]");
    }

    public void AssertNone(int atLeast)
    {
        Assert.True(_wrong.Count == 0, $"{_wrong.Count} of {_checked} differ:\n{string.Join("\n", _wrong.Take(12))}");
        Assert.True(_checked >= atLeast, $"only {_checked} comparisons were made, expected at least {atLeast}");
    }
}

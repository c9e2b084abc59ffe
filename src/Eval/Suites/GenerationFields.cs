using System.Text.Json;

namespace Juxta.Eval.Suites;

/// <summary>The generation settings that a set may give, by the API's names, and what each takes.</summary>
public static class GenerationFields
{
    static readonly (string Name, string Takes, Func<JsonElement, bool> Fits)[] All =
    [
        ("temperature", "a number, 0 or more", value => value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= float.MaxValue),
        ("top_p", "a number above 0 and up to 1", value => value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and <= 1),
        ("top_k", "a whole number, 0 or more", value => Whole(value, 0, int.MaxValue)),
        ("max_tokens", "a whole number, 1 or more", value => Whole(value, 1, int.MaxValue)),
        ("seed", "a whole number", value => Whole(value, long.MinValue, long.MaxValue)),
        ("stop", "a list of texts that are not empty", value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(stop => stop.ValueKind == JsonValueKind.String && stop.GetString()!.Length > 0)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(field => field.Name)];

    /// <summary>What a setting takes, where it does not take this value; null = it does.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    internal static string? Fault(string name, JsonElement value)
    {
        (_, string takes, Func<JsonElement, bool> fits) = All.Single(field => field.Name == name);
        return fits(value) ? null : takes;
    }

    /// <summary>A set's settings, checked. A null is as good as nothing.</summary>
    /// <exception cref="SuiteException">One is not known or has no value of its kind: names file and line.</exception>
    internal static IReadOnlyDictionary<string, JsonElement> Read(PlacedJson generation)
    {
        generation.Only([.. Names]);
        var read = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach ((string name, PlacedJson value) in generation.Fields())
        {
            if (value.Element.ValueKind == JsonValueKind.Null) continue;
            if (name == "stop" && value.IsList) value.Texts();
            if (Fault(name, value.Element) is { } takes) throw value.Wrong(takes);
            read.Add(name, value.Element);
        }
        return read;
    }

    /// <summary>Refuses settings that no run can keep; files of sets are checked where they are read, with their lines.</summary>
    /// <param name="where">Whose settings they are.</param>
    /// <exception cref="SuiteException">One is not known or has no value of its kind.</exception>
    internal static void Require(string where, IReadOnlyDictionary<string, JsonElement> generation)
    {
        foreach ((string name, JsonElement value) in generation)
        {
            if (!Names.Contains(name)) throw new SuiteException($"{where}: the generation setting '{name}' is not known; there are {string.Join(", ", Names)}");
            if (value.ValueKind != JsonValueKind.Null && Fault(name, value) is { } takes) throw new SuiteException($"{where}: the generation setting {name} is {value.GetRawText()}; expected {takes}");
        }
    }

    static bool Whole(JsonElement value, long least, long most) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most;
}

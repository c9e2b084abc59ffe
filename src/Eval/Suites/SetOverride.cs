using System.Globalization;
using System.Text.Json;

namespace Juxta.Eval.Suites;

/// <summary>
/// What a run does otherwise than its set says, given as <c>name=value</c>: an axis with other values (<c>max_target_length=32,64</c>; a length of 0 is no bound) or a
/// generation setting with another (<c>temperature=0.7</c>).
/// </summary>
public sealed class SetOverride
{
    /// <summary>Axes of the matrix with their least values, as <c>evalset.json</c> names them.</summary>
    static readonly (string Name, int Least)[] Axes = [("few_shot", 0), ("history_turns", 0), ("max_source_length", 0), ("max_target_length", 0)];

    readonly Dictionary<string, int[]> _axes = new(StringComparer.Ordinal);
    readonly Dictionary<string, JsonElement> _generation = new(StringComparer.Ordinal);

    SetOverride()
    {
    }

    /// <summary>All that can be overridden: axes, then generation settings.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Axes.Select(axis => axis.Name), .. GenerationFields.Names];

    /// <summary>Reads overrides.</summary>
    /// <param name="given">Each <c>name=value</c>; several values of an axis stand between commas, a stop text as it is or as a JSON list of texts.</param>
    /// <exception cref="SuiteException">A name is not known or given twice, or a value is none of its kind.</exception>
    public static SetOverride Parse(IEnumerable<string> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        var read = new SetOverride();
        foreach (string text in given)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new SuiteException($"'{text}' overrides nothing; expected name=value, such as max_target_length=64");
            read.Add(text[..equals].Trim(), text[(equals + 1)..].Trim());
        }
        return read;
    }

    /// <summary>The set as it is to be run.</summary>
    /// <exception cref="SuiteException">More examples are asked for than the set has.</exception>
    public EvalSet Of(EvalSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (_axes.GetValueOrDefault("few_shot") is { } examples && examples.Max() > set.Shots.Count)
            throw new SuiteException($"few_shot goes up to {examples.Max()} and {set.Id} has {(set.Shots.Count == 0 ? "no examples" : $"{set.Shots.Count} examples")}; ask for fewer");
        return set with
        {
            Settings = SuiteSetting.Product(
                Values("few_shot", set, setting => setting.FewShot), Values("history_turns", set, setting => setting.HistoryTurns),
                Values("max_source_length", set, setting => setting.MaxSourceLength), Values("max_target_length", set, setting => setting.MaxTargetLength)),
            Generation = set.Generation.Where(field => !_generation.ContainsKey(field.Key)).Concat(_generation).ToDictionary(field => field.Key, field => field.Value),
        };
    }

    /// <summary>An axis' own values, or those given; a length of 0 is none.</summary>
    int?[] Values(string axis, EvalSet set, Func<SuiteSetting, int?> of) => _axes.TryGetValue(axis, out int[]? values)
        ? [.. values.Select(value => value == 0 && axis.EndsWith("_length", StringComparison.Ordinal) ? (int?)null : value)]
        : [.. set.Settings.Select(of).Distinct()];

    void Add(string name, string value)
    {
        if (!Names.Contains(name)) throw new SuiteException($"'{name}' cannot be overridden; there are {string.Join(", ", Names)}");
        if (_axes.ContainsKey(name) || _generation.ContainsKey(name)) throw new SuiteException($"{name} is given twice; several values of an axis stand between commas");
        if (Axes.Any(axis => axis.Name == name)) _axes.Add(name, Axis(name, value));
        else _generation.Add(name, Generation(name, value));
    }

    static int[] Axis(string name, string value)
    {
        int least = Axes.Single(axis => axis.Name == name).Least;
        int[] values = [.. value.Split(',').Select(part => int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new SuiteException($"{name} is '{value}'; expected a whole number, {least} or more, or several with commas between them"))];
        return values.Distinct().Count() == values.Length ? values : throw new SuiteException($"{name} is '{value}', and names a value twice; each value is a setting of its own");
    }

    static JsonElement Generation(string name, string value)
    {
        JsonElement element;
        try
        {
            element = JsonSerializer.Deserialize<JsonElement>(value);
        }
        catch (JsonException)
        {
            element = JsonSerializer.SerializeToElement(value);
        }
        if (name == "stop" && element.ValueKind != JsonValueKind.Array) element = JsonSerializer.SerializeToElement((string[])[element.ValueKind == JsonValueKind.String ? element.GetString()! : value]);
        return GenerationFields.Fault(name, element) is { } takes ? throw new SuiteException($"{name} is '{value}'; expected {takes}") : element;
    }
}

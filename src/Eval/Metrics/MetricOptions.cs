using System.Globalization;

namespace Juxta.Eval.Metrics;

/// <summary>What an option takes.</summary>
public enum OptionKind
{
    Flag,
    Integer,
    Number,
    Text,
}

/// <summary>An option of a metric: its name as the reference program spells it, what it takes, its default (null = depends), and a line about it.</summary>
public sealed record OptionInfo(string Name, OptionKind Kind, object? Default, string Description);

/// <summary>Options given to a metric, checked against what the metric knows.</summary>
public sealed class MetricOptions
{
    readonly string _metric;
    readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <param name="metric">The metric's name, for errors.</param>
    /// <param name="known">What it knows.</param>
    /// <param name="given">Values: bool, int, long, double, string (parsed where the option is no text), or null for the default.</param>
    /// <exception cref="MetricException">An unknown option, or a value of another kind.</exception>
    public MetricOptions(string metric, IReadOnlyList<OptionInfo> known, IReadOnlyDictionary<string, object?> given)
    {
        _metric = metric;
        foreach (OptionInfo option in known) _values[option.Name] = option.Default;
        foreach ((string name, object? value) in given)
        {
            OptionInfo option = known.FirstOrDefault(o => o.Name == name) ?? throw new MetricException(
                $"metric '{metric}' has no option '{name}'; {(known.Count == 0 ? "it has none" : $"it has {string.Join(", ", known.Select(o => o.Name))}")}");
            if (value is not null) _values[name] = Convert(option, value);
        }
    }

    public bool Flag(string name) => (bool)_values[name]!;

    public string Text(string name) => (string)_values[name]!;

    public string? TextOrNull(string name) => (string?)_values[name];

    public double Number(string name) => System.Convert.ToDouble(_values[name], CultureInfo.InvariantCulture);

    public double? NumberOrNull(string name) => _values[name] is null ? null : Number(name);

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string name, int least, int most)
    {
        long value = System.Convert.ToInt64(_values[name], CultureInfo.InvariantCulture);
        return value >= least && value <= most ? (int)value : throw Wrong(name, value.ToString(CultureInfo.InvariantCulture), $"a whole number from {least} to {most}");
    }

    /// <summary>One of a few words.</summary>
    public string Choice(string name, params IReadOnlyList<string> words)
    {
        string value = Text(name);
        return words.Contains(value) ? value : throw Wrong(name, $"'{value}'", $"one of {string.Join(", ", words)}");
    }

    MetricException Wrong(string name, string found, string expected) => new($"metric '{_metric}': option '{name}' is {found}; expected {expected}");

    object Convert(OptionInfo option, object value)
    {
        string text = value as string ?? string.Create(CultureInfo.InvariantCulture, $"{value}");
        switch (option.Kind)
        {
            case OptionKind.Flag when value is bool flag: return flag;
            case OptionKind.Flag when value is string && text is "true" or "yes" or "1": return true;
            case OptionKind.Flag when value is string && text is "false" or "no" or "0": return false;
            case OptionKind.Integer when value is not bool && double.TryParse(text, CultureInfo.InvariantCulture, out double number) && number == Math.Floor(number) && Math.Abs(number) < 1e15:
                return (long)number;
            case OptionKind.Number when value is not bool && double.TryParse(text, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number): return number;
            case OptionKind.Text when value is string: return text;
            default:
                throw Wrong(option.Name, value is string ? $"'{text}'" : text, option.Kind switch
                {
                    OptionKind.Flag => "true or false",
                    OptionKind.Integer => "a whole number",
                    OptionKind.Number => "a number",
                    _ => "a text",
                });
        }
    }
}

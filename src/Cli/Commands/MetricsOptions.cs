using System.CommandLine;
using System.CommandLine.Parsing;
using Juxta.Eval.Metrics;

namespace Juxta.Cli.Commands;

/// <summary>The metrics' own options as arguments: every option of the table is one, <c>--smooth-method</c> or as its reference program spells it.</summary>
internal sealed class MetricsOptions
{
    readonly List<(string Name, OptionKind Kind, Option<string?> Option)> _options = [];

    public void AddTo(Command command)
    {
        foreach (var same in MetricTable.All.SelectMany(entry => entry.Options.Select(option => (entry.Name, Option: option))).GroupBy(o => o.Option.Name))
        {
            OptionInfo info = same.First().Option;
            var option = new Option<string?>($"--{info.Name.Replace('_', '-')}")
            {
                Description = $"{info.Description} ({string.Join(", ", same.Select(o => Short(o.Name)).Distinct())})",
                Arity = info.Kind == OptionKind.Flag ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
                HelpName = info.Kind switch { OptionKind.Flag => "true|false", OptionKind.Text => "WORD", _ => "N" },
            };
            if (info.Name.Contains('_')) option.Aliases.Add($"--{info.Name}");
            command.Add(option);
            _options.Add((info.Name, info.Kind, option));
        }
    }

    /// <summary>What was given on the command line.</summary>
    public Dictionary<string, object?> Given(ParseResult parsed)
    {
        var given = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((string name, OptionKind kind, Option<string?> option) in _options)
        {
            if (parsed.GetResult(option) is OptionResult { Implicit: false } result)
                given[name] = kind == OptionKind.Flag && result.Tokens.Count == 0 ? true : parsed.GetValue(option);
        }
        return given;
    }

    /// <summary>rouge1, rouge2 and rougeL are rouge here.</summary>
    static string Short(string metric) => metric.StartsWith("rouge-", StringComparison.Ordinal) || !metric.StartsWith("rouge", StringComparison.Ordinal)
        ? metric.StartsWith("rouge-zh", StringComparison.Ordinal) ? "rouge-zh" : metric.TrimEnd('1', '2').TrimEnd('-')
        : "rouge";
}

using System.CommandLine;
using Juxta.Eval.Comparison;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;
using Juxta.Eval.Significance;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta eval compare</c>: runs over the same samples side by side.</summary>
internal static class EvalCompareCommand
{
    public static Command Create()
    {
        var runs = new Argument<DirectoryInfo[]>("RUN") { Description = "Folders of runs over the same samples, the baseline first", Arity = new ArgumentArity(2, 100) };
        var different = new Option<bool>("--different") { Description = "Show every sample whose answers differ" };
        var metric = new Option<string?>("--metric") { Description = "Show best and worst samples by this metric (default: the set's first)", HelpName = "NAME" };
        var samples = new Option<int>("--samples") { Description = "How many of the best and of the worst samples are shown", DefaultValueFactory = _ => 2 };
        var characters = new Option<bool>("--characters") { Description = "Mark what differs in answers by character (default: by word, and by character where a script has no spaces)" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var tests = new TestArguments();
        var command = new Command("compare", "Compare runs pair by pair: differences with intervals, p-values corrected for the number of tests, wins and losses, how answers ended, and the answers themselves (docs/reports.md).")
        {
            runs, different, metric, samples, characters, json,
        };
        tests.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            RunRecord[] opened = [.. parsed.GetValue(runs)!.Select(folder => RunRecord.Open(folder.FullName))];
            ComparisonOptions options = tests.Of(parsed);
            RunComparison comparison = WaitBar.While("testing", progress => RunComparison.Of(opened, options, progress, cancel));
            if (parsed.GetValue(json))
            {
                JsonLines.Write(ComparisonJson.Of(comparison, parsed.GetValue(different)));
                return Task.FromResult(0);
            }
            string? key = Key(comparison, parsed.GetValue(metric));
            new ComparisonTables(comparison).Write();
            new SampleText(comparison, key, parsed.GetValue(characters)).Write(parsed.GetValue(different) ? null : Math.Max(0, parsed.GetValue(samples)));
            return Task.FromResult(0);
        });
        return command;
    }

    static string? Key(RunComparison comparison, string? name)
    {
        string[] keys = [.. comparison.Differences.Select(d => d.Key).Distinct()];
        if (name is null) return comparison.Differences.FirstOrDefault(d => d.Finding != Finding.Describes)?.Key ?? keys.FirstOrDefault();
        return keys.FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) ?? throw new InputException($"eval compare: the runs are not measured by '{name}'; they are by {string.Join(", ", keys)}");
    }
}

/// <summary>How differences are tested, as options.</summary>
internal sealed class TestArguments
{
    readonly Option<double> _alpha = new("--alpha") { Description = "A corrected p-value up to this one is called significant", DefaultValueFactory = _ => 0.05 };
    readonly Option<int> _resamples = new("--resamples") { Description = "Resamples of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
    readonly Option<int> _trials = new("--trials") { Description = "Trials of approximate randomisation", DefaultValueFactory = _ => PairedRandomisation.DefaultTrials };
    readonly Option<ulong> _seed = new("--seed") { Description = "Seed of both", DefaultValueFactory = _ => Bootstrap.DefaultSeed };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_alpha, _resamples, _trials, _seed]) command.Options.Add(option);
    }

    public ComparisonOptions Of(ParseResult parsed) => new() { Alpha = parsed.GetValue(_alpha), Resamples = parsed.GetValue(_resamples), Trials = parsed.GetValue(_trials), Seed = parsed.GetValue(_seed) };
}

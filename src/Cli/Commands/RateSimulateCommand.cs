using System.CommandLine;
using System.Globalization;
using Juxta.Eval.Sequential;
using Juxta.Eval.Simulation;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate simulate</c>: whether the statistics keep what they promise, in worlds where the truth is known.</summary>
internal static class RateSimulateCommand
{
    static readonly Option<string> Strengths = new("--strengths") { Description = "Strengths of the models in logits", DefaultValueFactory = _ => "0,0.4,0.8", HelpName = "X,Y,…" };
    static readonly Option<int> Worlds = new("--worlds") { Description = "Studies whose ratings are compared with the truth; 0 = none", DefaultValueFactory = _ => 200 };
    static readonly Option<int> Samples = new("--samples") { Description = "Resamples of each bootstrap", DefaultValueFactory = _ => 200 };
    static readonly Option<int> Items = new("--items") { Description = "Items of a study", DefaultValueFactory = _ => 150 };
    static readonly Option<int> PerItem = new("--votes-per-item") { Description = "Annotators who judge each item", DefaultValueFactory = _ => 2 };
    static readonly Option<int> Annotators = new("--annotators") { Description = "Annotators of a study", DefaultValueFactory = _ => 12 };
    static readonly Option<double> ItemSpread = new("--item-spread") { Description = "How much items differ in what suits a model: standard deviation in logits" };
    static readonly Option<double> AnnotatorSpread = new("--annotator-spread") { Description = "How much annotators differ in taste: standard deviation in logits" };
    static readonly Option<double> Ties = new("--ties") { Description = "Share of ties" };
    static readonly Option<int> Studies = new("--studies") { Description = "Studies of two models that the stopping rule is tried on, for each share; 0 = none", DefaultValueFactory = _ => 1000 };
    static readonly Option<string> Shares = new("--shares") { Description = "True shares of the first model among decided votes", DefaultValueFactory = _ => "0.5,0.55,0.6,0.65,0.7", HelpName = "P,Q,…" };
    static readonly Option<int> MostVotes = new("--most-votes") { Description = "Where such a study gives up", DefaultValueFactory = _ => 2000 };
    static readonly Option<double> Alpha = new("--alpha") { Description = "Stated error of the stopping rule", DefaultValueFactory = _ => 0.05 };
    static readonly Option<double> Margin = new("--margin") { Description = "Its margin", DefaultValueFactory = _ => 0.05 };
    static readonly Option<double> Prior = new("--prior") { Description = "Parameters of its Beta prior", DefaultValueFactory = _ => BetaMixture.DefaultPrior };
    static readonly Option<ulong> Seed = new("--seed") { Description = "Seed; the same seed gives the same numbers", DefaultValueFactory = _ => 1 };
    static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document" };

    public static Command Create()
    {
        var command = new Command("simulate", "Try the statistics on simulated annotators whose taste is known: are strengths recovered, do 95 % intervals cover, does the stopping rule keep its error rate?")
        {
            Strengths, Worlds, Samples, Items, PerItem, Annotators, ItemSpread, AnnotatorSpread, Ties, Studies, Shares, MostVotes, Alpha, Margin, Prior, Seed, Json,
        };
        command.SetAction(parsed =>
        {
            SimulatedPeople people = People(parsed);
            int worlds = AtLeast(parsed, Worlds, 0), samples = AtLeast(parsed, Samples, 1), studies = AtLeast(parsed, Studies, 0), most = AtLeast(parsed, MostVotes, 1);
            double[] shares = Numbers(parsed, Shares, 0, 1);
            var rule = new StoppingRule(Between(parsed, Alpha, 1e-6, 0.999), Between(parsed, Margin, 0, 0.499)) { Mixture = new BetaMixture(Between(parsed, Prior, 1e-3, 1e6)) };
            ulong seed = parsed.GetValue(Seed);
            CoverageExperiment? coverage = worlds == 0 ? null : Watch(worlds, done => CoverageExperiment.Run(people, worlds, samples, seed, done));
            if (coverage is not null && coverage.Unbounded == worlds) throw new InputException("rate simulate: no world had ratings, some model always won or was never met; take more --items or strengths that lie closer together");
            StoppingExperiment[] stopping = studies == 0 ? [] : [.. shares.Select((share, i) => StoppingExperiment.Run(rule, share, people.Ties, studies, most, seed + (ulong)i))];
            if (parsed.GetValue(Json)) Write(coverage, stopping);
            else Print(coverage, stopping);
            return 0;
        });
        return command;
    }

    static SimulatedPeople People(ParseResult parsed)
    {
        double[] strengths = Numbers(parsed, Strengths, -10, 10);
        if (strengths.Length < 2) throw new InputException("rate simulate: --strengths names one model; a vote compares two");
        var people = new SimulatedPeople(strengths)
        {
            Items = AtLeast(parsed, Items, 1), Annotators = AtLeast(parsed, Annotators, 1), VotesPerItem = AtLeast(parsed, PerItem, 1),
            ItemSpread = Between(parsed, ItemSpread, 0, 10), AnnotatorSpread = Between(parsed, AnnotatorSpread, 0, 10), Ties = Between(parsed, Ties, 0, 0.999),
        };
        return people.VotesPerItem <= people.Annotators ? people : throw new InputException($"rate simulate: {people.VotesPerItem} annotators should judge each item and there are {people.Annotators}");
    }

    static int AtLeast(ParseResult parsed, Option<int> option, int least) => parsed.GetValue(option) is var value && value >= least ? value : throw new InputException($"rate simulate: {option.Name} {value} should be {least} or more");

    static double Between(ParseResult parsed, Option<double> option, double low, double high) =>
        parsed.GetValue(option) is var value && value >= low && value <= high ? value : throw new InputException(RateNumbers.Text($"rate simulate: {option.Name} {value} should lie between {low} and {high}"));

    static double[] Numbers(ParseResult parsed, Option<string> option, double low, double high) =>
    [
        .. parsed.GetValue(option)!.Split(',').Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= low && value <= high
            ? value : throw new InputException(RateNumbers.Text($"rate simulate: {option.Name}: '{text}' should be a number from {low} to {high}"))),
    ];

    static CoverageExperiment Watch(int worlds, Func<Action<int>?, CoverageExperiment> run)
    {
        if (Console.IsErrorRedirected) return run(null);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return stderr.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask("simulating", maxValue: worlds);
            return run(done => task.Value = done);
        });
    }

    static void Write(CoverageExperiment? coverage, StoppingExperiment[] stopping) => JsonLines.Write(new
    {
        ratings = coverage is null ? null : new
        {
            worlds = coverage.Worlds, unbounded = coverage.Unbounded, truth = coverage.Truth, bias = coverage.Bias, root_mean_square = coverage.RootMeanSquare,
            intervals = coverage.Intervals.Select(i => new { interval = i.Interval, covered = RateNumbers.Json(i.Covered), mean_width = i.MeanWidth }),
        },
        stopping = stopping.Select(s => new
        {
            share = s.Share, ties = s.Ties, most_votes = s.MostVotes, a = RateNumbers.Json(s.A), b = RateNumbers.Json(s.B), alike = RateNumbers.Json(s.Alike), median_votes = s.MedianVotes, sign_test_at_every_look = RateNumbers.Json(s.Peeking),
        }),
    });

    static void Print(CoverageExperiment? coverage, StoppingExperiment[] stopping)
    {
        if (coverage is not null)
        {
            Terminal.WriteLine(RateNumbers.Text($"{coverage.Worlds} worlds, {coverage.Unbounded} without a maximum; truth {Points(coverage.Truth)}; mean error {Points(coverage.Bias)}; root mean square {coverage.RootMeanSquare:F1} points"));
            var table = new DataTable("95 % interval", "held the truth", "mean width");
            foreach (Coverage i in coverage.Intervals) table.Add(i.Interval, RateNumbers.Text(i.Covered), RateNumbers.Text($"{i.MeanWidth:F1}"));
            table.Write(Terminal.Out);
        }
        if (stopping.Length == 0) return;
        var rules = new DataTable("true share", "A better", "B better", "alike", "votes (median)", "a sign test at every look");
        foreach (StoppingExperiment s in stopping)
            rules.Add(RateNumbers.Text($"{s.Share}"), RateNumbers.Text(s.A), RateNumbers.Text(s.B), RateNumbers.Text(s.Alike), s.MedianVotes is { } votes ? RateNumbers.Text($"{votes}") : "–", RateNumbers.Text(s.Peeking));
        rules.Write(Terminal.Out);
    }

    static string Points(IReadOnlyList<double> values) => string.Join(" ", values.Select(v => RateNumbers.Text($"{v:F1}")));
}

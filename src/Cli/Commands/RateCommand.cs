using System.CommandLine;
using System.Globalization;
using Juxta.Eval.Ratings;
using Juxta.Eval.Significance;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate fit</c>: strengths of models out of people's votes.</summary>
internal static class RateCommand
{
    public static Command Create() => new("rate", "Work with votes on pairs of answers.") { Fit() };

    static Command Fit()
    {
        var votes = new Option<string>("--votes") { Description = "File of {\"item\",\"a\",\"b\",\"winner\":\"a|b|tie|both_bad\",\"annotator\"} lines ('-' = stdin)", Required = true, HelpName = "FILE.jsonl" };
        var intervals = new Option<string>("--intervals") { Description = "95 % intervals: wald (votes are independent) or bootstrap (over items and annotators as wholes)", DefaultValueFactory = _ => "wald", HelpName = "wald|bootstrap" };
        var samples = new Option<int>("--samples") { Description = "Resamples of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSeed };
        var anchor = new Option<string?>("--anchor") { Description = "Give this model this rating instead of a mean of 1000", HelpName = "MODEL=RATING" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("fit", "Bradley-Terry ratings by maximum likelihood, ties as half a win: 400 points are odds of 10 to 1, the mean is 1000. Says so where no maximum exists.")
        {
            votes, intervals, samples, seed, anchor, json,
        };
        command.SetAction(parsed =>
        {
            string method = parsed.GetValue(intervals)!;
            if (method is not ("wald" or "bootstrap")) throw new InputException($"rate fit: there are no intervals '{method}'; take wald or bootstrap");
            if (parsed.GetValue(samples) < 1) throw new InputException("rate fit: --samples should be 1 or more (1000 is usual)");
            Battle[] battles = [.. JsonLines.Read(parsed.GetValue(votes)!).Select(Read)];
            if (battles.Length == 0) throw new InputException($"{parsed.GetValue(votes)}: there are no votes in it");
            BradleyTerry fit = BradleyTerry.Fit(battles, Anchor(parsed.GetValue(anchor), battles));
            ModelRating[] models = [.. fit.Ratings.Select(r => new ModelRating(r.Model, Shown(r.Value), Shown(r.Low), Shown(r.High), r.Votes)).OrderByDescending(m => m.Rating)];
            if (fit.Unbounded is null && method == "bootstrap") models = Bootstrapped(battles, fit, models, parsed.GetValue(samples), parsed.GetValue(seed));
            if (parsed.GetValue(json)) Write(models, fit.Unbounded);
            else Print(models, fit.Unbounded);
            return 0;
        });
        return command;
    }

    static Battle Read(JsonLine line)
    {
        string a = line.Text("a"), b = line.Text("b"), winner = line.Text("winner");
        if (a == b) throw line.Error($"'a' and 'b' are both '{a}'; a vote compares two models");
        Verdict verdict = winner switch
        {
            "a" => Verdict.A,
            "b" => Verdict.B,
            "tie" => Verdict.Tie,
            "both_bad" => Verdict.BothBad,
            _ => throw line.Wrong("winner", "a, b, tie or both_bad"),
        };
        return new Battle(a, b, verdict, Label(line, "item"), Label(line, "annotator"));
    }

    /// <summary>Items and annotators may be numbered.</summary>
    static string? Label(JsonLine line, string name) => line.Find(name) is { ValueKind: System.Text.Json.JsonValueKind.Number } number ? number.GetRawText() : line.Find(name) is null ? null : line.Text(name);

    static (string, double)? Anchor(string? text, Battle[] battles)
    {
        if (text is null) return null;
        int equals = text.LastIndexOf('=');
        if (equals < 1 || !double.TryParse(text.AsSpan(equals + 1), CultureInfo.InvariantCulture, out double rating) || !double.IsFinite(rating))
            throw new InputException($"rate fit: --anchor {text} should be MODEL=RATING, for example base=1000");
        string model = text[..equals];
        if (!Battle.Models(battles).Contains(model)) throw new InputException($"rate fit: --anchor {model}: the votes know {string.Join(", ", Battle.Models(battles))}");
        return (model, rating);
    }

    static ModelRating[] Bootstrapped(Battle[] battles, BradleyTerry fit, ModelRating[] models, int samples, ulong seed)
    {
        Dictionary<string, RatingInterval> found = RatingBootstrap.Intervals(battles, samples, seed, out int unbounded).ToDictionary(i => i.Model);
        if (unbounded > 0) Console.Error.WriteLine($"juxta: {unbounded} of {samples} resamples had no maximum and were left out; with many of them the intervals are too narrow: more votes are needed");
        double shift = fit.Ratings.Average(r => r.Value) - 1000; // an anchor moves the intervals too
        return [.. models.Select(m => m with { Low = Shown(found[m.Model].Low + shift), High = Shown(found[m.Model].High + shift) })];
    }

    static double? Shown(double value) => double.IsNaN(value) ? null : value;

    static void Write(ModelRating[] models, string? unbounded)
    {
        if (unbounded is null) JsonLines.Write(new { models });
        else JsonLines.Write(new { unbounded, models });
    }

    static void Print(ModelRating[] models, string? unbounded)
    {
        if (unbounded is not null)
        {
            Console.WriteLine($"unbounded: {unbounded}. No rating fits best; collect votes between the models concerned.");
            return;
        }
        var table = new Table().AddColumns("model", "rating", "95 % interval", "votes");
        foreach (ModelRating m in models)
            table.AddRow(Markup.Escape(m.Model), string.Create(CultureInfo.InvariantCulture, $"{m.Rating:F1}"), string.Create(CultureInfo.InvariantCulture, $"{m.Low:F1} to {m.High:F1}"), $"{m.Votes}");
        AnsiConsole.Write(table);
    }

    sealed record ModelRating(string Model, double? Rating, double? Low, double? High, int Votes);
}

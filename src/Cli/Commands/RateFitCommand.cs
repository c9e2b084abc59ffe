using System.CommandLine;
using System.Globalization;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Significance;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate fit</c>: strengths of models out of people's votes.</summary>
internal static class RateFitCommand
{
    static readonly (string Name, ResampledUnit Unit)[] Units =
        [("votes", ResampledUnit.Votes), ("items", ResampledUnit.Items), ("annotators", ResampledUnit.Annotators), ("both", ResampledUnit.ItemsAndAnnotators)];

    public static Command Create()
    {
        var votes = new VotesArguments();
        var bootstrap = new Option<string?>("--bootstrap") { Description = "95 % intervals by drawing these with replacement, both = items and annotators (default: Wald's, which take votes for independent)", HelpName = "items|annotators|votes|both" };
        var samples = new Option<int>("--samples") { Description = "Resamples of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSeed };
        var anchor = new Option<string?>("--anchor") { Description = "Give this model this rating instead of a mean of 1000", HelpName = "MODEL=RATING" };
        var matrix = new Option<bool>("--matrix") { Description = "Also every model against every other" };
        var elo = new Option<bool>("--elo") { Description = "Also Elo's ratings (K = 4), which depend on the order of the votes: for display" };
        var by = new Option<string?>("--by") { Description = "Also the ratings at the end of each day (UTC), of all votes until then", HelpName = "day" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("fit", "Bradley-Terry ratings by maximum likelihood, ties as half a win: 400 points are odds of 10 to 1, the mean is 1000. Says so where no maximum exists.");
        votes.AddTo(command);
        foreach (Option option in (Option[])[bootstrap, samples, seed, anchor, matrix, elo, by, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(samples) < 1) throw new InputException("rate fit: --samples should be 1 or more (1000 is usual)");
            if (parsed.GetValue(by) is { } period and not "day") throw new InputException($"rate fit: --by {period}: expected day");
            ResampledUnit? unit = Unit(parsed.GetValue(bootstrap));
            IReadOnlyList<Vote> standing = votes.Standing(parsed);
            Battle[] battles = [.. standing.Select(v => v.Battle).OfType<Battle>()];
            if (battles.Length == 0) throw new InputException($"{votes.File(parsed)}: there are no votes on models in it, only skips and gold items");
            (string, double)? fixedModel = Anchor(parsed.GetValue(anchor), battles);
            BradleyTerry fit = BradleyTerry.Fit(battles, fixedModel);
            ModelRating[] models = Ratings(fit);
            if (fit.Unbounded is null && unit is { } drawn) models = Bootstrapped(battles, drawn, fit, models, parsed.GetValue(samples), parsed.GetValue(seed));
            var report = new RateFitReport(fit.Unbounded, models,
                parsed.GetValue(matrix) ? PairwiseMatrix.Of(battles, [.. models.Select(m => m.Model)]) : null,
                parsed.GetValue(elo) ? [.. new Elo().Rate(battles).OrderByDescending(r => r.Value).Select(r => new EloRating(r.Key, r.Value))] : null,
                parsed.GetValue(by) is null ? null : [.. RatingDay.History(standing, fixedModel).Select(day => new DayRatings(day.Day, day.Votes, day.Fit.Unbounded, Ratings(day.Fit)))]);
            if (parsed.GetValue(json)) JsonLines.Write(report.Json());
            else report.Print();
            return 0;
        });
        return command;
    }

    static ResampledUnit? Unit(string? name)
    {
        if (name is null) return null;
        int at = Array.FindIndex(Units, unit => unit.Name == name);
        return at >= 0 ? Units[at].Unit : throw new InputException($"rate fit: --bootstrap {name}: expected items, annotators, votes or both");
    }

    static ModelRating[] Ratings(BradleyTerry fit) =>
        [.. fit.Ratings.Select(r => new ModelRating(r.Model, RateNumbers.Shown(r.Value), RateNumbers.Shown(r.Low), RateNumbers.Shown(r.High), r.Votes)).OrderByDescending(m => m.Rating)];

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

    static ModelRating[] Bootstrapped(Battle[] battles, ResampledUnit unit, BradleyTerry fit, ModelRating[] models, int samples, ulong seed)
    {
        Dictionary<string, RatingInterval> found = RatingBootstrap.Intervals(battles, samples, seed, out int unbounded, unit).ToDictionary(i => i.Model);
        if (unbounded == 0 && found.Values.Any(i => double.IsNaN(i.Low)))
            throw new InputException($"rate fit: --bootstrap {Units.First(u => u.Unit == unit).Name} needs two or more of what it draws, and the votes have one; draw something else or leave Wald's intervals");
        if (unbounded > 0) Console.Error.WriteLine($"juxta: {unbounded} of {samples} resamples had no maximum and were left out; with many of them the intervals are too narrow: more votes are needed");
        double shift = fit.Ratings.Average(r => r.Value) - 1000; // an anchor moves the intervals too
        return [.. models.Select(m => m with { Low = RateNumbers.Shown(found[m.Model].Low + shift), High = RateNumbers.Shown(found[m.Model].High + shift) })];
    }
}

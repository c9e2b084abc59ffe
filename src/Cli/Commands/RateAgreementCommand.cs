using System.CommandLine;
using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Significance;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate agreement</c>: how far people agree with each other and with themselves.</summary>
internal static class RateAgreementCommand
{
    public static Command Create()
    {
        var votes = new VotesArguments();
        var criterion = new Option<string?>("--criterion") { Description = "Agreement on this criterion instead of the whole verdict", HelpName = "NAME" };
        var samples = new Option<int>("--samples") { Description = "Resamples of the bootstrap over items", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSeed };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("agreement", "Krippendorff's alpha, Fleiss' and Cohen's kappa with 95 % intervals over items, and for each annotator: consistency on repeats, gold accuracy, side bias.");
        votes.AddTo(command, adjudicated: false);
        foreach (Option option in (Option[])[criterion, samples, seed, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(samples) < 1) throw new InputException("rate agreement: --samples should be 1 or more (1000 is usual)");
            IReadOnlyList<Vote> standing = votes.Standing(parsed);
            AgreementReport report = AgreementReport.Of(standing, parsed.GetValue(criterion), parsed.GetValue(samples), parsed.GetValue(seed));
            IReadOnlyList<AnnotatorReport> people = AnnotatorReport.Of(standing);
            if (parsed.GetValue(json)) JsonLines.Write(Json(report, people));
            else Print(report, people);
            return 0;
        });
        return command;
    }

    static object Json(AgreementReport report, IReadOnlyList<AnnotatorReport> people) => new
    {
        items = report.Items,
        votes = report.Votes,
        agreement_with_ties = RateNumbers.Json(report.WithTies),
        agreement_without_ties = RateNumbers.Json(report.WithoutTies),
        krippendorff_nominal = RateNumbers.Json(report.Nominal),
        krippendorff_ordinal = RateNumbers.Json(report.Ordinal),
        fleiss_raters = report.Raters,
        fleiss = report.Fleiss is { } fleiss ? RateNumbers.Json(fleiss) : null,
        cohen = report.Pairs.Select(p => new { first = p.First, second = p.Second, items = p.Items, kappa = RateNumbers.Json(p.Kappa) }),
        annotators = people.Select(p => new
        {
            annotator = p.Annotator, votes = p.Votes, skips = p.Skips,
            consistency = RateNumbers.Json(p.Consistency), side_kept = RateNumbers.Json(p.SideKept), gold = RateNumbers.Json(p.GoldRight), adjudicator = RateNumbers.Json(p.WithAdjudicator), sides = RateNumbers.Json(p.Sides),
        }),
    };

    static void Print(AgreementReport report, IReadOnlyList<AnnotatorReport> people)
    {
        Terminal.WriteLine($"{report.Items} items with {report.Votes} votes of two or more annotators");
        var coefficients = new DataTable("coefficient", "value (95 % over items)");
        coefficients.Add("pairs of votes that agree", RateNumbers.Text(report.WithTies));
        coefficients.Add("the same without ties", RateNumbers.Text(report.WithoutTies));
        coefficients.Add("Krippendorff's alpha, nominal", RateNumbers.Text(report.Nominal));
        coefficients.Add("Krippendorff's alpha, ordinal", RateNumbers.Text(report.Ordinal));
        if (report.Fleiss is { } fleiss) coefficients.Add($"Fleiss' kappa, items with {report.Raters} votes", RateNumbers.Text(fleiss));
        foreach (PairKappa pair in report.Pairs) coefficients.Add($"Cohen's kappa, {pair.First} and {pair.Second}, {pair.Items} items", RateNumbers.Text(pair.Kappa));
        coefficients.Write(Terminal.Out);
        var table = new DataTable("annotator", "votes", "skips", "repeats alike", "kept the side", "gold right", "as adjudicated", "left side");
        foreach (AnnotatorReport p in people)
            table.Add(p.Annotator, $"{p.Votes}", $"{p.Skips}", RateNumbers.Text(p.Consistency), RateNumbers.Text(p.SideKept), RateNumbers.Text(p.GoldRight), RateNumbers.Text(p.WithAdjudicator), RateNumbers.Text(p.Sides));
        table.Write(Terminal.Out);
    }
}

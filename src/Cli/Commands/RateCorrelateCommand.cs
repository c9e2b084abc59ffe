using System.CommandLine;
using System.Text.Json;
using Juxta.Eval.Correlation;
using Juxta.Eval.Preferences;
using Juxta.Eval.Significance;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate correlate</c>: whether a metric sees what people see.</summary>
internal static class RateCorrelateCommand
{
    public static Command Create()
    {
        var votes = new VotesArguments();
        var scores = new Option<string>("--scores") { Description = "The metric's score of each model's answer to each item: {\"item\",\"model\",\"score\"} lines ('-' = stdin)", Required = true, HelpName = "FILE.jsonl" };
        var lower = new Option<bool>("--lower-is-better") { Description = "The metric is a loss or an error rate" };
        var samples = new Option<int>("--samples") { Description = "Resamples of the bootstrap over items", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the bootstrap", DefaultValueFactory = _ => Bootstrap.DefaultSeed };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("correlate", "Kendall's tau-b and Spearman's rho between differences of a metric and people's votes, for each eval set, with 95 % intervals over items.");
        votes.AddTo(command);
        foreach (Option option in (Option[])[scores, lower, samples, seed, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(samples) < 1) throw new InputException("rate correlate: --samples should be 1 or more (1000 is usual)");
            string file = parsed.GetValue(scores)!;
            if (file != "-" && !File.Exists(file)) throw new InputException($"--scores {file}: no such file");
            Dictionary<(string, string), double> known = Read(file);
            double sign = parsed.GetValue(lower) ? -1 : 1;
            Vote[] judged = [.. votes.Standing(parsed).Where(v => v is { Battle: not null, Item: not null })];
            if (judged.Length == 0) throw new InputException($"{votes.File(parsed)}: no vote on models has an 'item' to join it to the scores by");
            double Score(Vote vote, string model) => known.TryGetValue((vote.Item!, model), out double score) ? sign * score
                : throw new InputException($"{file}: there is no score of '{model}' on item '{vote.Item}', which people have judged; give one for each answer");
            IReadOnlyList<SuiteCorrelation> suites = MetricHumanCorrelation.BySuite(judged.Select(v => new MetricJudgement(v.Set ?? "(no set)", v.Item!, Score(v, v.A) - Score(v, v.B), v.Battle!.ScoreOfA)), parsed.GetValue(samples), parsed.GetValue(seed));
            if (parsed.GetValue(json)) JsonLines.Write(new { suites = suites.Select(s => new { suite = s.Suite, items = s.Items, votes = s.Votes, kendall = RateNumbers.Json(s.Kendall), spearman = RateNumbers.Json(s.Spearman), agreement = RateNumbers.Json(s.Agreement) }) });
            else Print(suites);
            return 0;
        });
        return command;
    }

    static Dictionary<(string Item, string Model), double> Read(string file)
    {
        var scores = new Dictionary<(string, string), double>();
        foreach (JsonLine line in JsonLines.Read(file))
        {
            string item = line.Find("item") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : line.Text("item"), model = line.Text("model");
            if (line.Find("score") is not { ValueKind: JsonValueKind.Number } score) throw line.Wrong("score", "a number");
            if (!scores.TryAdd((item, model), score.GetDouble())) throw line.Error($"a second score of '{model}' on item '{item}'");
        }
        return scores;
    }

    static void Print(IReadOnlyList<SuiteCorrelation> suites)
    {
        var table = new DataTable("set", "items", "votes", "Kendall's tau-b", "Spearman's rho", "decided votes it agrees with");
        foreach (SuiteCorrelation s in suites) table.Add(s.Suite, RateNumbers.Text($"{s.Items}"), RateNumbers.Text($"{s.Votes}"), RateNumbers.Text(s.Kendall), RateNumbers.Text(s.Spearman), RateNumbers.Text(s.Agreement));
        table.Write(Terminal.Out);
    }
}

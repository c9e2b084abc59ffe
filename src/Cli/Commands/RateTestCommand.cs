using System.CommandLine;
using Juxta.Eval.Agreement;
using Juxta.Eval.Preferences;
using Juxta.Eval.Sequential;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta rate test</c>: whether enough votes are in.</summary>
internal static class RateTestCommand
{
    public static Command Create()
    {
        var votes = new VotesArguments();
        var alpha = new Option<double>("--alpha") { Description = "Chance of any error over all pairs, however often you look", DefaultValueFactory = _ => 0.05 };
        var margin = new Option<double>("--margin") { Description = "Shares (a tie counting half) this near to a half make no difference in practice; 0 = never call models alike", DefaultValueFactory = _ => 0.05 };
        var prior = new Option<double>("--prior") { Description = "Parameters of the Beta prior: 10 finds shares of 0.35 to 0.65 soon, 1 finds overwhelming ones sooner", DefaultValueFactory = _ => BetaMixture.DefaultPrior };
        var perItem = new Option<int?>("--votes-per-item") { Description = "Count an item once it has this many votes, by their mean (default: every vote by itself, which takes votes on one item for independent)", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("test", "For every pair of models: which one people prefer, by a test that is valid whenever you look, and about how many votes are still needed. The error is shared among the pairs (Bonferroni). Also whether the side decides.");
        votes.AddTo(command);
        foreach (Option option in (Option[])[alpha, margin, prior, perItem, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(alpha) is not (> 0 and < 1)) throw new InputException("rate test: --alpha should lie between 0 and 1 (0.05 is usual)");
            if (parsed.GetValue(margin) is not (>= 0 and < 0.5)) throw new InputException("rate test: --margin should lie between 0 and 0.5 (0.05 calls shares of 45 to 55 % alike)");
            if (parsed.GetValue(prior) is not (> 0 and <= 1e6)) throw new InputException("rate test: --prior should be more than 0 (10 is usual)");
            if (parsed.GetValue(perItem) is < 1) throw new InputException("rate test: --votes-per-item should be 1 or more");
            IReadOnlyList<Vote> standing = votes.Standing(parsed);
            IReadOnlyList<PairScores> pairs = PairScores.Of(InTime(standing), parsed.GetValue(perItem));
            if (pairs.Count == 0) throw new InputException($"{votes.File(parsed)}: there are no votes on models in it, only skips and gold items");
            var rule = new StoppingRule(parsed.GetValue(alpha), parsed.GetValue(margin)) { Mixture = new BetaMixture(parsed.GetValue(prior)) };
            Tested[] tested = [.. pairs.Select(pair => new Tested(pair, SequentialTest.Of(pair.Scores, rule.Among(pairs.Count))))];
            SideBias sides = SideBias.Of(standing.Where(v => v.Battle is not null));
            if (parsed.GetValue(json)) JsonLines.Write(new { alpha = rule.Alpha, margin = rule.Margin, prior = rule.Mixture.Prior, alpha_per_pair = rule.Among(pairs.Count).Alpha, pairs = tested.Select(t => t.Json()), sides = RateNumbers.Json(sides) });
            else Print(tested, sides);
            return 0;
        });
        return command;
    }

    /// <summary>By time where every vote has one, else as they stand.</summary>
    static IEnumerable<Vote> InTime(IReadOnlyList<Vote> votes) => votes.All(v => v.Time is not null) ? votes.OrderBy(v => v.Time) : votes;

    static void Print(Tested[] tested, SideBias sides)
    {
        foreach (Tested t in tested) t.Print();
        Terminal.WriteLine($"left side: {RateNumbers.Text(sides)}");
    }

    sealed record Tested(PairScores Pair, SequentialTest Test)
    {
        public object Json() => new
        {
            a = Pair.A, b = Pair.B, scores = Test.Count, decided = Test.Decided, waiting = Pair.Waiting,
            share = RateNumbers.Shown(Test.Share), low = Test.ShareInterval.Low, high = Test.ShareInterval.High,
            share_of_decided = RateNumbers.Shown(Test.DecidedShare), decided_low = Test.DecidedInterval.Low, decided_high = Test.DecidedInterval.High,
            e_value = RateNumbers.Shown(Test.EValue), log_e_value = Test.LogEValue, p_value = Test.PValue,
            decision = Test.Decision switch { Decision.A => "a", Decision.B => "b", Decision.Alike => "alike", _ => "undecided" },
            decided_at = Test.DecidedAt, votes_still_needed = Test.StillNeeded(),
        };

        public void Print()
        {
            string decision = Test.Decision switch { Decision.A => $"{Pair.A} is preferred", Decision.B => $"{Pair.B} is preferred", Decision.Alike => "alike", _ => "undecided, go on" };
            string more = Test.DecidedAt is { } at ? $"after {at} scores" : Test.StillNeeded() is { } needed ? $"about {needed} more votes needed if shares stay as they are" : "more than a million votes needed if shares stay as they are";
            Terminal.WriteLine($"{Pair.A} against {Pair.B}: {decision}; {more}");
            Terminal.WriteLine(RateNumbers.Text($"  {Test.Count} scores, share of {Pair.A} {Share(Test.Share, Test.ShareInterval)}; of the {Test.Decided} decided {Share(Test.DecidedShare, Test.DecidedInterval)}; e-value {Test.EValue:G3}, p {Test.PValue:G3}"));
            if (Pair.Waiting > 0) Terminal.WriteLine($"  {Pair.Waiting} votes wait for others on their items");
        }

        static string Share(double share, ConfidenceSequence interval) => RateNumbers.Text($"{RateNumbers.Percent(share)} ({interval.Low * 100:F1} to {interval.High * 100:F1})");
    }
}

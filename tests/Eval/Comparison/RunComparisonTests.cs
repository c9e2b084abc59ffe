using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using static Juxta.EvalTests.Comparison.Experiment;

namespace Juxta.EvalTests.Comparison;

public sealed class RunComparisonTests
{
    static readonly (string, string, string)[] Four = [("s1", "one", "low"), ("s2", "two", "low,even"), ("s3", "three", ""), ("s4", "eleven", "even")];

    static readonly ComparisonOptions Quick = new() { Resamples = 200, Trials = 500 };

    [Fact]
    public void Scores_wins_groups_and_samples_are_of_the_paired_answers()
    {
        using var experiment = new Experiment(Four, ["exact-match", "length-ratio"]);
        RunRecord a = experiment.Run("a", "one", "2", "3", "eleven"), b = experiment.Run("b", (_, i) => i == 2 ? Said("three", "length") : Said(Four[i].Item2.ToUpperInvariant()));
        RunComparison comparison = RunComparison.Of([a, b], Quick, cancel: TestContext.Current.CancellationToken);

        MetricDifference exact = comparison.Differences[0];
        Assert.Equal(("exact-match", 50.0, 100.0, 50.0), (exact.Key, exact.BaselineScore, exact.Score, exact.Difference));
        Assert.Equal(new WinCount(2, 0, 2), exact.Outcomes);
        Assert.InRange(exact.Low, 0, 50);
        Assert.InRange(exact.High, 50, 100);
        Assert.Equal([("even", 2, 50.0, 100.0), ("low", 2, 50.0, 100.0)], exact.ByTag.Select(g => (g.Name, g.Samples, g.BaselineScore, g.Score)));
        Assert.Equal([("3 characters", 2), ("4–5 characters", 1), ("6 characters", 1)], exact.ByLength.Select(g => (g.Name, g.Samples)));

        // 3 + 1 + 1 + 6 characters of 17, and all 17.
        MetricDifference ratio = comparison.Differences[1];
        Assert.Equal((11.0 / 17, 1.0, Finding.Describes), (ratio.BaselineScore, ratio.Score, ratio.Finding));

        MetricDifference stop = comparison.Differences[2];
        Assert.Equal(("did-not-stop", 0.0, 0.25, new WinCount(0, 1, 3)), (stop.Key, stop.BaselineScore, stop.Score, stop.Outcomes));
        Assert.Equal(3, comparison.Differences.Count); // no loss was recorded, and nobody asked for it

        Assert.Equal(["s2", "s3", "s1", "s4"], comparison.Ranked(0, 1, "exact-match").Select(s => s.Sample.Id));
        Assert.Equal([true, true, true, true], comparison.Samples.Select(s => s.IsDifferent)); // another case is another text
        Assert.Equal((AnswerEnd.Stopped, AnswerEnd.Length), (comparison.Samples[2].BaselineEnd!.Value, comparison.Samples[2].CandidateEnd!.Value));
        Assert.Equal([4, 3, 1], [comparison.Runs[1].Settings[0].Counts.Answered, comparison.Runs[1].Settings[0].Counts.Of(AnswerEnd.Stopped), comparison.Runs[1].Settings[0].Counts.Of(AnswerEnd.Length)]);
        Assert.Empty(comparison.Warnings);
    }

    [Fact]
    public void Tests_are_corrected_for_all_that_were_made_and_only_then_called_significant()
    {
        (string, string, string)[] forty = [.. Enumerable.Range(0, 40).Select(i => ($"s{i:00}", $"word {i}", ""))];
        using var experiment = new Experiment(forty, ["exact-match", "chrf"]);
        RunRecord bad = experiment.Run("bad", (_, i) => Said("nothing like it")), good = experiment.Run("good", (_, i) => Said($"word {i}")), same = experiment.Run("same", (_, i) => Said("nothing like it"));
        RunComparison comparison = RunComparison.Of([bad, good, same], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(6, comparison.Differences.Count);
        MetricDifference exact = comparison.Of(0, 1).First();
        Assert.Equal(1.0 / 501, exact.P); // no exchange of sides reaches a difference of everything
        Assert.Equal(6.0 / 501, exact.CorrectedP, 12);
        Assert.Equal(Finding.Better, exact.Finding);
        Assert.All(comparison.Of(0, 2), d => Assert.Equal((0.0, 1.0, 1.0, Finding.NotSignificant), (d.Difference, d.P, d.BootstrapP, d.Finding)));
        Assert.DoesNotContain(comparison.Samples, s => s.Candidate == 2 && s.IsDifferent);
        RunComparison again = RunComparison.Of([bad, good, same], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(comparison.Differences.Select(d => (d.P, d.BootstrapP, d.Low, d.High)), again.Differences.Select(d => (d.P, d.BootstrapP, d.Low, d.High)));
        RunComparison turned = RunComparison.Of([good, bad], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(Finding.Worse, turned.Differences[0].Finding);
    }

    [Fact]
    public void Lower_is_better_where_the_metric_says_so_and_losses_come_in_when_runs_hold_them()
    {
        (string, string, string)[] twenty = [.. Enumerable.Range(0, 20).Select(i => ($"s{i:00}", $"w{i}", ""))];
        using var experiment = new Experiment(twenty, ["exact-match"]);
        RunRecord Scored(string model, double nats) => experiment.Run(model, (_, i) => Said($"w{i}") with { Nats = nats + i, LossTokens = 2, LossBytes = 4 });
        RunComparison comparison = RunComparison.Of([Scored("high", 2), Scored("low", 1)], Quick, cancel: TestContext.Current.CancellationToken);
        MetricDifference loss = comparison.Differences.Single(d => d.Key == "loss");
        Assert.Equal(((190 + 40) / 40.0, (190 + 20) / 40.0, Finding.Better, new WinCount(20, 0, 0)), (loss.BaselineScore, loss.Score, loss.Finding, loss.Outcomes));
        Assert.Equal(Math.Exp(5.25), comparison.Differences.Single(d => d.Key == "perplexity").Score, 9);
        Assert.Equal(210 / Math.Log(2) / 80, comparison.Differences.Single(d => d.Key == "bits-per-byte").Score, 12);
    }

    [Fact]
    public void What_was_not_answered_or_failed_is_counted_and_left_out_on_both_sides()
    {
        using var experiment = new Experiment(Four, ["exact-match"]);
        RunRecord a = experiment.Run("a", "one", "two", null, "eleven"), b = experiment.Run("b", (_, i) => i == 0 ? Said("o", "error:gone") : Said("two"));
        RunComparison comparison = RunComparison.Of([a, b], Quick, cancel: TestContext.Current.CancellationToken);
        MetricDifference exact = comparison.Differences[0];
        Assert.Equal([1, 3], exact.Baseline.Samples);
        Assert.Equal((100.0, 50.0), (exact.BaselineScore, exact.Score));
        Assert.Equal((1, 1), (comparison.Runs[0].Settings[0].Counts.Unanswered, comparison.Runs[1].Settings[0].Counts.Of(AnswerEnd.Failed)));
        Assert.Contains(comparison.Warnings, w => w.Contains("a: 1 of 4 samples are not answered"));
        Assert.Contains(comparison.Warnings, w => w.Contains("b: 1 of 4 answers were cancelled or failed"));
        Assert.Null(comparison.Samples[2].Baseline);
    }

    [Fact]
    public void The_first_token_that_differs_comes_with_both_probabilities()
    {
        using var experiment = new Experiment(Four, ["exact-match"]);
        SampleResult Tokens(string text, int[] ids, float[] logprobs) => Said(text) with { Ids = ids, Logprobs = logprobs };
        RunRecord a = experiment.Run("a", (_, i) => Tokens("x", [5, 6, 2], [0, MathF.Log(0.5f), 0])), b = experiment.Run("b", (_, i) => i switch
        {
            0 => Tokens("x", [5, 6, 2], [0, 0, 0]),
            1 => Tokens("y", [5, 7, 2], [0, MathF.Log(0.25f), 0]),
            2 => Tokens("z", [5, 6], [0, 0]),
            _ => Said("w"),
        });
        TokenDivergence?[] found = [.. RunComparison.Of([a, b], Quick, cancel: TestContext.Current.CancellationToken).Samples.Select(s => s.Divergence)];
        Assert.Null(found[0]);
        Assert.Equal((1, 6, 7), (found[1]!.Token, found[1]!.BaselineId!.Value, found[1]!.CandidateId!.Value));
        Assert.Equal((0.5, 0.25), (Math.Round(found[1]!.BaselineProbability!.Value, 6), Math.Round(found[1]!.CandidateProbability!.Value, 6)));
        Assert.Equal(new TokenDivergence(2, 2, 1, null, null), found[2]);
        Assert.Null(found[3]);
    }

    [Fact]
    public void Settings_are_paired_by_what_they_are()
    {
        using var experiment = new Experiment(Four, ["exact-match"], new { max_target_length = new[] { 8, 16 } });
        RunRecord a = experiment.Run("a", (setting, i) => Said(setting == 1 ? Four[i].Item2 : "no"));
        RunRecord b = experiment.Run("b", (_, i) => Said("no"), set: experiment.Set with { Settings = [experiment.Set.Settings[1]] });
        RunComparison comparison = RunComparison.Of([a, b], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Equal("target ≤ 16", SettingNames.Of(Assert.Single(comparison.Settings)));
        Assert.Equal((100.0, 0.0), (comparison.Differences[0].BaselineScore, comparison.Differences[0].Score));
        Assert.Contains(comparison.Warnings, w => w.Contains("target ≤ 8 are not in every run"));
        Assert.Contains(comparison.Facts, f => f is { Name: "settings", Differs: true });
        RunRecord c = experiment.Run("c", (_, i) => Said("no"), set: experiment.Set with { Settings = [new SuiteSetting()] });
        Assert.Contains("no setting in common", Assert.Throws<SuiteException>(() => RunComparison.Of([a, c], Quick)).Message);
    }

    [Fact]
    public void Runs_of_other_samples_are_refused_and_what_differs_is_named()
    {
        using var experiment = new Experiment(Four, ["exact-match"]);
        using var other = new Experiment([.. Four.Take(3)], ["exact-match"]);
        string message = Assert.Throws<SuiteException>(() => RunComparison.Of([experiment.Run("a", "1", "2", "3", "4"), other.Run("b", "1", "2", "3")], Quick)).Message;
        Assert.Contains("not of the same samples", message);
        Assert.Contains($"samples ({experiment.Set.Sha256[..12]} and {other.Set.Sha256[..12]})", message);
        Assert.Contains("two runs or more", Assert.Throws<SuiteException>(() => RunComparison.Of([experiment.Run("a", "1", "2", "3", "4")], Quick)).Message);
    }

    [Fact]
    public void Control_variables_that_differ_are_marked_and_warned_of()
    {
        using var experiment = new Experiment(Four, ["exact-match"]);
        RunRecord a = experiment.Run("a", (_, i) => Said("one") with { Nats = 1, LossTokens = 1, LossBytes = 3 });
        RunRecord b = experiment.Run("b", (_, i) => Said("one") with { Nats = 1, LossTokens = 1, LossBytes = 3 }, m => m with { Seed = 7, Model = m.Model with { Tokenizer = new string('d', 64) } });
        RunComparison comparison = RunComparison.Of([a, b, experiment.Run("a", "one", "1", "1", "1")], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(["a", "b", "a (2)"], comparison.Runs.Select(run => run.Label));
        Assert.Equal(["model", "adapters", "tokenizer", "seed"], comparison.Facts.Where(f => f.Differs).Select(f => f.Name));
        Assert.Contains(comparison.Warnings, w => w.Contains("differ in tokenizer, seed"));
        RunComparison both = RunComparison.Of([a, b], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Contains(both.Warnings, w => w.Contains("bits per byte can"));
    }

    [Fact]
    public void Weights_that_were_kept_or_computed_otherwise_are_told_apart()
    {
        using var experiment = new Experiment(Four, ["exact-match"]);
        RunRecord Kept(string how) => experiment.Run("a", (_, _) => Said("1"), m => m with { Model = m.Model with { Weights = m.Model.Weights + how } });
        RunComparison comparison = RunComparison.Of([Kept(""), Kept(":q8_0"), Kept(":torchsharp cuda:1 bf16")], Quick, cancel: TestContext.Current.CancellationToken);
        RunFact weights = comparison.Facts.Single(f => f.Name == "weights");
        Assert.True(weights.Differs);
        Assert.Equal(["aaaaaaaaaaaa", "aaaaaaaaaaaa:q8_0", "aaaaaaaaaaaa:torchsharp cuda:1 bf16"], weights.Values);
    }

    [Fact]
    public void A_metric_that_a_run_cannot_give_is_named_with_the_reason()
    {
        using var experiment = new Experiment(Four, ["exact-match", "loss"]);
        RunComparison comparison = RunComparison.Of([experiment.Run("a", "one", "1", "1", "1"), experiment.Run("b", "one", "1", "1", "1")], Quick, cancel: TestContext.Current.CancellationToken);
        Assert.Contains(comparison.Warnings, w => w.Contains("loss could not be computed: no answer comes with the loss"));
        Assert.Contains("1 or more", Assert.Throws<SuiteException>(() => RunComparison.Of(comparison.Runs.Select(r => r.Run).ToArray(), Quick with { Trials = 0 })).Message);
    }

    [Fact]
    public void One_run_alone_is_measured_too()
    {
        using var experiment = new Experiment(Four, ["exact-match"]);
        RunScores scores = RunScores.Of(experiment.Run("a", "one", "two", "no", "no"), Quick, TestContext.Current.CancellationToken);
        MetricScore exact = scores.Settings[0].Metrics[0];
        Assert.Equal((50.0, "nrefs:1|bs:200|seed:12345|"), (exact.Score, exact.Signature[..26]));
        Assert.InRange(50, exact.Interval.Low, exact.Interval.High);
    }
}

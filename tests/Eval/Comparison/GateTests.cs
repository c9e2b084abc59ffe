using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using static Juxta.EvalTests.Comparison.Experiment;

namespace Juxta.EvalTests.Comparison;

public sealed class GateTests
{
    static readonly (string, string, string)[] Forty = [.. Enumerable.Range(0, 40).Select(i => ($"s{i:00}", $"word {i}", ""))];

    /// <summary>Right in the first so many samples.</summary>
    static RunRecord Right(Experiment experiment, string model, int right) => experiment.Run(model, (_, i) => Said(i < right ? $"word {i}" : "no", i < right ? "eos:2" : "length"));

    static Gate Judge(RunRecord a, RunRecord b, string metric, double drop) => Gate.Of(a, b, metric, drop, cancel: TestContext.Current.CancellationToken);

    [Fact]
    public void Only_a_significant_drop_beyond_the_allowed_one_fails()
    {
        using var experiment = new Experiment(Forty, ["exact-match", "length-ratio"]);
        RunRecord all = Right(experiment, "all", 40), some = Right(experiment, "some", 39), half = Right(experiment, "half", 20);
        Gate failed = Judge(all, half, "exact-match", 5);
        Assert.False(failed.Passes);
        Assert.Equal((100.0, 50.0, 50.0), (failed.Settings[0].Baseline, failed.Settings[0].Candidate, failed.Settings[0].Drop));
        Assert.True(Judge(all, half, "exact-match", 50).Passes); // allowed
        Assert.True(Judge(half, all, "exact-match", 0).Passes); // better
        Gate one = Judge(all, some, "exact_match", 0); // one of forty: a resample lacks it in 36 % of cases
        Assert.True(one.Passes);
        Assert.InRange(one.Settings[0].P, 0.2, 0.3); // P(Poisson(1) ≥ 2) = 0.264: the drop doubles
        Assert.True(Judge(all, all, "exact-match", 0).Passes);
    }

    [Fact]
    public void A_metric_that_is_better_when_lower_drops_by_rising()
    {
        using var experiment = new Experiment(Forty, ["exact-match"]);
        RunRecord all = Right(experiment, "all", 40), half = Right(experiment, "half", 20);
        Assert.Equal(0.5, Judge(all, half, "did-not-stop", 0.1).Settings[0].Drop);
        Assert.False(Judge(all, half, "did not stop", 0.1).Passes);
        Assert.True(Judge(half, all, "did-not-stop", 0).Passes);
    }

    [Fact]
    public void What_cannot_decide_is_refused_and_says_what_can()
    {
        using var experiment = new Experiment(Forty, ["exact-match", "length-ratio"]);
        RunRecord all = Right(experiment, "all", 40), part = experiment.Run("part", (_, i) => i < 3 ? Said("x") : null), broken = experiment.Run("broken", (_, i) => Said("x", i == 0 ? "error:x" : "eos:2"));
        void Refused(RunRecord candidate, string metric, double drop, string says) => Assert.Contains(says, Assert.Throws<SuiteException>(() => Judge(all, candidate, metric, drop)).Message);
        Refused(all, "bleu", 0, "take one of exact-match, length-ratio, did-not-stop");
        Refused(all, "length-ratio", 0, "neither better nor worse");
        Refused(all, "loss", 0, "no answer comes with the loss");
        Refused(part, "exact-match", 0, "has 3 of 40 answers");
        Refused(broken, "exact-match", 0, "1 answers of");
        Refused(all, "exact-match", -1, "0 or more");
        Refused(all, "exact-match", double.NaN, "0 or more");
    }
}

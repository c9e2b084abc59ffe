using Juxta.Eval.Correlation;

namespace Juxta.EvalTests.Correlation;

public sealed class MetricHumanCorrelationTests
{
    [Fact]
    public void A_metric_that_sees_what_people_see_correlates_and_one_that_guesses_does_not()
    {
        var random = new Random(5);
        var votes = new List<MetricJudgement>();
        for (int item = 0; item < 120; item++)
        {
            double difference = random.NextDouble() - 0.5;
            votes.Add(new("seeing", $"{item}", difference, difference > 0 ? 1 : 0));
            votes.Add(new("guessing", $"{item}", random.NextDouble() - 0.5, difference > 0 ? 1 : 0));
        }
        IReadOnlyList<SuiteCorrelation> suites = MetricHumanCorrelation.BySuite(votes, 200, 1);
        Assert.Equal(["guessing", "seeing"], suites.Select(s => s.Suite));
        Assert.Equal((1.0, 1.0), (suites[1].Agreement.Value, suites[1].Agreement.Low));
        Assert.True(suites[1].Kendall.Low > 0.5, $"{suites[1].Kendall}");
        Assert.InRange(0, suites[0].Kendall.Low, suites[0].Kendall.High);
        Assert.InRange(0, suites[0].Spearman.Low, suites[0].Spearman.High);
        Assert.InRange(0.5, suites[0].Agreement.Low, suites[0].Agreement.High);
    }

    [Fact]
    public void Which_model_is_named_first_does_not_matter_and_preferring_one_model_always_earns_its_agreement_only()
    {
        MetricJudgement[] votes = [.. Enumerable.Range(0, 30).Select(i => new MetricJudgement("s", $"{i}", 1 + i % 3, i % 4 == 0 ? 0 : i % 4 == 1 ? 0.5 : 1))];
        MetricJudgement[] turned = [.. votes.Select((v, i) => i % 2 == 0 ? v with { Metric = -v.Metric, Human = 1 - v.Human } : v)];
        SuiteCorrelation one = MetricHumanCorrelation.BySuite(votes, 100, 1)[0], other = MetricHumanCorrelation.BySuite(turned, 100, 1)[0];
        Assert.Equal(one.Kendall.Value, other.Kendall.Value, 12);
        Assert.Equal(one.Spearman.High, other.Spearman.High, 12);
        Assert.Equal(one.Agreement, other.Agreement);
        Assert.Equal(14.0 / 22, one.Agreement.Value, 12);
    }

    [Fact]
    public void Ten_votes_on_one_item_are_one_opinion_of_the_interval()
    {
        var random = new Random(6);
        (double Metric, double Human)[] items = [.. Enumerable.Range(0, 40).Select(_ => (random.NextDouble() - 0.5, random.NextDouble() < 0.5 ? 1.0 : 0.0))];
        MetricJudgement[] many = [.. items.SelectMany((v, i) => Enumerable.Repeat(new MetricJudgement("s", $"{i}", v.Metric, v.Human), 10))];
        MetricJudgement[] apart = [.. many.Select((v, i) => v with { Item = $"{i}" })];
        double clustered = Width(many), single = Width(apart);
        Assert.True(clustered > 2 * single, $"{clustered} against {single}");

        static double Width(MetricJudgement[] votes) => MetricHumanCorrelation.BySuite(votes, 300, 2)[0].Kendall is var k ? k.High - k.Low : 0;
    }
}

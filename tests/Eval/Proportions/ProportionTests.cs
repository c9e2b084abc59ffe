using System.Text.Json;
using Juxta.Eval.Proportions;

namespace Juxta.EvalTests.Proportions;

public sealed class ProportionTests
{
    [Fact]
    public void Intervals_are_statsmodels()
    {
        (string Name, Func<int, int, double, ProportionInterval> Of, double Tolerance)[] methods =
        [
            ("wilson", ProportionInterval.Wilson, 1e-12), ("wilson_continuity", ProportionInterval.WilsonCorrected, 1e-12), ("normal", ProportionInterval.Normal, 1e-12),
            ("agresti_coull", ProportionInterval.AgrestiCoull, 1e-12), ("clopper_pearson", ProportionInterval.ClopperPearson, 1e-9), ("jeffreys", ProportionInterval.Jeffreys, 1e-9),
        ];
        var wrong = new Differences();
        foreach (JsonElement c in Cases("proportion-ci"))
        {
            foreach ((string name, Func<int, int, double, ProportionInterval> of, double tolerance) in methods)
            {
                ProportionInterval found = of(c.GetProperty("successes").GetInt32(), c.GetProperty("n").GetInt32(), c.GetProperty("alpha").GetDouble());
                double[] expected = c.GetProperty(name).Numbers();
                // An end that is 0 but for cancellation is compared on the scale of a share.
                wrong.Near(1 + expected[0], 1 + found.Low, tolerance, $"{c} {name} low");
                wrong.Near(expected[1], found.High, tolerance, $"{c} {name} high");
            }
        }
        wrong.AssertNone(1200);
    }

    [Fact]
    public void Tests_and_quantiles_are_scipys()
    {
        const double tolerance = 1e-9;
        var wrong = new Differences();
        foreach (JsonElement c in Cases("sign-test").Where(c => c.TryGetProperty("two-sided", out _)))
        {
            int wins = c.GetProperty("wins").GetInt32(), losses = c.GetProperty("losses").GetInt32();
            wrong.Near(c.GetProperty("two-sided").GetDouble(), SignTest.TwoSided(wins, losses), tolerance, $"{c}");
            wrong.Near(c.GetProperty("greater").GetDouble(), SignTest.Greater(wins, losses), tolerance, $"{c} greater");
            wrong.Near(c.GetProperty("less").GetDouble(), SignTest.Less(wins, losses), tolerance, $"{c} less");
        }
        foreach (JsonElement c in Cases("mcnemar").Where(c => c.TryGetProperty("exact_p", out _)))
        {
            int b = c.GetProperty("table")[0][1].GetInt32(), d = c.GetProperty("table")[1][0].GetInt32();
            wrong.Near(c.GetProperty("exact_p").GetDouble(), McNemarTest.Exact(b, d), tolerance, $"{c}");
            foreach (bool corrected in (bool[])[true, false])
            {
                (double statistic, double p) = McNemarTest.ChiSquared(b, d, corrected);
                wrong.Near(c.GetProperty(corrected ? "chi2_corrected" : "chi2").Numbers(), [statistic, p], tolerance, $"{c}");
            }
        }
        foreach (JsonElement c in Cases("normal-quantile")) wrong.Near(c.GetProperty("z").GetDouble(), SpecialFunctions.NormalQuantile(c.GetProperty("p").GetDouble()), 1e-13, $"{c}");
        wrong.AssertNone(60);
        Assert.Equal(1, SignTest.TwoSided(0, 0));
    }

    [Fact]
    public void Impossible_counts_are_refused()
    {
        Assert.Contains("3 successes of 2", Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Wilson(3, 2)).Message);
        Assert.Contains("0.05", Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Wilson(1, 2, 5)).Message);
    }

    static IEnumerable<JsonElement> Cases(string kind) => MetricFixtures.Cases("proportion-tests").Where(c => c.Text("kind") == kind);
}
